"""Jobs over HTTP: look, follow as server-sent events, stop, resume."""

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import anyio
from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from fastapi import APIRouter, Request
from starlette.responses import StreamingResponse

from writer.api.shapes import Id, WhoAsks
from writer.domain.errors import WriterError
from writer.services.jobs.events import JobEvent, job_json

if TYPE_CHECKING:
    from writer.bootstrap import App

HEARTBEAT_S = 10.0
MAX_FOLLOWERS = 256
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_END = "event: end\ndata: {}\n\n"


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["jobs"])

    @router.get("/jobs")
    def recent(request: Request, limit: int = 50) -> list[dict[str, Any]]:
        return [job_json(job) for job in app.jobs.recent(who(request), max(1, min(limit, 200)))]

    @router.get("/jobs/{job_id}")
    def get(job_id: Id, request: Request) -> dict[str, Any]:
        snapshot = app.jobs.snapshot(job_id, who(request)).as_json()
        return {**snapshot["job"], "steps": snapshot["steps"], "elapsed_s": snapshot["elapsed_s"]}

    @router.get("/jobs/{job_id}/events")
    async def events(job_id: Id, request: Request) -> StreamingResponse:
        """A snapshot, then what changes, until the job is over or waits for the writer: then the event “end”."""
        by = who(request)
        await anyio.to_thread.run_sync(app.jobs.get, job_id, by)  # a 404 must come before the stream begins

        def follow(gone: Callable[[], bool]) -> Generator[JobEvent | None, None, None]:
            return app.jobs.follow(job_id, by, gone=gone)

        return StreamingResponse(
            event_stream(follow, left=request.is_disconnected), media_type="text/event-stream", headers=_HEADERS
        )

    @router.post("/jobs/{job_id}/stop")
    def stop(job_id: Id, request: Request) -> dict[str, Any]:
        return job_json(app.jobs.stop(job_id, who(request)))

    @router.post("/jobs/{job_id}/resume")
    def resume(job_id: Id, request: Request) -> dict[str, Any]:
        return job_json(app.jobs.resume(job_id, who(request)))

    return router


_followers: RunVar[CapacityLimiter] = RunVar("followers")


def _limiter() -> CapacityLimiter:
    """Followers have threads of their own: with the server's shared forty, a few open tabs would stop every request."""
    try:
        return _followers.get()
    except LookupError:
        limiter = CapacityLimiter(MAX_FOLLOWERS)
        _followers.set(limiter)
        return limiter


async def _still_there() -> bool:
    return False


async def event_stream(
    follow: Callable[[Callable[[], bool]], Generator[JobEvent | None, None, None]],
    *,
    left: Callable[[], Awaitable[bool]] = _still_there,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[str]:
    """`follow` blocks, so each step runs in a thread. A quiet job gives a sign about once a second, and only then is
    there a chance to ask whether the reader `left`: the server itself finds out when it sends the next event."""
    gone = False
    events = follow(lambda: gone)
    sent = clock()
    try:
        while True:
            event, over = await anyio.to_thread.run_sync(
                _next, events, lambda: gone, limiter=_limiter(), abandon_on_cancel=True
            )
            if over:
                break
            if event is not None:
                yield f"data: {json.dumps(event.as_json(), ensure_ascii=False)}\n\n"
                sent = clock()
            elif await left():
                return
            elif clock() - sent >= HEARTBEAT_S:
                yield ": still here\n\n"
                sent = clock()
    except WriterError as error:
        yield f"event: problem\ndata: {json.dumps({'detail': str(error)}, ensure_ascii=False)}\n\n"
    finally:
        gone = True
        with suppress(ValueError):  # running in their thread, which then closes them
            events.close()
    yield _END


def _next(events: Generator[JobEvent | None, None, None], gone: Callable[[], bool]) -> tuple[JobEvent | None, bool]:
    """Closes `events` when the reader left meanwhile: the stream could not, while they ran here."""
    try:
        event = next(events)
    except StopIteration:  # it cannot pass through a future
        return None, True
    if gone():
        events.close()
    return event, False
