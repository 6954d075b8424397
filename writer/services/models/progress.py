"""How far downloads of this process are."""

import threading

from writer.domain.models import Progress, said_bytes, said_seconds


class ProgressBoard:
    """By model. What another process downloads is not here: its bytes are on the disk."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Progress] = {}

    def put(self, model: str, progress: Progress) -> None:
        with self._lock:
            self._known[model] = progress

    def of(self, model: str) -> Progress | None:
        with self._lock:
            return self._known.get(model)

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
