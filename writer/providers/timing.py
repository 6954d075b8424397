"""Time as a parameter, and waiting that is cheap and does not belong to one event loop."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

Clock = Callable[[], float]
"""Seconds that only go forward."""

Sleep = Callable[[float], Awaitable[None]]

Random = Callable[[], float]
"""Uniform in [0, 1)."""


class Bell:
    """Wakes coroutines on any event loop. asyncio's own locks are bound to the first loop that waits on them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listening: dict[asyncio.Future[None], asyncio.AbstractEventLoop] = {}

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return once `condition` is true; it is asked again at each ring, by those who wait longest first."""
        while not condition():
            heard = self._listen()
            try:
                # Rung between the question and the listening? Then the answer has changed already.
                if condition():
                    return
                await heard
            finally:
                with self._lock:
                    self._listening.pop(heard, None)

    def ring(self) -> None:
        with self._lock:
            woken, self._listening = self._listening, {}
        for heard, loop in woken.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(_wake, heard)

    def _listen(self) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        heard: asyncio.Future[None] = loop.create_future()
        with self._lock:
            self._listening[heard] = loop
        return heard


def _wake(heard: asyncio.Future[None]) -> None:
    if not heard.done():
        heard.set_result(None)


class Patience:
    """Bounds single waits with one timer that is moved only when it rings too early: a stream has a wait per chunk.

    `asyncio.timeout` round a whole stream would also count the time that its reader takes, and cancel the reader.
    """

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[object] | None = None
        self._due = 0.0
        self._rang = False

    async def wait(self, awaitable: Awaitable[T], due: float) -> T:
        """Raises TimeoutError when `due` (the loop's time) comes first."""
        task = asyncio.current_task()
        assert task is not None
        cancelled_before = task.cancelling()
        self._due = due
        if self._timer is None or self._timer.when() > due:
            self._arm(due)
        self._task = task
        try:
            return await awaitable
        except asyncio.CancelledError as stopped:
            if self._rang and task.uncancel() <= cancelled_before:
                raise TimeoutError from stopped
            raise
        finally:
            self._task = None

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self, due: float) -> None:
        self.end()
        self._timer = asyncio.get_running_loop().call_at(due, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._task is None:
            return
        if asyncio.get_running_loop().time() < self._due:
            self._arm(self._due)
        else:
            self._rang = True
            self._task.cancel()
