"""Publishing over HTTP: the sites that are set up, what would be sent, and the job that sends it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field

from writer.api.shapes import Body, Id, Line, WhoAsks
from writer.domain.publishing import Stage
from writer.services.publishing import Wishes
from writer.services.publishing.telling import preview_json, publication_json, site_json

if TYPE_CHECKING:
    from writer.bootstrap import App


class WishesBody(Body):
    """A field that is left out is the draft's own, or what was sent before."""

    site: Line
    stage: Stage | None = None
    at: datetime | None = None
    title: Line | None = None
    slug: Line | None = None
    excerpt: Annotated[str, Field(max_length=2000)] | None = None
    tags: Annotated[list[Line], Field(max_length=100)] | None = None

    def wishes(self) -> Wishes:
        tags = None if self.tags is None else tuple(self.tags)
        return Wishes(self.stage, self.at, self.title, self.slug, self.excerpt, tags)


class PublishBody(WishesBody):
    """`overwrite` is what the preview said of changes on the site, `revision` the draft's that was looked at."""

    overwrite: Line = ""
    revision: int | None = None


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["publishing"])

    @router.get("/sites")
    def sites(request: Request) -> list[dict[str, Any]]:
        """Sites are set up in Settings; their secrets are never shown."""
        return [site_json(site) for site in app.publishing.sites.listing(who(request))]

    @router.get("/drafts/{draft_id}/publications")
    def publications(draft_id: Id, request: Request) -> list[dict[str, Any]]:
        return [publication_json(one) for one in app.publishing.of_draft(draft_id, who(request))]

    @router.post("/drafts/{draft_id}/publications/preview")
    def preview(draft_id: Id, body: WishesBody, request: Request) -> dict[str, Any]:
        """Sends nothing; the site is asked for the post that is there."""
        return preview_json(app.publishing.preview(draft_id, body.site, who(request), body.wishes()))

    @router.post("/drafts/{draft_id}/publications", status_code=202)
    def publish(draft_id: Id, body: PublishBody, request: Request) -> dict[str, Any]:
        publication = app.publishing.publish(
            draft_id, body.site, who(request), body.wishes(), overwrite=body.overwrite, revision=body.revision
        )
        return publication_json(publication)

    return router
