"""The runner's life inside a process: it takes over from a dead predecessor and works until it is closed."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from pathlib import Path

from writer.domain.errors import StorageError
from writer.domain.ports.jobs import JobLedger
from writer.services.jobs.loop import EngineLoop
from writer.services.jobs.roll_call import RollCall
from writer.services.jobs.runner import Runner

logger = logging.getLogger(__name__)


class EmbeddedRunner:
    """At most one runner per process; `start` and `close` may each be called twice."""

    def __init__(self, loop: EngineLoop, ledger: JobLedger, directory: Path, make: Callable[[str], Runner]) -> None:
        self._loop = loop
        self._ledger = ledger
        self._directory = directory
        self._make = make
        self._lock = threading.Lock()
        self._roll_call: RollCall | None = None
        self._serving: Future[None] | None = None
        self.runner: Runner | None = None

    @property
    def alive(self) -> bool:
        return self._serving is not None and not self._serving.done()

    @property
    def is_busy(self) -> bool:
        """Whether a step runs in this process now."""
        return self.runner is not None and self.runner.is_busy

    def start(self) -> None:
        with self._lock:
            if self._serving is not None:
                return
            self._roll_call = RollCall(self._directory)
            self._roll_call.enter()
            self._take_over(self._roll_call)
            self.runner = self._make(self._roll_call.name)
            self._serving = self._loop.submit(self.runner.serve())

    def close(self) -> None:
        with self._lock:
            if self._serving is None:
                return
            self._serving.cancel()
            with suppress(TimeoutError):  # a database that stays locked: the step's lease runs out instead
                self._loop.run(self._drained(), timeout=10)
            with suppress(CancelledError, TimeoutError):
                self._serving.result(timeout=10)
            if self._roll_call is not None:
                self._roll_call.leave()
            self._serving = self.runner = self._roll_call = None

    async def _drained(self) -> None:
        """Returns once the runner's tasks have let go of their steps."""
        if self.runner is not None:
            await self.runner.stopped.wait()

    def _take_over(self, roll_call: RollCall) -> None:
        for name in roll_call.dead():
            try:
                taken = self._ledger.abandon(name)
            except StorageError as error:
                # Not worth failing a start: the leases of the dead run out by themselves.
                logger.warning("a dead runner's steps wait for their leases", extra={"error": str(error)})
                continue
            roll_call.forget(name)
            logger.info("took over from a dead runner", extra={"runner": name, "steps": taken})
