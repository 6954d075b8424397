"""Finds passages: by words and by meaning, fused, and only those that are near enough to be worth citing."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from writer.domain.errors import ConfigurationError, ProviderError, StorageError
from writer.domain.ports.sources import Embedder, KeywordIndex, SourceStore, VectorIndex, WordMatches
from writer.domain.scopes import EVERYTHING, Scope
from writer.domain.sources import Hit, Passage
from writer.services.knowledge.fusion import fused
from writer.services.knowledge.relevance import relevance

SIMILAR_TERMS = 20
"""Of a passage's words, those that stand for it in a search for others like it."""

_DEPTH = 100
_MAX_QUERY = 2_000
_NO_WORDS = WordMatches({}, {})

logger = logging.getLogger(__name__)


class DenseIndex(VectorIndex, Protocol):
    def cosines(self, vector: bytes, passage_ids: Sequence[str]) -> dict[str, float]:
        """For those of the passages that have a vector."""
        ...


class HybridSearch:
    """Keyword and vector search, fused. Without a model, keywords alone."""

    def __init__(
        self, sources: SourceStore, keywords: KeywordIndex, vectors: DenseIndex | None, embedder: Embedder | None
    ) -> None:
        self._sources = sources
        self._keywords = keywords
        self._vectors = vectors
        self._embedder = embedder

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
        vector = self._vector(query)
        cosines = dict(self._by_meaning(vector, depth, among))
        order = fused(self._by_words(query, depth, among), cosines)
        near: list[Hit] = []
        for passage, cosine in self._looked_up(owner_id, order, vector, cosines, 2 * limit):
            score = relevance(query, passage, cosine)
            near += [Hit(passage, score)] if score is not None else []
            if len(near) == limit:
                break
        return falling(near)

    def similar(self, owner_id: str, seed: Sequence[Passage], limit: int, scope: Scope = EVERYTHING) -> list[Hit]:
        """Passages like `seed`, which is one passage or all of a source: never those themselves, nor their direct
        neighbours, which share sentences with them, nor the same text twice."""
        among = self._among(owner_id, (), scope)
        if not seed or not among or limit < 1:
            return []
        text = " ".join(passage.text for passage in seed)
        terms = self._telling_terms(text)
        depth = max(_DEPTH, 2 * limit) + 3 * len(seed)
        vector = self._middle(seed)
        cosines = dict(self._by_meaning(vector, depth, among))
        order = fused(self._by_words(" ".join(terms), depth, among), cosines)
        near_by = {(passage.source_id, passage.ordinal + step) for passage in seed for step in (-1, 0, 1)}
        seen = {passage.digest for passage in seed}
        found: list[Hit] = []
        for passage, cosine in self._looked_up(owner_id, order, vector, cosines, 2 * limit):
            score = relevance(" ".join(terms), passage, cosine)
            if score is None or (passage.source_id, passage.ordinal) in near_by or passage.digest in seen:
                continue
            seen.add(passage.digest)
            found.append(Hit(passage, score))
        return falling(found[:limit])

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

    def _looked_up(
        self, owner_id: str, order: Sequence[str], vector: bytes | None, known: Mapping[str, float], at_once: int
    ) -> Iterator[tuple[Passage, float | None]]:
        """In this order, with their cosines: some at a time, since most are never asked for."""
        for start in range(0, len(order), at_once):
            some = order[start : start + at_once]
            passages = self._sources.passages_by_id(owner_id, some)
            cosines = {**known, **self._cosines(vector, [id_ for id_ in some if id_ not in known])}
            yield from ((passages[id_], cosines.get(id_)) for id_ in some if id_ in passages)

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


def falling(hits: Sequence[Hit]) -> list[Hit]:
    """Scores that fall with the rank: words may put a passage above one whose cosine is higher, and it takes that."""
    fallen: list[Hit] = []
    best_below = 0.0
    for hit in reversed(hits):
        best_below = max(best_below, hit.score)
        fallen.append(replace(hit, score=round(best_below, 4)))
    return fallen[::-1]
