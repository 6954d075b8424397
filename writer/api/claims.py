"""What the check says of a draft's sentences, over HTTP."""

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request

from writer.api.shapes import Id, WhoAsks
from writer.domain.claims import counts
from writer.services.claims.service import claim_json

if TYPE_CHECKING:
    from writer.bootstrap import App


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["drafts"])

    @router.get("/drafts/{draft_id}/claims")
    def claims(draft_id: Id, request: Request) -> dict[str, Any]:
        """Sentences that changed since the last check are checked first."""
        checked = app.claims.check(draft_id, who(request))
        return {
            "draft_id": draft_id,
            "revision": checked.revision,
            "counts": {status.value: number for status, number in counts(checked.claims).items()},
            "claims": [claim_json(claim) for claim in checked.claims],
        }

    return router
