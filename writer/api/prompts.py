"""The library of prompts: kept, found, changed by new versions only, compared, exported, imported."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, StringConstraints

from writer.api.playground import PromptField
from writer.api.shapes import Body, Id, Line, Lines, Number, WhoAsks
from writer.domain.prompt_library import Place, PromptText
from writer.services.playground.prompt_files import MAX_BYTES
from writer.services.playground.telling import prompt_json, version_json

if TYPE_CHECKING:
    from writer.bootstrap import App

_TYPES = {"yaml": "application/yaml", "json": "application/json"}


class TextBody(Body):
    prompt: PromptField
    system: PromptField = ""
    temperature: float = 0.7
    max_output_tokens: int = 1024
    note: Line = ""

    def text(self) -> PromptText:
        return PromptText(self.prompt, self.system, self.temperature, self.max_output_tokens)


class PromptBody(TextBody):
    name: Line
    folder: Line = ""
    tags: Lines = Field([])


class PlaceBody(Body):
    """What is not given stays as it is."""

    name: Line | None = None
    folder: Line | None = None
    tags: Lines | None = None


class FileBody(Body):
    """`content` is what an export gave. With `as_versions`, a prompt with a name and folder that are there already
    becomes a new version there; else all are new prompts. Nothing is overwritten."""

    content: Annotated[str, StringConstraints(max_length=MAX_BYTES)]
    as_versions: bool = False


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["prompts"])
    library = app.prompts

    @router.get("/prompts")
    def search(
        request: Request,
        query: Annotated[str, Query(max_length=2000)] = "",
        folder: Annotated[str | None, Query(max_length=2000)] = None,
        tag: Annotated[str, Query(max_length=2000)] = "",
    ) -> list[dict[str, Any]]:
        """Those that have all words of the query; a folder holds those below it."""
        return [prompt_json(one) for one in library.search(who(request), query, folder=folder, tag=tag)]

    @router.post("/prompts", status_code=201)
    def add(body: PromptBody, request: Request, response: Response) -> dict[str, Any]:
        place = Place(body.name, body.folder, tuple(body.tags))
        made = library.add(place, body.text(), who(request), body.note)
        response.headers["Location"] = f"{request.scope.get('root_path', '')}/prompts/{made.id}"
        return prompt_json(made)

    @router.get("/prompts/export")
    def export(request: Request, form: Literal["yaml", "json"] = "yaml") -> Response:
        """All prompts with all their versions, as one file."""
        name = {"Content-Disposition": f'attachment; filename="prompts.{form}"'}
        return Response(library.export(who(request), form), media_type=_TYPES[form], headers=name)

    @router.post("/prompts/import")
    def load(body: FileBody, request: Request) -> dict[str, int]:
        told = library.load(body.content.encode("utf-8", "replace"), who(request), as_versions=body.as_versions)
        return {"added": told.added, "revised": told.revised, "unchanged": told.unchanged}

    @router.get("/prompts/{prompt_id}")
    def get(prompt_id: Id, request: Request) -> dict[str, Any]:
        """With all its versions, newest first."""
        by = who(request)
        versions = [version_json(one) for one in library.versions(prompt_id, by)]
        return {**prompt_json(library.get(prompt_id, by)), "versions": versions}

    @router.patch("/prompts/{prompt_id}")
    def move(prompt_id: Id, body: PlaceBody, request: Request) -> dict[str, Any]:
        by = who(request)
        now = library.get(prompt_id, by).place
        tags = now.tags if body.tags is None else tuple(body.tags)
        folder = now.folder if body.folder is None else body.folder
        return prompt_json(library.move(prompt_id, Place(body.name or now.name, folder, tags), by))

    @router.delete("/prompts/{prompt_id}", status_code=204)
    def delete(prompt_id: Id, request: Request) -> None:
        library.delete(prompt_id, who(request))

    @router.post("/prompts/{prompt_id}/versions", status_code=201)
    def revise(prompt_id: Id, body: TextBody, request: Request) -> dict[str, Any]:
        """What is the newest text already makes no version."""
        return prompt_json(library.revise(prompt_id, body.text(), who(request), body.note))

    @router.get("/prompts/{prompt_id}/versions/{first}/compare/{second}")
    def compare(prompt_id: Id, first: Number, second: Number, request: Request) -> dict[str, Any]:
        """Word by word: pieces that both have (“=”), only the first (“-”), or only the second (“+”)."""
        found = library.difference(prompt_id, first, second, who(request))
        return {section.key: [list(piece) for piece in section.pieces] for section in found.sections}

    return router
