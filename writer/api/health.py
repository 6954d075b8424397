"""Is the process alive, can it do its work, and how much of it is done. None of these asks anybody who charges."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from writer.api.shapes import WhoAsks
from writer.services.doctor import NEEDED
from writer.services.metrics import CONTENT_TYPE

if TYPE_CHECKING:
    from writer.bootstrap import App


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["health"])

    @router.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok", "version": app.settings.version}

    @router.get("/ready")
    def ready(response: Response) -> dict[str, Any]:
        """503 while the disk, the database and its tables, the index or the runner cannot do their part."""
        checks = [asdict(finding) for finding in app.doctor() if finding.name in NEEDED]
        if app.settings.runner == "embedded":
            sentence = "Jobs run in this process." if app.runner_alive else "Nothing runs jobs in this process."
            checks.append({"name": "Runner", "ok": app.runner_alive, "sentence": sentence})
        is_ready = all(check["ok"] for check in checks)
        response.status_code = 200 if is_ready else 503
        return {"ready": is_ready, "checks": checks}

    @router.get("/metrics", response_class=PlainTextResponse)
    def metrics() -> Response:
        """For Prometheus, in its text format. Also at /metrics of the whole app."""
        return Response(app.metrics.text(), media_type=CONTENT_TYPE)

    return router
