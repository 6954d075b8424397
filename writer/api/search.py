"""Passages that answer a question, from the asker's own sources."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from writer.api.shapes import DraftQuery, Number, SearchBody, WhoAsks
from writer.domain.scopes import Scope
from writer.services.draft_search import DraftHit

if TYPE_CHECKING:
    from writer.bootstrap import App

PassageId = Annotated[str, Path(pattern=r"^S\d{1,10}\.p\d{1,10}$")]
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most, best first.")]


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["search"])

    @router.post("/search")
    def search(body: SearchBody, request: Request) -> list[dict[str, Any]]:
        by = who(request)
        scope = Scope(
            collections=app.collections.ids_of(body.collections or (), by),
            tags=tuple(body.tags),
            kinds=tuple(body.kinds),
            languages=tuple(body.languages),
            since=body.since,
            until=body.until,
        )
        hits = app.sources.search(
            body.query, by, body.limit, body.source_ids or (), scope, nearest_sentence=body.nearest_sentence
        )
        return [hit.facts() for hit in hits]

    @router.get("/passages/{passage_id}/similar")
    def similar(passage_id: PassageId, request: Request, limit: Limit = 8) -> list[dict[str, Any]]:
        """Passages elsewhere that say something like it."""
        return [hit.facts() for hit in app.sources.similar(passage_id, who(request), limit)]

    @router.get("/sources/{source_id}/similar")
    def similar_to_source(source_id: Number, request: Request, limit: Limit = 8) -> list[dict[str, Any]]:
        """Passages of other sources that speak of what this one does."""
        return [hit.facts() for hit in app.sources.similar_to_source(source_id, who(request), limit)]

    @router.post("/drafts/search")
    def search_drafts(body: DraftQuery, request: Request) -> list[dict[str, Any]]:
        """Paragraphs of your drafts that are close to the question in meaning; `highlights` are its words in them."""
        return [_hit(hit) for hit in app.draft_search.search(body.query, who(request), body.limit)]

    return router


def _hit(hit: DraftHit) -> dict[str, Any]:
    facts = asdict(hit)
    return {**facts, "highlights": facts.pop("spans")}
