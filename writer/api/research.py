"""Research over HTTP: questions and coverage, then the web where it is asked for, then pages that are accepted."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from writer.api.shapes import Body, Id, Line, WhoAsks
from writer.services.briefs import brief_from, with_collections
from writer.services.jobs.events import job_json
from writer.services.research.facts import research_json
from writer.services.research.service import worth_searching

if TYPE_CHECKING:
    from writer.bootstrap import App

Positions = Annotated[list[Annotated[int, Field(ge=0, lt=100)]], Field(max_length=100)]


class ResearchBody(Body):
    """`web` sends every question to the search engine that is set up."""

    brief: dict[str, Any]
    route: Line = ""
    web: bool = False


class WebBody(Body):
    """Positions of questions; without any, those that the sources do not answer."""

    questions: Positions | None = None


class AcceptBody(Body):
    urls: Annotated[list[Annotated[str, Field(max_length=4000)]], Field(max_length=200)]


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["research"])

    @router.post("/research", status_code=202)
    async def start(body: ResearchBody, request: Request, response: Response) -> dict[str, Any]:
        """A draft in the state “researching”, and its job. The same brief again is the same research."""
        by = who(request)
        data = await run_in_threadpool(with_collections, body.brief, partial(app.collections.ids_of, by=by))
        job = await run_in_threadpool(app.research.start, brief_from(data), by, body.route, web=body.web)
        response.headers["Location"] = f"{request.scope.get('root_path', '')}/research/{job.id}"
        return job_json(job)

    @router.get("/research/{job_id}")
    def get(job_id: Id, request: Request) -> dict[str, Any]:
        return research_json(app.research.get(job_id, who(request)))

    @router.post("/research/{job_id}/web", status_code=202)
    def web(job_id: Id, body: WebBody, request: Request) -> dict[str, Any]:
        """Sends these questions to the search engine; none that was answered goes out twice."""
        by = who(request)
        asked = body.questions
        asked = worth_searching(app.research.get(job_id, by)) if asked is None else asked
        return job_json(app.research.search_web(job_id, asked, by))

    @router.post("/research/{job_id}/accept", status_code=202)
    def accept(job_id: Id, body: AcceptBody, request: Request) -> dict[str, Any]:
        """Imports candidates of this research, and nothing else; the job is the import's."""
        return job_json(app.research.accept(job_id, body.urls, who(request)))

    return router
