"""How far downloads of this process are."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from writer.domain.models import Progress, said_bytes, said_seconds

STALLED_S = 5.0


class ProgressBoard:
    """By model. What another process downloads is not here: its bytes are on the disk."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Progress]] = {}

    def put(self, model: str, progress: Progress) -> None:
        with self._lock:
            self._known[model] = self._clock(), progress

    def of(self, model: str) -> Progress | None:
        """Without a rate once nothing has come for a while."""
        with self._lock:
            at, progress = self._known.get(model, (0.0, None))
            if progress is None or self._clock() - at < STALLED_S:
                return progress
            return replace(progress, rate=None)

    def forget(self, model: str) -> None:
        with self._lock:
            self._known.pop(model, None)


def said(progress: Progress) -> str:
    """ "1.2 GB of 3.1 GB · 24.0 MB a second · about 1 min left"."""
    if progress.verifying:
        return f"Verifying {progress.verifying}"
    parts = [f"{said_bytes(progress.done)} of {said_bytes(progress.total)}"]
    if progress.rate:
        parts.append(f"{said_bytes(progress.rate)} a second")
    if progress.seconds_left is not None:
        parts.append(f"about {said_seconds(progress.seconds_left)} left")
    return " · ".join(parts)
