"""Exact search over the vectors in SQL: as fast as an index up to some 30,000 passages, and never wrong."""

import threading
from collections.abc import Sequence
from typing import Any

from writer.domain.citations import PASSAGE_ID, source_id_of
from writer.domain.ports.sources import SourceStore, StoredVector


class ExactIndex:
    """A VectorIndex that holds the vectors in memory, read anew only for sources that changed."""

    def __init__(self, sources: SourceStore, model: str, dimension: int) -> None:
        self._sources = sources
        self._model = model
        self._dimension = dimension
        self._lock = threading.Lock()
        self._by_source: dict[int, tuple[list[str], Any]] = {}
        self._number: int | None = None
        self._all: tuple[list[str], Any, Any] | None = None

    def nearest(self, vector: bytes, limit: int, source_ids: Sequence[int]) -> list[tuple[str, float]]:
        import numpy as np

        ids, owners, matrix = self._current()
        rows = np.flatnonzero(np.isin(owners, np.fromiter(source_ids, np.int64, len(source_ids))))
        if not len(rows) or limit < 1:
            return []
        cosines = (matrix if len(rows) == len(ids) else matrix[rows]) @ np.frombuffer(vector, "<f4")
        best = np.argpartition(-cosines, min(limit, len(rows)) - 1)[:limit]
        # Equal scores fall back on reading order: the same question gives the same answer on every machine.
        order = sorted(best.tolist(), key=lambda n: (-float(cosines[n]), int(rows[n])))
        return [(ids[int(rows[n])], _shown(float(cosines[n]))) for n in order]

    def cosines(self, vector: bytes, passage_ids: Sequence[str]) -> dict[str, float]:
        """For those of the passages that have a vector."""
        import numpy as np

        ids, owners, matrix = self._current()
        rows = [row for passage_id in passage_ids for row in _rows_of(passage_id, ids, owners)]
        found = matrix[rows] @ np.frombuffer(vector, "<f4") if rows else []
        return {ids[row]: _shown(float(cosine)) for row, cosine in zip(rows, found, strict=True)}

    def catch_up(self) -> None:
        self._current()

    def rebuild(self) -> int:
        with self._lock:
            self._number, self._all = None, None
        return len(self._current()[0])

    def _current(self) -> tuple[list[str], Any, Any]:
        with self._lock:
            last = self._sources.last_change()
            if self._number is None:
                self._by_source = {}
                self._load(self._sources.vectors(self._model))
            elif last != self._number:
                self._follow(self._number)
            self._number = last
            if self._all is None:
                self._all = self._joined()
            return self._all

    def _follow(self, number: int) -> None:
        while changes := self._sources.changes(number):
            changed = list(dict.fromkeys(change.source_id for change in changes))
            for source_id in changed:
                self._by_source.pop(source_id, None)
            self._load(self._sources.vectors(self._model, changed))
            number = changes[-1].number

    def _load(self, vectors: Sequence[StoredVector]) -> None:
        import numpy as np

        grouped: dict[int, list[StoredVector]] = {}
        for vector in vectors:
            grouped.setdefault(vector.source_id, []).append(vector)
        for source_id, of_source in grouped.items():
            raw = b"".join(vector.vector for vector in of_source)
            matrix = np.frombuffer(raw, "<f4").reshape(len(of_source), self._dimension)
            self._by_source[source_id] = ([vector.passage_id for vector in of_source], matrix)
        self._all = None

    def _joined(self) -> tuple[list[str], Any, Any]:
        import numpy as np

        items = sorted(self._by_source.items())
        ids = [passage_id for _, (of_source, _) in items for passage_id in of_source]
        owners = np.repeat([source_id for source_id, _ in items], [len(found) for _, (found, _) in items])
        empty = np.zeros((0, self._dimension), np.float32)
        return ids, owners.astype(np.int64), np.concatenate([empty, *(matrix for _, (_, matrix) in items)])


def _rows_of(passage_id: str, ids: Sequence[str], owners: Any) -> list[int]:
    """The row of a passage, found among its source's: rows are sorted by source."""
    import numpy as np

    if PASSAGE_ID.fullmatch(passage_id) is None:
        return []
    source_id = source_id_of(passage_id)
    first, last = (int(np.searchsorted(owners, source_id, side)) for side in ("left", "right"))
    return [row for row in range(first, last) if ids[row] == passage_id]


def _shown(cosine: float) -> float:
    return min(1.0, max(0.0, cosine))
