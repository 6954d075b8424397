"""What calls to models used and cost. Unknown prices are counted, never guessed."""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request

from writer.api.shapes import WhoAsks, when
from writer.domain.errors import UserMistake
from writer.domain.ports.usage import UsageKey

if TYPE_CHECKING:
    from writer.bootstrap import App


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["usage"])

    @router.get("/usage")
    def usage(
        request: Request, by: UsageKey = "day", since: str | None = None, until: str | None = None
    ) -> dict[str, Any]:
        """`since` is included, `until` is not: days (2026-11-21) or moments, in UTC where they do not say."""
        first, last, asker = _moment("since", since), _moment("until", until), who(request)
        buckets = app.usage.buckets(asker, by, first, last)
        total = app.usage.total(asker, first, last)
        return {"by": by, "total": asdict(total), "buckets": [asdict(bucket) for bucket in buckets]}

    return router


def _moment(name: str, value: str | None) -> datetime | None:
    try:
        return when(value)
    except ValueError:
        raise UserMistake(f"“{name}” must be a day like 2026-11-21 or a moment like 2026-11-21T12:00:00Z.") from None
