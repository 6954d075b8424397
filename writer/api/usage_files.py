"""Calls to models as a file. It is sent while it is read: a million calls need no more memory than a thousand."""

from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import Field

from writer.api.shapes import Body, Line, WhoAsks, when
from writer.domain.analytics import Filter
from writer.domain.errors import UserMistake
from writer.domain.usage import Outcome
from writer.services.analytics.files import calls_csv

if TYPE_CHECKING:
    from writer.bootstrap import App

Several = Annotated[tuple[Line, ...], Field(max_length=200)]


class CallsAsked(Body):
    """Each name may be given several times; a call matches any of its values. `since` is included, `until` is not."""

    since: Line | None = None
    until: Line | None = None
    route: Several = ()
    purpose: Several = ()
    action: Several = ()
    person: Several = ()
    draft: Several = ()
    type: Several = ()
    outcome: Annotated[tuple[Outcome, ...], Field(max_length=3)] = ()
    error: Several = ()
    cached: Literal["yes", "no"] | None = None

    def filter(self, *, job_id: str = "") -> Filter:
        try:
            since, until = when(self.since), when(self.until)
        except ValueError:
            raise UserMistake("A time must be a day like 2026-11-21 or a moment like 2026-11-21T12:00:00Z.") from None
        return Filter(
            since,
            until,
            routes=self.route,
            purposes=self.purpose,
            actions=self.action,
            persons=self.person,
            drafts=self.draft,
            content_types=self.type,
            outcomes=self.outcome,
            errors=self.error,
            cached=None if self.cached is None else self.cached == "yes",
            job_id=job_id,
        )


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["usage"])

    @router.get("/usage/calls.csv", response_class=StreamingResponse)
    def calls(request: Request, asked: Annotated[CallsAsked, Query()]) -> StreamingResponse:
        """Newest first. Cells that a spreadsheet would take for a formula begin with an apostrophe."""
        found = app.analytics.every_call(who(request), asked.filter())
        return StreamingResponse(
            (piece.encode() for piece in calls_csv(found)),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="calls.csv"', "X-Content-Type-Options": "nosniff"},
        )

    return router
