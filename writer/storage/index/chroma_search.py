"""How a search asks Chroma, and what it asks beside it while Chroma is behind."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from writer.domain.citations import source_id_of
from writer.domain.ports.sources import SourceStore
from writer.storage.index.exact import Rows, rows_of

MOST_BEHIND = 500
"""So many changes are searched beside Chroma; with more of them, exact search over everything is as fast."""

FOLLOWED_AT = 50
"""So many changes wake the follower, though no search wants what they changed yet: most are batches of vectors of one
source that is being read."""

_SPARE = (2.0, 6.0)
"""Times what is wanted. HNSW is approximate: the first half of twice as many is nearly the true one (nDCG on SciFact
.727 against .723)."""


@dataclass(frozen=True, slots=True)
class Behind:
    """What has `changed` up to the `number` that the index does not know."""

    changed: frozenset[int]
    number: int
    is_much: bool


class Recent:
    """Exact search over a few sources' vectors, which are kept until one of them changes or others are asked for."""

    def __init__(self, sources: SourceStore, model: str) -> None:
        self._sources = sources
        self._model = model
        self._kept: tuple[int, frozenset[int], Rows] | None = None

    def nearest(self, vector: bytes, limit: int, asked: frozenset[int], number: int) -> list[tuple[str, float]]:
        """`number` is that of the last change."""
        import numpy as np

        kept = self._kept
        if kept is None or kept[:2] != (number, asked):
            vectors = self._sources.vectors(self._model, sorted(asked))
            kept = self._kept = (number, asked, rows_of(vectors, len(vector) // 4))
        return kept[2].nearest(np.frombuffer(vector, "<f4"), limit, set())


def nearest_in(collection: Any, vector: bytes, limit: int, asked: frozenset[int], held: int) -> list[tuple[str, float]]:
    """Of the `held` sources, those asked for. A condition on the source costs 80 times the search, so where most are
    asked for, some more are found and the others left out; only where too many had to be left out, it is set."""
    if not asked:
        return []
    for wanted in _sizes(limit) if 2 * len(asked) > held else ():
        found = _found(collection, vector, wanted, None)
        here = [pair for pair in found if source_id_of(pair[0]) in asked]
        if len(here) >= limit or len(found) < wanted:
            return here[:limit]
    return _found(collection, vector, limit, {"source_id": {"$in": sorted(asked)}})


def _sizes(limit: int) -> Iterator[int]:
    yield from (int(limit * spare) + 1 for spare in _SPARE)


def _found(collection: Any, vector: bytes, limit: int, where: dict[str, Any] | None) -> list[tuple[str, float]]:
    import numpy as np

    found = collection.query(
        query_embeddings=[np.frombuffer(vector, "<f4")], n_results=limit, where=where, include=["distances"]
    )
    pairs = zip(found["ids"][0], found["distances"][0], strict=True)
    return [(passage_id, min(1.0, max(0.0, 1.0 - float(distance)))) for passage_id, distance in pairs]
