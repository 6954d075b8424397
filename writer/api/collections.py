"""Collections and tags: sources put together, cut alike, taken along as one file."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from typing import IO, TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.responses import StreamingResponse

from writer.api.shapes import Body, Line, Number, Text, WhoAsks, source_json
from writer.domain.actors import Actor
from writer.domain.collections import Collection, Cut
from writer.domain.errors import UserMistake
from writer.domain.text import slug

if TYPE_CHECKING:
    from writer.bootstrap import App

Ids = Annotated[list[Annotated[int, Field(ge=1, lt=2**31)]], Field(max_length=10_000)]
_PIECE = 1 << 20
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
            }
        },
    }
}


class NewCollection(Body):
    """`tokens` is the most that a passage may have; `overlap` counts the sentences before it that are embedded too."""

    name: Line
    description: Text = ""
    tokens: int | None = None
    overlap: int | None = None


class CollectionChange(Body):
    """What is not given stays as it is."""

    name: Line | None = None
    description: Text | None = None
    tokens: int | None = None
    overlap: int | None = None


class Members(Body):
    add: Ids = Field(default_factory=list)
    remove: Ids = Field(default_factory=list)


class Merge(Body):
    """The collection whose sources come over; it is gone then."""

    collection: int | Line


class Tags(Body):
    tags: Annotated[list[Line], Field(max_length=100)]


class Tried(Body):
    source_id: Annotated[int, Field(ge=1, lt=2**31)]
    tokens: int | None = None
    overlap: int | None = None


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["collections"])
    _add_shelf(router, app, who)
    _add_contents(router, app, who)
    _add_tags(router, app, who)
    return router


def _add_shelf(router: APIRouter, app: "App", who: WhoAsks) -> None:
    @router.get("/collections")
    def listing(request: Request) -> list[dict[str, Any]]:
        return [collection_json(one) for one in app.collections.listing(who(request))]

    @router.post("/collections", status_code=201)
    def add(body: NewCollection, request: Request, response: Response) -> dict[str, Any]:
        made = app.collections.add(body.name, who(request), body.description, _cut(body.tokens, body.overlap, Cut()))
        response.headers["Location"] = f"{request.scope.get('root_path', '')}/collections/{made.id}"
        return collection_json(made)

    @router.post("/collections/import", status_code=201, openapi_extra=_FORM)
    async def bring_in(request: Request, response: Response) -> dict[str, Any]:
        """An exported collection as “file”. Always a new collection of the asker's; “refused” are sentences."""
        async with request.form(max_files=1, max_fields=1) as form:
            told = await run_in_threadpool(_imported, app, form, who(request))
        response.headers["Location"] = f"{request.scope.get('root_path', '')}/collections/{told['collection']['id']}"
        return told

    @router.get("/collections/{collection_id}")
    def get(collection_id: Number, request: Request) -> dict[str, Any]:
        by = who(request)
        found = collection_json(app.collections.get(collection_id, by))
        return {**found, "source_ids": app.collections.members(collection_id, by)}

    @router.patch("/collections/{collection_id}")
    def change(collection_id: Number, body: CollectionChange, request: Request) -> dict[str, Any]:
        """Another cut is for the sources that joined this collection first: a job cuts them anew."""
        by = who(request)
        cut = _cut(body.tokens, body.overlap, app.collections.get(collection_id, by).cut)
        changed = app.collections.change(collection_id, by, name=body.name, description=body.description, cut=cut)
        return collection_json(changed)

    @router.delete("/collections/{collection_id}", status_code=204)
    def delete(collection_id: Number, request: Request) -> None:
        """Its sources stay."""
        app.collections.delete(collection_id, who(request))


def _add_contents(router: APIRouter, app: "App", who: WhoAsks) -> None:
    @router.post("/collections/{collection_id}/members")
    def members(collection_id: Number, body: Members, request: Request) -> dict[str, Any]:
        by = who(request)
        added = app.collections.join(collection_id, body.add, by)
        removed = app.collections.leave(collection_id, body.remove, by)
        return {**collection_json(app.collections.get(collection_id, by)), "added": added, "removed": removed}

    @router.post("/collections/{collection_id}/merge")
    def merge(collection_id: Number, body: Merge, request: Request) -> dict[str, Any]:
        by = who(request)
        (other,) = app.collections.ids_of([body.collection], by)
        return collection_json(app.collections.merge(other, collection_id, by))

    @router.post("/collections/{collection_id}/preview")
    def preview(collection_id: Number, body: Tried, request: Request) -> dict[str, Any]:
        """How a source would be cut with other settings. Nothing is stored."""
        by = who(request)
        cut = _cut(body.tokens, body.overlap, app.collections.get(collection_id, by).cut)
        return asdict(app.collections.preview(body.source_id, cut, by))

    @router.get("/collections/{collection_id}/export", response_class=StreamingResponse)
    def export(collection_id: Number, request: Request) -> StreamingResponse:
        """“Left-Out” names sources whose document is missing; it is not there where all are in the file."""
        by = who(request)
        with ExitStack() as closing:
            file = closing.enter_context(tempfile.TemporaryFile())
            missing = app.portable.export(collection_id, by, file)
            closing.pop_all()  # from here on the response closes it
        name = slug(app.collections.get(collection_id, by).name, "collection")
        headers = {"Content-Disposition": f'attachment; filename="{name}.zip"', "Content-Length": str(file.tell())}
        headers |= {"Left-Out": ", ".join(source.label for source in missing)} if missing else {}
        return StreamingResponse(_pieces(file), media_type="application/zip", headers=headers)


def _add_tags(router: APIRouter, app: "App", who: WhoAsks) -> None:
    @router.get("/tags")
    def tags(request: Request) -> dict[str, int]:
        """Each tag in use, with the number of its sources."""
        return app.collections.tags(who(request))

    @router.put("/sources/{source_id}/tags")
    def set_tags(source_id: Number, body: Tags, request: Request) -> dict[str, Any]:
        """These tags, and no others."""
        by = who(request)
        app.collections.set_tags([source_id], body.tags, by)
        return source_json(app.sources.get(source_id, by))


def collection_json(collection: Collection) -> dict[str, Any]:
    values = {name: value for name, value in asdict(collection).items() if name not in ("owner_id", "cut")}
    return {**values, "tokens": collection.cut.tokens, "overlap": collection.cut.overlap}


def _cut(tokens: int | None, overlap: int | None, before: Cut) -> Cut:
    return Cut(before.tokens if tokens is None else tokens, before.overlap if overlap is None else overlap)


def _imported(app: "App", form: FormData, by: Actor) -> dict[str, Any]:
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise UserMistake("Send an exported collection as “file”, as multipart/form-data.")
    imported = app.portable.take(file.file, by)
    return {**asdict(imported), "collection": collection_json(imported.collection)}


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece
