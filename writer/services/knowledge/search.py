"""Finds passages: by words and by meaning, fused, and only those that are near enough to be worth citing."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from typing import Protocol

from writer.domain.completions import asked_by
from writer.domain.errors import ConfigurationError, ProviderError, StorageError
from writer.domain.ports.sources import Embedder, KeywordIndex, SourceStore, VectorIndex, WordMatches
from writer.domain.scopes import EVERYTHING, Scope
from writer.domain.sources import Hit, Passage
from writer.services.knowledge.fusion import fused
from writer.services.knowledge.relevance import MIN_COSINE_WITH_WORDS, relevance

SIMILAR_TERMS = 20
"""Of a passage's words, those that stand for it in a search for others like it."""

_DEPTH = 100
_MAX_QUERY = 2_000
_GROWTH = 4
_ASIDE = 4  # searches whose words are looked for at one time
_NO_WORDS = WordMatches({}, {})

logger = logging.getLogger(__name__)


class DenseIndex(VectorIndex, Protocol):
    def cosines(self, vector: bytes, passage_ids: Sequence[str]) -> dict[str, float]:
        """For those of the passages that have a vector."""
        ...


class HybridSearch:
    """Keyword and vector search, side by side, fused. Without a model, keywords alone."""

    def __init__(
        self, sources: SourceStore, keywords: KeywordIndex, vectors: DenseIndex | None, embedder: Embedder | None
    ) -> None:
        self._sources = sources
        self._keywords = keywords
        self._vectors = vectors
        self._embedder = embedder
        self._aside = ThreadPoolExecutor(_ASIDE, thread_name_prefix="search-words")

    def close(self) -> None:
        self._aside.shutdown()

    def hits(
        self, owner_id: str, query: str, limit: int, source_ids: Sequence[int] = (), scope: Scope = EVERYTHING
    ) -> list[Hit]:
        """Best first; fewer than `limit`, or none, where nothing else is near enough. No `source_ids` means all that
        are in the scope."""
        query = query[:_MAX_QUERY].strip()
        among = self._among(owner_id, source_ids, scope)
        if not query or not among or limit < 1:
            return []
        depth = max(_DEPTH, 2 * limit)
        words = self._aside.submit(self._by_words, query, depth, among)
        with asked_by(owner_id):
            vector = self._vector(query)
        cosines = dict(self._by_meaning(vector, depth, among))
        order = fused(words.result(), cosines)
        return falling(list(islice(self._near(owner_id, query, order, vector, cosines, 2 * limit), limit)))

    def similar(self, owner_id: str, seed: Sequence[Passage], limit: int, scope: Scope = EVERYTHING) -> list[Hit]:
        """Passages like `seed`, which is one passage or all of a source: never those themselves, nor their direct
        neighbours, which share sentences with them, nor the same text twice."""
        among = self._among(owner_id, (), scope)
        if not seed or not among or limit < 1:
            return []
        depth = max(_DEPTH, 2 * limit) + 3 * len(seed)
        words = self._aside.submit(self._like, seed, depth, among)
        vector = self._middle(seed)
        cosines = dict(self._by_meaning(vector, depth, among))
        terms, matches = words.result()
        order = fused(matches, cosines)
        near = self._near(owner_id, terms, order, vector, cosines, 2 * limit)
        return falling(list(islice(_elsewhere(near, seed), limit)))

    def by_words(self, owner_id: str, query: str, limit: int) -> list[str]:
        """Passage ids of the keyword half alone: for measuring what fusion adds."""
        return fused(self._by_words(query, limit, self._among(owner_id, (), EVERYTHING)), {})[:limit]

    def by_meaning(self, owner_id: str, query: str, limit: int) -> list[str]:
        """Passage ids of the vector half alone."""
        found = self._by_meaning(self._vector(query), limit, self._among(owner_id, (), EVERYTHING))
        return [id_ for id_, _ in found]

    def _among(self, owner_id: str, source_ids: Sequence[int], scope: Scope) -> list[int]:
        """Only the owner's: an index knows no owners, so what it may look at is decided here."""
        ready = self._sources.in_scope(owner_id, scope)
        return [source_id for source_id in ready if source_id in set(source_ids)] if source_ids else ready

    def _near(
        self,
        owner_id: str,
        query: str,
        order: Sequence[str],
        vector: bytes | None,
        known: Mapping[str, float],
        first: int,
    ) -> Iterator[Hit]:
        """Those that are near enough, in this order. `first` of them are looked at, then more and more: mostly the
        rest is never asked for, and where nothing is near enough all are."""
        for some in _growing(order, first):
            cosines = {**known, **self._cosines(vector, [id_ for id_ in some if id_ not in known])}
            possible = [id_ for id_ in some if cosines.get(id_, 1.0) >= MIN_COSINE_WITH_WORDS]
            passages = self._sources.passages_by_id(owner_id, possible)
            for passage in passages.values():
                score = relevance(query, passage, cosines.get(passage.id))
                if score is not None:
                    yield Hit(passage, score)

    def _like(self, seed: Sequence[Passage], depth: int, among: Sequence[int]) -> tuple[str, WordMatches]:
        """The words that stand for the seed, and what has them."""
        terms = " ".join(self._telling_terms(" ".join(passage.text for passage in seed)))
        return terms, self._by_words(terms, depth, among)

    def _by_words(self, query: str, depth: int, among: Sequence[int]) -> WordMatches:
        try:
            self._keywords.catch_up(wait=False)
            return self._keywords.matches(query, depth, among)
        except StorageError as error:
            logger.warning("keyword search failed", extra={"error": str(error)})
            return _NO_WORDS

    def _telling_terms(self, text: str) -> list[str]:
        try:
            return self._keywords.telling_terms(text, SIMILAR_TERMS)
        except StorageError as error:
            logger.warning("keyword search failed", extra={"error": str(error)})
            return []

    def _vector(self, query: str) -> bytes | None:
        if self._embedder is None or self._vectors is None:
            return None
        try:
            return self._embedder.embed([query])[0]
        except (ConfigurationError, ProviderError) as error:
            logger.warning("query was not embedded", extra={"error": str(error)})
            return None

    def _middle(self, seed: Sequence[Passage]) -> bytes | None:
        """The direction that the passages' vectors share."""
        import numpy as np

        if self._embedder is None:
            return None
        ids = [passage.id for passage in seed]
        vectors = list(self._sources.vectors_by_id(self._embedder.model, ids).values())
        if not vectors:
            return None
        total = np.sum([np.frombuffer(vector, "<f4") for vector in vectors], axis=0)
        return bytes((total / max(float(np.linalg.norm(total)), 1e-9)).astype("<f4").tobytes())

    def _by_meaning(self, vector: bytes | None, depth: int, among: Sequence[int]) -> list[tuple[str, float]]:
        if vector is None or self._vectors is None:
            return []
        return self._vectors.nearest(vector, depth, among)

    def _cosines(self, vector: bytes | None, passage_ids: Sequence[str]) -> dict[str, float]:
        if vector is None or self._vectors is None or not passage_ids:
            return {}
        return self._vectors.cosines(vector, passage_ids)


def _growing(order: Sequence[str], first: int) -> Iterator[Sequence[str]]:
    start, size = 0, first
    while start < len(order):
        yield order[start : start + size]
        start, size = start + size, size * _GROWTH


def _elsewhere(hits: Iterator[Hit], seed: Sequence[Passage]) -> Iterator[Hit]:
    near_by = {(passage.source_id, passage.ordinal + step) for passage in seed for step in (-1, 0, 1)}
    seen = {passage.digest for passage in seed}
    for hit in hits:
        if (hit.passage.source_id, hit.passage.ordinal) not in near_by and hit.passage.digest not in seen:
            seen.add(hit.passage.digest)
            yield hit


def falling(hits: Sequence[Hit]) -> list[Hit]:
    """Scores that fall with the rank: words may put a passage above one whose cosine is higher, and it takes that."""
    fallen: list[Hit] = []
    best_below = 0.0
    for hit in reversed(hits):
        best_below = max(best_below, hit.score)
        fallen.append(replace(hit, score=round(best_below, 4)))
    return fallen[::-1]
