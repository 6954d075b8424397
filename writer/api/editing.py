"""Suggestions over HTTP: asked for, streamed line by line as they are made, and what became of them."""

import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated, Any

import anyio
from fastapi import APIRouter, Query, Request
from pydantic import Field, StringConstraints
from starlette.responses import StreamingResponse

from writer.api.budgets import estimate_json
from writer.api.shapes import Body, Id, WhoAsks
from writer.services.budgets import told
from writer.services.editing.asks import MAX_CONTEXT, MAX_SELECTION, MAX_WHOLE, Ask, PassAsk
from writer.services.editing.streams import Work
from writer.services.editing.suggestions import suggestion_json

if TYPE_CHECKING:
    from writer.bootstrap import App

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
SuggestionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
Hunks = Annotated[list[Annotated[int, Field(ge=0, lt=2**31)]], Field(max_length=20_000)]
HunkNumber = Annotated[str, StringConstraints(pattern=r"^\d{1,9}$")]
Instruction = Annotated[str, StringConstraints(max_length=4000)]
Short = Annotated[str, StringConstraints(max_length=300)]


class AskBody(Body):
    """`id` is the asker's own; `text` is what is selected, `before` and `after` up to two paragraphs round it."""

    id: SuggestionId
    action: Short
    text: Annotated[str, StringConstraints(max_length=MAX_SELECTION)] = ""
    before: Annotated[str, StringConstraints(max_length=MAX_CONTEXT)] = ""
    after: Annotated[str, StringConstraints(max_length=MAX_CONTEXT)] = ""
    instruction: Instruction = ""
    language: Short = ""
    route: Short = ""


class PassBody(Body):
    """Without `text` the saved draft is gone through; `model` asks a model beside the rules."""

    id: SuggestionId
    name: Short = Field(alias="pass")
    text: Annotated[str, StringConstraints(max_length=MAX_WHOLE)] | None = None
    instruction: Instruction = ""
    route: Short = ""
    model: bool = False


class DecisionBody(Body):
    """Numbers of hunks. `edited` has the text that the writer made of a hunk before taking it."""

    accepted: Hunks = Field(default_factory=list)
    rejected: Hunks = Field(default_factory=list)
    edited: dict[HunkNumber, Annotated[str, StringConstraints(max_length=MAX_SELECTION)]] = Field(default_factory=dict)


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["editing"])
    room = app.editing

    @router.get("/edit/actions")
    def actions(request: Request) -> dict[str, Any]:
        """What can be asked for, and whether there is a model to ask."""
        return room.editing.offers(who(request))

    @router.post("/drafts/{draft_id}/suggest")
    async def suggest(draft_id: Id, body: AskBody, request: Request) -> StreamingResponse:
        """Lines of JSON until “done”. Closing the connection stops the model."""
        ask = Ask(draft_id=draft_id, **body.model_dump())
        prepared = await anyio.to_thread.run_sync(room.editing.prepare, ask, who(request))
        return _streamed(request, lambda put: room.editing.suggest(prepared, put))

    @router.post("/drafts/{draft_id}/passes")
    async def passes(draft_id: Id, body: PassBody, request: Request) -> StreamingResponse:
        """The whole draft, part by part; lines as for a suggestion."""
        ask = PassAsk(draft_id=draft_id, **body.model_dump())
        prepared = await anyio.to_thread.run_sync(room.passes.prepare, ask, who(request))
        return _streamed(request, lambda put: room.passes.run(prepared, put))

    @router.get("/drafts/{draft_id}/passes/{name}/estimate")
    def estimate(
        draft_id: Id, name: Id, request: Request, route: Annotated[str, Query(max_length=300)] = ""
    ) -> dict[str, Any]:
        """What a model costs beside the rules, for the draft as it is saved; null when the price is not known."""
        by = who(request)
        calls = room.passes.calls(draft_id, name, by)
        asked = room.editing.route_of(by, route)
        found = app.estimates.of(calls, by, asked)
        return {"route": asked, **estimate_json(found), "sentence": told(found, f"Asking {asked}")}

    @router.get("/drafts/{draft_id}/suggestions")
    def listing(
        draft_id: Id, request: Request, limit: Annotated[int, Query(ge=1, le=500)] = 100
    ) -> list[dict[str, object]]:
        return [suggestion_json(one) for one in room.suggestions.of_draft(draft_id, who(request), limit)]

    @router.post("/drafts/{draft_id}/suggestions/{suggestion_id}")
    def decide(draft_id: Id, suggestion_id: Id, body: DecisionBody, request: Request) -> dict[str, object]:
        """What the writer took and left. It may be sent again and again: the latest word on each hunk counts."""
        edited = {int(number): text for number, text in body.edited.items()}
        accepted, rejected = body.accepted, body.rejected
        decided = room.suggestions.decide(draft_id, suggestion_id, who(request), accepted, rejected, edited)
        return suggestion_json(decided)

    def _streamed(request: Request, work: Work) -> StreamingResponse:
        async def written() -> AsyncIterator[str]:
            async for line in room.streams.lines(work, request.is_disconnected):
                yield f"{json.dumps(line)}\n"

        return StreamingResponse(written(), media_type="application/x-ndjson", headers=_HEADERS)

    return router
