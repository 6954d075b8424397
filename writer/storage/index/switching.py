"""The vector index of whichever model serves, exchanged while Writer runs."""

import threading
from collections.abc import Callable, Sequence

from writer.storage.index.chroma import ChromaIndex

Open = Callable[[str, int], ChromaIndex]


class SwitchingIndex:
    """A VectorIndex that passes on to that of one model at a time. Without one it finds nothing.

    `opened` makes the index for a model and its dimension. A vector of another dimension than the index's finds
    nothing: the question was embedded just before the exchange."""

    def __init__(self, opened: Open) -> None:
        self._opened = opened
        self._lock = threading.Lock()
        self.current: ChromaIndex | None = None
        self._bytes = 0
        self._started = False

    def serve(self, model: str, dimension: int) -> None:
        """Exact search answers at once; Chroma is made anew in the background. "" serves nothing."""
        with self._lock:
            before, self.current = self.current, None
            if before is not None:
                before.close()  # the folder belongs to one index at a time
            self._bytes = 4 * dimension
            self.current = self._opened(model, dimension) if model else None
            if self.current is not None and self._started:
                self.current.start()

    def start(self) -> None:
        self._started = True
        if self.current is not None:
            self.current.start()

    def close(self) -> None:
        with self._lock:
            self._started = False
            if self.current is not None:
                self.current.close()

    @property
    def position(self) -> tuple[int, int] | None:
        """The last change it follows, and how many vectors it holds; None while it does not serve."""
        return self.current.position if self.current is not None else None

    @property
    def state(self) -> str:
        return self.current.state if self.current is not None else "not needed: search finds words"

    def nearest(self, vector: bytes, limit: int, source_ids: Sequence[int]) -> list[tuple[str, float]]:
        current = self.current
        return current.nearest(vector, limit, source_ids) if current and len(vector) == self._bytes else []

    def cosines(self, vector: bytes, passage_ids: Sequence[str]) -> dict[str, float]:
        current = self.current
        return current.cosines(vector, passage_ids) if current and len(vector) == self._bytes else {}

    def catch_up(self) -> None:
        if self.current is not None:
            self.current.catch_up()

    def rebuild(self) -> int:
        return self.current.rebuild() if self.current is not None else 0

    def wait_until_current(self, timeout: float) -> bool:
        return self.current is None or self.current.wait_until_current(timeout)
