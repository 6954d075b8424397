"""Sources: add a file or a text, look, delete. Reading, embedding and indexing happen in a job."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from writer.api.shapes import Number, WhoAsks, source_json
from writer.domain.actors import Actor
from writer.domain.errors import UserMistake
from writer.domain.scopes import Scope
from writer.domain.sources import Source

if TYPE_CHECKING:
    from writer.bootstrap import App

MAX_TEXT_BYTES = 25_000_000
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "title": {"type": "string"},
                        "text": {"type": "string"},
                    },
                }
            }
        },
    }
}


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["sources"])

    @router.get("/sources")
    def listing(
        request: Request,
        response: Response,
        limit: Annotated[int | None, Query(ge=1, le=10_000)] = None,
        offset: Annotated[int, Query(ge=0, lt=2**31)] = 0,
        collection: Annotated[str, Query(max_length=200)] = "",
        tag: Annotated[str, Query(max_length=200)] = "",
    ) -> list[dict[str, Any]]:
        """Newest first; all of them without “limit”. “Total-Count” says how many there are within the collection (name
        or id) and tag."""
        by = who(request)
        within = Scope(
            collections=app.collections.ids_of([collection], by) if collection else (), tags=(tag,) if tag else ()
        )
        response.headers["Total-Count"] = str(app.sources.tally(by, within).sources)
        return [source_json(source) for source in app.sources.listing(by, limit, offset, within)]

    @router.post("/sources", status_code=201, openapi_extra=_FORM)
    async def add(request: Request, response: Response) -> dict[str, Any]:
        """A “file”, or a “text” with a “title”. The same bytes again are the source that is there."""
        async with request.form(max_files=1, max_fields=8, max_part_size=MAX_TEXT_BYTES) as form:
            source = await run_in_threadpool(_added, app, form, who(request))
        response.headers["Location"] = f"{request.scope.get('root_path', '')}/sources/{source.id}"
        return source_json(source)

    @router.get("/sources/{source_id}")
    def get(source_id: Number, request: Request) -> dict[str, Any]:
        return source_json(app.sources.get(source_id, who(request)))

    @router.delete("/sources/{source_id}", status_code=204)
    def delete(source_id: Number, request: Request) -> None:
        app.sources.delete(source_id, who(request))

    return router


def _added(app: "App", form: FormData, by: Actor) -> Source:
    file, text, title = form.get("file"), form.get("text"), form.get("title", "")
    if isinstance(file, UploadFile):
        return app.sources.add_file(file.filename or "", file.file, by)
    if isinstance(text, str) and isinstance(title, str):
        return app.sources.add_text(title, text, by)
    raise UserMistake("Send a “file”, or a “text” with a “title”, as multipart/form-data.")
