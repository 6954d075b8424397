"""What calls to models used and cost. Unknown prices are counted, never guessed."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field

from writer.api.shapes import Line, WhoAsks
from writer.api.usage_files import CallsAsked
from writer.domain.analytics import MOST_KEYS, Dimension, Figures, Step
from writer.domain.usage import UsageEvent

if TYPE_CHECKING:
    from writer.bootstrap import App


class GroupsAsked(CallsAsked):
    by: Dimension = Dimension.DAY
    limit: Annotated[int, Field(ge=1, le=MOST_KEYS)] = MOST_KEYS


class SeriesAsked(CallsAsked):
    """`by` divides each step."""

    step: Step = Step.DAY
    by: Dimension | None = None


class PageAsked(CallsAsked):
    """`job` is one job's calls; `cursor` is that of the page before."""

    job: Line = ""
    cursor: Line = ""
    limit: Annotated[int, Field(ge=1, le=MOST_KEYS)] = 50


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["usage"])

    @router.get("/usage")
    def usage(request: Request, asked: Annotated[GroupsAsked, Query()]) -> dict[str, Any]:
        """Days and hours in order, other keys by cost, most first. Times are UTC where they do not say."""
        asker, wanted = who(request), asked.filter()
        groups = app.analytics.groups(asker, wanted, asked.by, asked.limit)
        found = [{"key": group.key, "label": group.label, **figures_json(group.figures)} for group in groups]
        return {"by": asked.by, "total": figures_json(app.analytics.totals(asker, wanted)), "buckets": found}

    @router.get("/usage/series")
    def series(request: Request, asked: Annotated[SeriesAsked, Query()]) -> dict[str, Any]:
        """In order of time; steps without calls are left out."""
        points = app.analytics.series(who(request), asked.filter(), asked.step, asked.by)
        found = [{"at": point.at.isoformat(), "key": point.key, **figures_json(point.figures)} for point in points]
        return {"step": asked.step, "by": asked.by, "points": found}

    @router.get("/usage/calls")
    def calls(request: Request, asked: Annotated[PageAsked, Query()]) -> dict[str, Any]:
        """Newest first; `cursor` in the answer asks for the next, "" after the last."""
        wanted = asked.filter(job_id=asked.job)
        page = app.analytics.calls(who(request), wanted, cursor=asked.cursor, limit=asked.limit)
        return {"calls": [_call_json(call) for call in page.calls], "cursor": page.cursor}

    return router


def figures_json(figures: Figures) -> dict[str, Any]:
    """With the names that stood here before there were more figures."""
    values = asdict(figures)
    first, total = values.pop("first_token"), values.pop("total")
    return {
        **values,
        "unpriced_calls": values["unpriced"],
        "first_token_ms": first,
        "total_ms": total,
        "first_token_ms_p50": first and first["p50"],
        "total_ms_p50": total and total["p50"],
        "total_ms_p95": total and total["p95"],
    }


def _call_json(call: UsageEvent) -> dict[str, Any]:
    values = asdict(call)
    caller = values.pop("caller")
    return {**values, **caller, "at": call.at.isoformat()}
