"""Texts from elsewhere as drafts, over HTTP."""

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from writer.api.shapes import WhoAsks, draft_json
from writer.domain.actors import Actor
from writer.domain.drafts import Draft
from writer.domain.errors import UserMistake

if TYPE_CHECKING:
    from writer.bootstrap import App

_FILE = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
_FORM = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FILE}}}}


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["drafts"])

    @router.post("/drafts/import", status_code=201, openapi_extra=_FORM)
    async def take(request: Request, response: Response) -> dict[str, Any]:
        """A “file” of Markdown, Word, HTML, OpenDocument, RTF or plain text; always a new draft."""
        async with request.form(max_files=1, max_fields=1) as form:
            draft = await run_in_threadpool(_taken, app, form, who(request))
        response.headers["Location"] = f"{request.scope.get('root_path', '')}/drafts/{draft.id}"
        response.headers["ETag"] = f'"{draft.revision}"'
        return draft_json(draft, [])

    return router


def _taken(app: "App", form: FormData, by: Actor) -> Draft:
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise UserMistake("Send a “file” as multipart/form-data.")
    return app.draft_imports.take(file.filename or "", file.file, by)
