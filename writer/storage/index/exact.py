"""Exact search over the vectors in SQL: as fast as an index up to some 30,000 passages, and never wrong."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from writer.domain.ports.sources import SourceStore, StoredVector

MERGED_AT = 4096
"""So many vectors are kept beside the large matrix before that is built anew, which takes 0.1 s at 100,000."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Vectors by row, those of a source together; `ranges` says from which row to before which."""

    ids: list[str]
    matrix: Any
    ranges: dict[int, tuple[int, int]]

    def without(self, source_ids: set[int]) -> "Rows":
        return joined([self.of(source_id) for source_id in sorted(self.ranges.keys() - source_ids)], self.matrix[:0])

    def of(self, source_id: int) -> "Rows":
        first, last = self.ranges[source_id]
        return Rows(self.ids[first:last], self.matrix[first:last], {source_id: (0, last - first)})

    def nearest(self, vector: Any, limit: int, hidden: set[int]) -> list[tuple[str, float]]:
        """(passage id, cosine), best first, but for the sources hidden."""
        import numpy as np

        cosines = self.matrix @ vector
        for source_id in hidden & self.ranges.keys():
            cosines[slice(*self.ranges[source_id])] = -np.inf
        best = np.argpartition(-cosines, limit - 1)[:limit] if limit < len(cosines) else np.arange(len(cosines))
        # Equal scores fall back on reading order: the same question gives the same answer on every machine.
        order = sorted(best.tolist(), key=lambda row: (-float(cosines[row]), row))
        return [(self.ids[row], float(cosines[row])) for row in order if np.isfinite(cosines[row])]


def joined(parts: Sequence[Rows], empty: Any) -> Rows:
    import numpy as np

    ids: list[str] = []
    ranges: dict[int, tuple[int, int]] = {}
    for part in parts:
        ranges |= {id_: (first + len(ids), last + len(ids)) for id_, (first, last) in part.ranges.items()}
        ids += part.ids
    return Rows(ids, np.concatenate([empty, *(part.matrix for part in parts)]), ranges)


class ExactIndex:
    """A VectorIndex that holds the vectors in memory (1.5 KB each at 384 dimensions), read at the first question and
    then anew only for sources that changed."""

    def __init__(self, sources: SourceStore, model: str, dimension: int) -> None:
        self._sources = sources
        self._model = model
        self._dimension = dimension
        self._lock = threading.Lock()
        self._number: int | None = None
        self._base: Rows
        self._outdated: set[int] = set()
        self._fresh: Rows

    def nearest(self, vector: bytes, limit: int, source_ids: Sequence[int]) -> list[tuple[str, float]]:
        import numpy as np

        if limit < 1:
            return []
        base, fresh, outdated = self._current()
        asked, query = set(source_ids), np.frombuffer(vector, "<f4")
        found = [
            pair
            for rows, gone in ((base, outdated), (fresh, set[int]()))
            for pair in _within(rows, query, limit, asked - gone)
        ]
        return [(id_, _shown(cosine)) for id_, cosine in sorted(found, key=lambda pair: -pair[1])[:limit]]

    def cosines(self, vector: bytes, passage_ids: Sequence[str]) -> dict[str, float]:
        """For those of the passages that have a vector."""
        return cosines_with(vector, self._sources.vectors_by_id(self._model, passage_ids))

    def catch_up(self) -> None:
        self._current()

    def rebuild(self) -> int:
        with self._lock:
            self._number = None
        return len(self._current()[0].ids)

    def _current(self) -> tuple[Rows, Rows, set[int]]:
        with self._lock:
            last = self._sources.last_change()
            if self._number is None:
                self._begin()
            elif last != self._number:
                self._follow(self._number)
            self._number = last
            return self._base, self._fresh, self._outdated

    def _begin(self) -> None:
        self._fresh, self._outdated = self._rows([]), set()
        self._base = self._rows(self._sources.vectors(self._model))

    def _follow(self, number: int) -> None:
        while changes := self._sources.changes(number):
            changed = {change.source_id for change in changes}
            now = self._rows(self._sources.vectors(self._model, sorted(changed)))
            self._fresh = joined([self._fresh.without(changed), now], now.matrix[:0])
            self._outdated = self._outdated | changed
            number = changes[-1].number
        if len(self._fresh.ids) > MERGED_AT:
            self._base = joined([self._base.without(self._outdated), self._fresh], self._fresh.matrix[:0])
            self._fresh, self._outdated = self._rows([]), set()

    def _rows(self, vectors: Sequence[StoredVector]) -> Rows:
        return rows_of(vectors, self._dimension)


def rows_of(vectors: Sequence[StoredVector], dimension: int) -> Rows:
    """`vectors` come source by source."""
    import numpy as np

    matrix = np.empty((len(vectors), dimension), "<f4")
    ranges: dict[int, tuple[int, int]] = {}
    for row, vector in enumerate(vectors):
        matrix[row] = np.frombuffer(vector.vector, "<f4")
        ranges[vector.source_id] = (ranges.get(vector.source_id, (row, row))[0], row + 1)
    return Rows([vector.passage_id for vector in vectors], matrix, ranges)


def cosines_with(vector: bytes, others: Mapping[str, bytes]) -> dict[str, float]:
    """All are of unit length."""
    import numpy as np

    if not others:
        return {}
    matrix = np.frombuffer(b"".join(others.values()), "<f4").reshape(len(others), -1)
    cosines = matrix @ np.frombuffer(vector, "<f4")
    return {id_: _shown(float(cosine)) for id_, cosine in zip(others, cosines, strict=True)}


def _within(rows: Rows, query: Any, limit: int, asked: set[int]) -> list[tuple[str, float]]:
    """Multiplied with all of them, or, where few sources are asked for, with theirs alone."""
    wanted = asked & rows.ranges.keys()
    if not wanted:
        return []
    if 2 * len(wanted) > len(rows.ranges):
        return rows.nearest(query, limit, rows.ranges.keys() - wanted)
    found = [pair for source_id in sorted(wanted) for pair in rows.of(source_id).nearest(query, limit, set())]
    return sorted(found, key=lambda pair: -pair[1])[:limit]


def _shown(cosine: float) -> float:
    return min(1.0, max(0.0, cosine))
