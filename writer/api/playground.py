"""Comparisons of one prompt on several routes: begun, looked at, stopped, voted on, rated. A job makes the replies."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, StringConstraints

from writer.api.shapes import Body, Id, Line, WhoAsks, draft_json
from writer.domain.playground import MOST, Comparison, Contender, Verdict
from writer.domain.prompt_library import MAX_TEXT, PromptText
from writer.services.playground.telling import comparison_json, rating_json, summary_json

if TYPE_CHECKING:
    from writer.bootstrap import App

PromptField = Annotated[str, StringConstraints(max_length=MAX_TEXT)]
Column = Annotated[int, Field(ge=0, lt=MOST)]


class ContenderBody(Body):
    """The same route with two temperatures is two of them."""

    route: Line
    temperature: float = 0.7
    max_output_tokens: int = 1024


class ComparisonBody(Body):
    """`prompt` may hold variables in {{double braces}}; or `prompt_id` names a kept prompt, whose newest version is
    asked. `blind` hides the names until somebody voted."""

    prompt: PromptField = ""
    system: PromptField = ""
    prompt_id: Annotated[str, StringConstraints(max_length=64)] = ""
    values: dict[Line, PromptField] = Field({}, max_length=200)
    contenders: list[ContenderBody] = Field(max_length=20)
    blind: bool = False


class StopBody(Body):
    """Without columns all are stopped."""

    columns: list[Column] | None = Field(None, max_length=MOST)


class VoteBody(Body):
    first: Column
    second: Column
    verdict: Verdict


class IntoDraftBody(Body):
    """`draft_id` is the draft that gets the section; without it a new draft is begun."""

    column: Column
    draft_id: Annotated[str, StringConstraints(max_length=64)] = ""


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["playground"])
    _add_comparing(router, app, who)
    _add_judging(router, app, who)
    return router


def _told(app: "App", one: Comparison) -> dict[str, Any]:
    desk = app.playground
    return comparison_json(one, desk.job(one), desk.replies(one), desk.votes(one))


def _add_comparing(router: APIRouter, app: "App", who: WhoAsks) -> None:
    desk = app.playground

    def begun(one: Comparison, response: Response, request: Request) -> dict[str, Any]:
        response.headers["Location"] = f"{request.scope.get('root_path', '')}/comparisons/{one.id}"
        return _told(app, one)

    @router.post("/comparisons", status_code=202)
    def compare(body: ComparisonBody, request: Request, response: Response) -> dict[str, Any]:
        """Follow the replies at /jobs/{job_id}/events, or look at the comparison again."""
        by = who(request)
        kept = app.prompts.get(body.prompt_id, by) if body.prompt_id else None
        prompt = kept.latest.text if kept else PromptText(body.prompt, body.system)
        contenders = [Contender(one.route, one.temperature, one.max_output_tokens) for one in body.contenders]
        mark = kept.mark if kept else ""
        one = desk.compare(prompt, contenders, by, values=body.values, blind=body.blind, prompt_mark=mark)
        return begun(one, response, request)

    @router.get("/comparisons")
    def listing(request: Request, limit: Annotated[int, Query(ge=1, le=200)] = 30) -> list[dict[str, Any]]:
        """Newest first; without the replies."""
        shown = desk.recent(who(request), limit)
        jobs = desk.jobs(shown)
        return [summary_json(one, jobs.get(one.job_id)) for one in shown]

    @router.get("/comparisons/{comparison_id}")
    def get(comparison_id: Id, request: Request) -> dict[str, Any]:
        return _told(app, desk.get(comparison_id, who(request)))

    @router.delete("/comparisons/{comparison_id}", status_code=204)
    def delete(comparison_id: Id, request: Request) -> None:
        """With its replies; its votes count on."""
        desk.delete(comparison_id, who(request))

    @router.post("/comparisons/{comparison_id}/again", status_code=202)
    def again(comparison_id: Id, request: Request, response: Response) -> dict[str, Any]:
        return begun(desk.again(comparison_id, who(request)), response, request)

    @router.post("/comparisons/{comparison_id}/stop")
    def stop(comparison_id: Id, body: StopBody, request: Request) -> dict[str, Any]:
        """What had come is kept; the others go on."""
        by = who(request)
        desk.stop(comparison_id, by, body.columns)
        return _told(app, desk.get(comparison_id, by))


def _add_judging(router: APIRouter, app: "App", who: WhoAsks) -> None:
    desk = app.playground

    @router.post("/comparisons/{comparison_id}/votes")
    def vote(comparison_id: Id, body: VoteBody, request: Request) -> dict[str, Any]:
        """On two replies whose names are hidden. After the last one that can be cast they are told."""
        return _told(app, desk.vote(comparison_id, body.first, body.second, body.verdict, who(request)))

    @router.post("/comparisons/{comparison_id}/reveal")
    def reveal(comparison_id: Id, request: Request) -> dict[str, Any]:
        """No vote can be cast from then on."""
        return _told(app, desk.reveal(comparison_id, who(request)))

    @router.post("/comparisons/{comparison_id}/draft", status_code=201)
    def into_draft(comparison_id: Id, body: IntoDraftBody, request: Request) -> dict[str, Any]:
        """The reply as a section of its own."""
        draft = desk.into_draft(comparison_id, body.column, who(request), body.draft_id)
        return draft_json(draft, app.drafts.references(draft))

    @router.get("/ratings")
    def ratings(request: Request, with_temperature: bool = False) -> list[dict[str, Any]]:
        """Of all votes, best first: 1000 points are average; 95 in 100 lie between low and high."""
        return [rating_json(one) for one in desk.ratings(who(request), with_temperature=with_temperature)]

    @router.delete("/ratings")
    def forget(request: Request) -> dict[str, int]:
        """All votes of the person who asks."""
        return {"forgotten": desk.forget_votes(who(request))}
