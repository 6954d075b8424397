"""A brief in, a job out: the whole article without a browser."""

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Request, Response
from starlette.concurrency import run_in_threadpool

from writer.api.shapes import Id, WhoAsks
from writer.domain.actors import Actor
from writer.domain.errors import UserMistake
from writer.domain.jobs import Job
from writer.services.briefs import brief_from, cap_in, with_collections
from writer.services.jobs.events import job_json

if TYPE_CHECKING:
    from writer.bootstrap import App


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["articles"])

    @router.post("/articles", status_code=202)
    async def write(brief: Annotated[dict[str, Any], Body()], request: Request, response: Response) -> dict[str, Any]:
        """The brief's fields, “collections” by name or id, “route” for a certain provider, and “max_cost” for the most
        that it may cost, in US dollars. The same brief,
        sources and route again give the job that is there, and resume it when it was stopped."""
        route = brief.pop("route", None) or ""
        if not isinstance(route, str):
            raise UserMistake("“route” must be text, such as openai:gpt-5-mini.")
        cap = cap_in(brief)
        job = await run_in_threadpool(_started, app, brief, who(request), route, cap)
        response.headers["Location"] = f"{request.scope.get('root_path', '')}/jobs/{job.id}"
        return job_json(job)

    @router.get("/drafts/{draft_id}/findings")
    def findings(draft_id: Id, request: Request) -> list[dict[str, Any]]:
        """What the text as it is now breaks of its content type's rules; `key` is the section's, "" for the whole."""
        return [asdict(finding) for finding in app.articles.check(draft_id, who(request))]

    return router


def _started(app: "App", given: dict[str, Any], by: Actor, route: str, cap_micros: int | None) -> Job:
    brief = brief_from(with_collections(given, partial(app.collections.ids_of, by=by)))
    return app.articles.write(brief, by, route, cap_micros)
