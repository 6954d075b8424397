"""Budgets over HTTP, and what articles are expected and allowed to cost. Amounts are given in US dollars."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, StringConstraints

from writer.api.shapes import Body, Id, Line, WhoAsks
from writer.domain.budgets import JobCap, Standing, Unpriced
from writer.domain.money import micros_of
from writer.services.budgets import Estimate
from writer.services.jobs.events import job_json

if TYPE_CHECKING:
    from writer.bootstrap import App

Dollars = Annotated[float, Field(ge=0, le=1_000_000_000, allow_inf_nan=False, strict=True)]
Month = Annotated[str, StringConstraints(pattern=r"^(?:[0-9]{4}-(?:0[1-9]|1[0-2]))?$")]


class BudgetBody(Body):
    """What is left out stands for all: every person, every route, every month anew."""

    limit: Dollars
    person: Line = ""
    route: Line = ""
    month: Month = ""
    unpriced: Unpriced = Unpriced.REFUSE


class BudgetChange(Body):
    limit: Dollars
    unpriced: Unpriced | None = None


class CapBody(Body):
    """`max_cost` null takes the cap away."""

    max_cost: Dollars | None


class RouteBody(Body):
    route: Line


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["budgets"])

    @router.get("/budgets")
    def budgets(request: Request, month: Annotated[Month, Query()] = "") -> list[dict[str, Any]]:
        """Those that hold for the asker, each with what is spent of it in that month (this one without). Whoever may
        set budgets of others sees those, too."""
        return [standing_json(one) for one in app.budgets.standings(who(request), month, of_others=True)]

    @router.post("/budgets", status_code=201)
    def add(body: BudgetBody, request: Request, response: Response) -> dict[str, Any]:
        budget = app.budgets.add(
            micros_of(body.limit),
            who(request),
            person=body.person,
            route=body.route,
            month=body.month,
            unpriced=body.unpriced,
        )
        response.headers["Location"] = f"{request.scope.get('root_path', '')}/budgets/{budget.id}"
        return standing_json(app.budgets.standing(budget.id, who(request)))

    @router.put("/budgets/{budget_id}")
    def change(budget_id: Id, body: BudgetChange, request: Request) -> dict[str, Any]:
        app.budgets.change(budget_id, who(request), limit_micros=micros_of(body.limit), unpriced=body.unpriced)
        return standing_json(app.budgets.standing(budget_id, who(request)))

    @router.delete("/budgets/{budget_id}", status_code=204)
    def delete(budget_id: Id, request: Request) -> None:
        app.budgets.delete(budget_id, who(request))

    @router.get("/drafts/{draft_id}/estimate")
    def estimate(draft_id: Id, request: Request, route: Annotated[Line, Query()] = "") -> dict[str, Any]:
        """What writing the draft's article will cost; null when the price of the route is not known."""
        draft = app.drafts.open(draft_id, who(request))
        ids = app.articles.source_ids(draft.brief, who(request))
        return estimate_json(app.estimates.article(draft.brief, draft.outline, who(request), route, ids))

    @router.post("/drafts/{draft_id}/go-on", status_code=202)
    def go_on(draft_id: Id, body: RouteBody, request: Request) -> dict[str, Any]:
        """A stopped or failed article, written to its end by this route."""
        return job_json(app.articles.go_on(draft_id, who(request), body.route))

    @router.get("/jobs/{job_id}/cap")
    def cap(job_id: Id, request: Request) -> dict[str, Any]:
        return cap_json(app.budgets.cap(job_id, who(request)))

    @router.put("/jobs/{job_id}/cap")
    def set_cap(job_id: Id, body: CapBody, request: Request) -> dict[str, Any]:
        micros = None if body.max_cost is None else micros_of(body.max_cost)
        app.budgets.set_cap(job_id, micros, who(request))
        return cap_json(app.budgets.cap(job_id, who(request)))

    return router


def standing_json(standing: Standing) -> dict[str, Any]:
    budget = standing.budget
    return {
        "id": budget.id,
        "limit_micros": budget.limit_micros,
        "person": budget.person,
        "route": budget.route,
        "every_month": not budget.month,
        "month": standing.month,
        "unpriced": budget.unpriced.value,
        "spent_micros": standing.spent_micros,
        "reserved_micros": standing.reserved_micros,
        "share": round(standing.share, 4),
        "level": standing.level,
    }


def estimate_json(estimate: Estimate | None) -> dict[str, Any]:
    return {
        "low_micros": estimate.low_micros if estimate else None,
        "high_micros": estimate.high_micros if estimate else None,
    }


def cap_json(cap: JobCap | None) -> dict[str, Any]:
    return {"cap_micros": cap.cap_micros if cap else None, "spent_micros": cap.spent_micros if cap else None}
