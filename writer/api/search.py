"""Passages that answer a question, from the asker's own sources."""

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request

from writer.api.shapes import SearchBody, WhoAsks
from writer.domain.errors import UserMistake

if TYPE_CHECKING:
    from writer.bootstrap import App


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["search"])

    @router.post("/search")
    def search(body: SearchBody, request: Request) -> list[dict[str, Any]]:
        if body.collections:
            raise UserMistake("There are no collections yet: leave “collections” out to search all sources.")
        hits = app.sources.search(body.query, who(request), limit=body.limit, source_ids=tuple(body.source_ids or ()))
        return [hit.facts() for hit in hits]

    return router
