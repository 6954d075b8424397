"""Is the process alive, and can it do its work. Neither asks anybody who charges for it."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Response

from writer.api.shapes import WhoAsks

if TYPE_CHECKING:
    from writer.bootstrap import App


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["health"])

    @router.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok", "version": app.settings.version}

    @router.get("/ready")
    def ready(response: Response) -> dict[str, Any]:
        """503 while the database, the index or the runner cannot do its part."""
        findings = app.readiness()
        is_ready = all(finding.ok for finding in findings)
        response.status_code = 200 if is_ready else 503
        return {"ready": is_ready, "checks": [asdict(finding) for finding in findings]}

    return router
