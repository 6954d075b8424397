"""Questions to the asker's own sources: asked, looked at, asked again, kept, deleted. A job answers each."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field, StringConstraints

from writer.api.shapes import Body, Id, Line, Lines, WhoAsks, draft_json
from writer.domain.questions import Question
from writer.domain.scopes import Scope
from writer.services.questions.telling import question_json, summary_json, told_of

if TYPE_CHECKING:
    from writer.bootstrap import App

Limit = Annotated[int, Query(ge=1, le=200, description="How many of the questions that are not kept.")]


class QuestionBody(Body):
    """Each field of the scope that is given narrows it; none stands for all sources. `collections` are ids or names.
    `route` is a provider's route, or “built-in”."""

    question: Annotated[str, StringConstraints(max_length=100_000)]
    source_ids: list[Annotated[int, Field(ge=1, lt=2**31)]] = Field([], max_length=1000)
    collections: list[Line | int] = Field([], max_length=200)
    tags: Lines = Field([])
    kinds: Lines = Field([])
    languages: Lines = Field([])
    since: date | None = None
    until: date | None = None
    route: Line = ""
    keep: bool = False


class KeptBody(Body):
    kept: bool


class DraftBody(Body):
    """`draft_id` is the draft that gets the section; without it a new draft is begun."""

    draft_id: Annotated[str, StringConstraints(max_length=64)] = ""


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["questions"])
    questions = app.questions

    def begun(question: Question, response: Response, request: Request) -> dict[str, Any]:
        response.headers["Location"] = f"{request.scope.get('root_path', '')}/questions/{question.id}"
        return question_json(told_of(questions, question))

    @router.post("/questions", status_code=202)
    def ask(body: QuestionBody, request: Request, response: Response) -> dict[str, Any]:
        """Follow the answer at /jobs/{job_id}/events, or look at the question again. The same question of the same
        sources is asked again; while it is being answered, this is that answer."""
        by = who(request)
        scope = Scope(
            source_ids=tuple(body.source_ids),
            collections=app.collections.ids_of(body.collections, by),
            tags=tuple(body.tags),
            kinds=tuple(body.kinds),
            languages=tuple(body.languages),
            since=body.since,
            until=body.until,
        )
        question = questions.ask(body.question, by, scope, body.route)
        return begun(questions.keep(question.id, by) if body.keep else question, response, request)

    @router.get("/questions")
    def listing(request: Request, limit: Limit = 30) -> list[dict[str, Any]]:
        """Kept ones first, each part asked last first; without the answers' text."""
        by = who(request)
        found = [*questions.kept(by), *questions.recent(by, limit)]
        outdated, jobs = questions.outdated(found), questions.jobs(found, by)
        return [summary_json(one, jobs.get(one.id), outdated=one.id in outdated) for one in found]

    @router.get("/questions/{question_id}")
    def get(question_id: Id, request: Request) -> dict[str, Any]:
        return question_json(told_of(questions, questions.get(question_id, who(request))))

    @router.patch("/questions/{question_id}")
    def keep(question_id: Id, body: KeptBody, request: Request) -> dict[str, Any]:
        act = questions.keep if body.kept else questions.unkeep
        return question_json(told_of(questions, act(question_id, who(request))))

    @router.delete("/questions/{question_id}", status_code=204)
    def delete(question_id: Id, request: Request) -> None:
        questions.delete(question_id, who(request))

    @router.post("/questions/{question_id}/again", status_code=202)
    def again(question_id: Id, request: Request, response: Response) -> dict[str, Any]:
        """The last answer stays until the next one is there."""
        return begun(questions.again(question_id, who(request)), response, request)

    @router.post("/questions/{question_id}/draft", status_code=201)
    def into_draft(question_id: Id, body: DraftBody, request: Request) -> dict[str, Any]:
        """The answer as a section of its own, with its citations."""
        by = who(request)
        draft = questions.into_draft(question_id, by, body.draft_id)
        return draft_json(draft, app.drafts.references(draft))

    return router
