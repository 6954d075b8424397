"""What is done once at the start and once a day after, beside everything else."""

import logging
import threading
from collections.abc import Callable, Sequence

from writer.domain.errors import WriterError

DAY_S = 24 * 3600.0

logger = logging.getLogger(__name__)


class Housekeeping:
    """In a thread of its own: a start neither waits for a chore nor fails with one. `pause` waits for so many seconds
    and is true when it is time to end. `start` and `close` may each be called twice."""

    def __init__(self, chores: Sequence[Callable[[], object]], pause: Callable[[float], bool] | None = None) -> None:
        self._chores = tuple(chores)
        self._ended = threading.Event()
        self._pause = pause or self._ended.wait
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._daily, name="housekeeping", daemon=True)
            self._thread.start()

    def close(self) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _daily(self) -> None:
        while not self._ended.is_set():
            for chore in self._chores:
                try:
                    chore()
                except WriterError as error:  # tomorrow is soon enough
                    logger.warning("a chore failed", extra={"error": str(error)})
            if self._pause(DAY_S):
                return
