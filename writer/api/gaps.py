"""Gaps of a draft over HTTP: what is missing, and each thing that can be done about it."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field

from writer.api.shapes import Body, Id, Line, WhoAsks
from writer.domain.drafts import Draft
from writer.services.articles.gaps import OpenPart
from writer.services.jobs.events import job_json

if TYPE_CHECKING:
    from writer.bootstrap import App


class RetryBody(Body):
    """Without `passage_ids` the section's passages are looked up anew."""

    passage_ids: Annotated[list[Line], Field(max_length=100, default_factory=list)]
    route: Line = ""


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["drafts"])

    @router.get("/drafts/{draft_id}/gaps")
    def gaps(draft_id: Id, request: Request) -> list[dict[str, Any]]:
        """Sections that the sources could not carry, in reading order."""
        by = who(request)
        web = app.web_search.of(by.user) is not None
        return [_part_json(part, web=web) for part in app.gaps.of(draft_id, by)]

    @router.post("/drafts/{draft_id}/sections/{key}/retry", status_code=202)
    def retry(draft_id: Id, key: str, body: RetryBody, request: Request) -> dict[str, Any]:
        """A job that writes this section again and nothing else."""
        return job_json(app.gaps.retry(draft_id, key, who(request), body.passage_ids, body.route))

    @router.post("/drafts/{draft_id}/sections/{key}/search-web", status_code=202)
    def search_web(draft_id: Id, key: str, request: Request) -> dict[str, Any]:
        """Research whose questions are the suggested searches; POST /research/{job_id}/web sends them."""
        return job_json(app.research.for_gap(draft_id, key, who(request)))

    @router.post("/drafts/{draft_id}/sections/{key}/own")
    def own(draft_id: Id, key: str, request: Request) -> dict[str, Any]:
        """The gap is gone, and the section is empty, for its writer to write."""
        return _saved(app.gaps.write_myself(draft_id, key, who(request)))

    @router.post("/drafts/{draft_id}/sections/{key}/leave-out")
    def leave_out(draft_id: Id, key: str, request: Request) -> dict[str, Any]:
        return _saved(app.gaps.leave_out(draft_id, key, who(request)))

    return router


def _part_json(part: OpenPart, *, web: bool) -> dict[str, Any]:
    return {
        "key": part.key,
        "heading": part.heading,
        **asdict(part.gap),
        "options": part.options(web=web),
        "retry": job_json(part.retry) if part.retry else None,
    }


def _saved(draft: Draft) -> dict[str, Any]:
    return {"id": draft.id, "revision": draft.revision, "sections": [section.key for section in draft.sections]}
