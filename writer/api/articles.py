"""A brief in, a job out: the whole article without a browser."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body, Request, Response
from starlette.concurrency import run_in_threadpool

from writer.api.shapes import Id, WhoAsks
from writer.domain.errors import UserMistake
from writer.services.briefs import brief_from
from writer.services.jobs.events import job_json

if TYPE_CHECKING:
    from writer.bootstrap import App


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["articles"])

    @router.post("/articles", status_code=202)
    async def write(brief: Annotated[dict[str, Any], Body()], request: Request, response: Response) -> dict[str, Any]:
        """The brief's fields, and “route” for a certain provider. The same brief, sources and route again give the job
        that is there, and resume it when it was stopped."""
        route = brief.pop("route", None) or ""
        if not isinstance(route, str):
            raise UserMistake("“route” must be text, such as openai:gpt-5-mini.")
        job = await run_in_threadpool(app.articles.write, brief_from(brief), who(request), route)
        response.headers["Location"] = f"{request.scope.get('root_path', '')}/jobs/{job.id}"
        return job_json(job)

    @router.get("/drafts/{draft_id}/findings")
    def findings(draft_id: Id, request: Request) -> list[dict[str, Any]]:
        """What the text as it is now breaks of its content type's rules; `key` is the section's, "" for the whole."""
        return [asdict(finding) for finding in app.articles.check(draft_id, who(request))]

    return router
