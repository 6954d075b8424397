"""The library over HTTP: finding drafts, and changing many of them at once."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, StringConstraints

from writer.api.shapes import Body, Id, Line, Lines, WhoAsks
from writer.domain.drafts import DraftState
from writer.domain.library import Sort, Wanted
from writer.services.library import Entry

if TYPE_CHECKING:
    from writer.bootstrap import App

Ids = Annotated[
    list[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]], Field(min_length=1, max_length=500)
]
Limit = Annotated[int, Query(ge=1, le=500)]
Offset = Annotated[int, Query(ge=0, lt=2**31)]
Tags = Annotated[Sequence[Line], Query(max_length=50, description="Any of them will do.")]
States = Annotated[Sequence[DraftState], Query(description="Any of them will do.")]
Folder = Annotated[Line, Query(description="With what is nested in it.")]


class ChangeBody(Body):
    """What is not given stays as it is. `folder` "" takes the drafts out of any; `planned` null takes the day away."""

    ids: Ids
    folder: Line | None = None
    planned: date | None = None
    add_tags: Lines = Field([])
    remove_tags: Lines = Field([])
    state: DraftState | None = None
    trashed: bool | None = None


class IdsBody(Body):
    ids: Ids


class FolderBody(Body):
    folder: Line
    name: Line


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["library"])

    @router.get("/library")
    def find(
        request: Request,
        query: Line = "",
        state: States = (),
        tag: Tags = (),
        folder: Folder = "",
        trashed: bool = False,
        sort: Sort = Sort.CHANGED,
        limit: Limit = 50,
        offset: Offset = 0,
    ) -> dict[str, Any]:
        """A page of the list, with how many match in all, and the folders, tags and states that there are."""
        wanted = Wanted(query, tuple(state), tuple(tag), folder, trashed, sort)
        found = app.library.find(wanted, who(request), limit=limit, offset=offset)
        return {"total": found.total, "drafts": [_entry_json(one) for one in found.entries], **asdict(found.shelf)}

    @router.post("/library/changes")
    def change(body: ChangeBody, request: Request) -> dict[str, Any]:
        """Returns how many drafts were found; ids of others' drafts count as not there."""
        by, ids = who(request), body.ids
        changes: dict[str, Callable[[], int]] = {
            "folder": lambda: app.library.move(ids, body.folder or "", by),
            "planned": lambda: app.library.plan(ids, body.planned, by),
            "tags": lambda: app.library.tag(ids, by, add=body.add_tags, remove=body.remove_tags),
            "state": lambda: app.library.set_state(ids, body.state, by) if body.state else 0,
            "trashed": lambda: app.library.trash(ids, by) if body.trashed else app.library.untrash(ids, by),
        }
        found = [changes[name]() for name in _asked(body)]
        return {"drafts": max(found, default=0)}

    @router.post("/library/folders")
    def rename(body: FolderBody, request: Request) -> dict[str, Any]:
        """Renames a folder, with what is nested in it."""
        return {"drafts": app.library.rename_folder(body.folder, body.name, who(request))}

    @router.post("/library/export")
    def export(body: IdsBody, request: Request) -> Response:
        """The drafts as Markdown in one ZIP file."""
        packed = app.library.packed(body.ids, who(request), datetime.now(UTC))
        headers = {"Content-Disposition": f'attachment; filename="{packed.filename}"'}
        return Response(packed.content, media_type="application/zip", headers=headers)

    @router.get("/library/calendar")
    def calendar(request: Request, first: date, last: date) -> list[dict[str, Any]]:
        """Days on which drafts are due or planned, from `first` to `last`."""
        entries = app.library.calendar(first, last, who(request))
        return [{"day": one.day, "kind": one.kind, "id": one.card.id, "title": one.card.title} for one in entries]

    @router.get("/library/titles")
    def titles(request: Request) -> dict[str, Any]:
        """Drafts whose titles say the same, by id: in the same words (score 1.0) or close in meaning."""
        return {id_: [asdict(twin) for twin in twins] for id_, twins in app.library.twins(who(request)).items()}

    @router.get("/drafts/{draft_id}/place")
    def place(draft_id: Id, request: Request) -> dict[str, Any]:
        card = app.library.card(draft_id, who(request))
        return {"folder": card.folder, "planned": card.planned, "due": card.due, "tags": card.tags}

    return router


def _asked(body: ChangeBody) -> list[str]:
    given = body.model_fields_set
    names = [name for name in ("folder", "planned", "state", "trashed") if name in given]
    return [*names, *(["tags"] if body.add_tags or body.remove_tags else [])]


def _entry_json(entry: Entry) -> dict[str, Any]:
    return {**asdict(entry.card), "word_count": entry.summary.word_count}
