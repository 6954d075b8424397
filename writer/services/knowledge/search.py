"""Finds passages: by words and by meaning, fused, and only those that are near enough to be worth citing."""

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from writer.domain.errors import ConfigurationError, StorageError
from writer.domain.ports.sources import Embedder, KeywordIndex, SourceStore, VectorIndex
from writer.domain.sources import Hit, Passage

RRF_K = 60
MIN_COSINE = 0.25
"""Under it MiniLM sees no common topic: nine in ten pairs of unrelated passages are below."""

MIN_COSINE_WITH_WORDS = 0.12
MIN_COVERAGE = 0.5
MIN_COVERAGE_ALONE = 0.34
_DEPTH = 50
_MAX_QUERY = 2_000
_TELLING = re.compile(r"[^\W_]{4,}|\w*\d\w*")

logger = logging.getLogger(__name__)


class DenseIndex(VectorIndex, Protocol):
    def cosines(self, vector: bytes, passage_ids: Sequence[str]) -> dict[str, float]:
        """For those of the passages that have a vector."""
        ...


class HybridSearch:
    """Reciprocal rank fusion of keyword and vector search. Without a model, keywords alone."""

    def __init__(
        self, sources: SourceStore, keywords: KeywordIndex, vectors: DenseIndex | None, embedder: Embedder | None
    ) -> None:
        self._sources = sources
        self._keywords = keywords
        self._vectors = vectors
        self._embedder = embedder

    def hits(self, owner_id: str, query: str, limit: int, source_ids: Sequence[int] = ()) -> list[Hit]:
        """Best first; fewer than `limit`, or none, where nothing else is near enough. No `source_ids` means all."""
        query = query[:_MAX_QUERY].strip()
        among = self._among(owner_id, source_ids)
        if not query or not among or limit < 1:
            return []
        depth = max(_DEPTH, 2 * limit)
        by_words = self._by_words(query, depth, among)
        vector = self._vector(query)
        by_meaning = self._by_meaning(vector, depth, among)
        order = _fused([[id_ for id_, _ in by_words], [id_ for id_, _ in by_meaning]])
        passages = self._sources.passages_by_id(owner_id, order)
        cosines = self._all_cosines(vector, by_meaning, order)
        near = [
            Hit(passages[id_], score)
            for id_ in order
            if id_ in passages and (score := relevance(query, passages[id_], cosines)) is not None
        ]
        return _falling(near[:limit])

    def by_words(self, owner_id: str, query: str, limit: int) -> list[str]:
        """Passage ids of the keyword half alone: for measuring what fusion adds."""
        return [id_ for id_, _ in self._by_words(query, limit, self._among(owner_id, ()))]

    def by_meaning(self, owner_id: str, query: str, limit: int) -> list[str]:
        """Passage ids of the vector half alone."""
        return [id_ for id_, _ in self._by_meaning(self._vector(query), limit, self._among(owner_id, ()))]

    def _among(self, owner_id: str, source_ids: Sequence[int]) -> list[int]:
        """Only the owner's: an index knows no owners, so what it may look at is decided here."""
        ready = self._sources.ready_ids(owner_id)
        return [source_id for source_id in ready if source_id in set(source_ids)] if source_ids else ready

    def _by_words(self, query: str, depth: int, among: Sequence[int]) -> list[tuple[str, float]]:
        try:
            self._keywords.catch_up()
            return self._keywords.search(query, depth, among)
        except StorageError as error:
            logger.warning("keyword search failed", extra={"error": str(error)})
            return []

    def _vector(self, query: str) -> bytes | None:
        if self._embedder is None or self._vectors is None:
            return None
        try:
            return self._embedder.embed([query])[0]
        except ConfigurationError as error:
            logger.warning("query was not embedded", extra={"error": str(error)})
            return None

    def _by_meaning(self, vector: bytes | None, depth: int, among: Sequence[int]) -> list[tuple[str, float]]:
        if vector is None or self._vectors is None:
            return []
        return self._vectors.nearest(vector, depth, among)

    def _all_cosines(
        self, vector: bytes | None, known: Sequence[tuple[str, float]], wanted: Sequence[str]
    ) -> dict[str, float]:
        cosines = dict(known)
        missing = [id_ for id_ in wanted if id_ not in cosines]
        if vector is not None and self._vectors is not None and missing:
            cosines.update(self._vectors.cosines(vector, missing))
        return cosines


def _fused(rankings: Sequence[Sequence[str]]) -> list[str]:
    """Reciprocal rank fusion; what ties keeps the order of the first ranking that has it."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, id_ in enumerate(ranking, start=1):
            scores[id_] = scores.get(id_, 0.0) + 1 / (RRF_K + rank)
    return sorted(scores, key=lambda id_: -scores[id_])


def relevance(query: str, passage: Passage, cosines: Mapping[str, float]) -> float | None:
    """The passage's score in [0, 1], None when it is not worth showing.

    The cosine with the query, where there is one; the share of the query's telling words that the passage has, where
    there is none. Words also let in what MiniLM does not know: names, codes, rare terms."""
    cosine = cosines.get(passage.id)
    if cosine is not None and cosine >= MIN_COSINE:
        return cosine
    covered = coverage(query, passage)
    if cosine is None:
        return covered if covered >= MIN_COVERAGE_ALONE else None
    return cosine if covered >= MIN_COVERAGE and cosine >= MIN_COSINE_WITH_WORDS else None


def coverage(query: str, passage: Passage) -> float:
    """The share of the query's telling words that begin a word of the passage or its headings, endings aside."""
    wanted = {_stem(word) for word in _TELLING.findall(query.casefold())}
    if not wanted:
        return 0.0
    text = " ".join((passage.source_title, *passage.heading_path, passage.text)).casefold()
    held = {_stem(word) for word in re.findall(r"\w+", text)}
    return len(wanted & held) / len(wanted)


def _stem(word: str) -> str:
    for ending in ("ing", "ies", "ed", "es", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _falling(hits: Sequence[Hit]) -> list[Hit]:
    """Scores that fall with the rank: words may put a passage above one whose cosine is higher, and it takes that."""
    falling: list[Hit] = []
    best_below = 0.0
    for hit in reversed(hits):
        best_below = max(best_below, hit.score)
        falling.append(Hit(hit.passage, round(best_below, 4)))
    return falling[::-1]
