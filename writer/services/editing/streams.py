"""Lines from the engine's event loop to whoever reads them on another one; a reader who leaves ends the work."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Protocol

from writer.services.editing.lines import Line, Put

LOOK_S = 0.25
BEAT_S = 5.0
Work = Callable[[Put], Coroutine[Any, Any, None]]


class Submit(Protocol):
    """Starts a coroutine on the engine's event loop."""

    def __call__(self, work: Coroutine[Any, Any, None]) -> Future[None]: ...


class LineStreams:
    def __init__(self, submit: Submit, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._submit = submit
        self._clock = clock

    async def lines(self, work: Work, left: Callable[[], Awaitable[bool]]) -> AsyncIterator[Line]:
        """What `work` puts, until it ends. Asks several times a second whether the reader `left`: a server finds out by
        itself only when it sends, and a model may be silent for long. What `work` raises is raised here."""
        here = asyncio.get_running_loop()
        queue: asyncio.Queue[Line | None] = asyncio.Queue()

        def put(line: Line | None) -> None:
            with suppress(RuntimeError):  # the reader's loop is closed: nobody is left to tell
                here.call_soon_threadsafe(queue.put_nowait, line)

        future = self._submit(work(put))
        future.add_done_callback(lambda _: put(None))
        try:
            async for line in self._taken(queue, left):
                yield line
            if future.done() and not future.cancelled():  # else the reader left, or the app closes
                future.result()
        finally:
            future.cancel()

    async def _taken(
        self, queue: "asyncio.Queue[Line | None]", left: Callable[[], Awaitable[bool]]
    ) -> AsyncIterator[Line]:
        looked = told = self._clock()
        while True:
            line: Line | None = {"type": "beat"}
            with suppress(TimeoutError):
                line = await asyncio.wait_for(queue.get(), LOOK_S)
            if line is None:
                return
            now = self._clock()
            if now - looked >= LOOK_S:
                looked = now
                if await left():
                    return
            if line["type"] != "beat" or now - told >= BEAT_S:
                told = now
                yield line
