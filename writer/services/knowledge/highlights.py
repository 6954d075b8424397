"""Why a passage was found: its words that are the query's, and the sentence that is nearest in meaning."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from writer.domain.errors import ConfigurationError
from writer.domain.ports.sources import Embedder, KeywordIndex
from writer.domain.sources import Hit, Span
from writer.domain.text import sentences

COMPARED = 3
"""Of each passage, so many sentences with the most of the query's words are compared by meaning."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Candidate:
    """`hit` is its place in the list."""

    hit: int
    span: Span
    text: str


class Highlights:
    def __init__(self, keywords: KeywordIndex, embedder: Embedder | None) -> None:
        self._keywords = keywords
        self._embedder = embedder

    def words(self, query: str, hits: Sequence[Hit]) -> list[Hit]:
        found = self._keywords.spans(query, [hit.passage.text for hit in hits])
        return [replace(hit, spans=tuple(spans)) for hit, spans in zip(hits, found, strict=True)]

    def sentences(self, query: str, hits: Sequence[Hit]) -> list[Hit]:
        """For what is shown to people: each new sentence costs some milliseconds. Unchanged without a model."""
        candidates = [candidate for place, hit in enumerate(hits) for candidate in _likeliest(place, hit)]
        if self._embedder is None or not candidates:
            return list(hits)
        try:
            question, *vectors = self._embedder.embed([query, *(candidate.text for candidate in candidates)])
        except ConfigurationError as error:
            logger.warning("sentences were not embedded", extra={"error": str(error)})
            return list(hits)
        return _with_nearest(hits, candidates, _cosines(question, vectors))


def _with_nearest(hits: Sequence[Hit], candidates: Sequence[Candidate], cosines: Sequence[float]) -> list[Hit]:
    best: dict[int, tuple[float, Span]] = {}
    for candidate, cosine in zip(candidates, cosines, strict=True):
        if candidate.hit not in best or cosine > best[candidate.hit][0]:
            best[candidate.hit] = (cosine, candidate.span)
    return [replace(hit, sentence=best[place][1] if place in best else None) for place, hit in enumerate(hits)]


def _likeliest(place: int, hit: Hit) -> list[Candidate]:
    """None where the passage is one sentence: that would say nothing."""
    of_hit = [Candidate(place, span, hit.passage.text[slice(*span)]) for span in sentence_spans(hit.passage.text)]
    if len(of_hit) < 2:
        return []
    return sorted(of_hit, key=lambda candidate: -_words_in(candidate.span, hit.spans))[:COMPARED]


def _words_in(sentence: Span, words: Sequence[Span]) -> int:
    return sum(sentence[0] <= start and end <= sentence[1] for start, end in words)


def sentence_spans(text: str) -> Iterator[Span]:
    at = 0
    for sentence in sentences(text):
        start = text.index(sentence, at)
        at = start + len(sentence)
        yield start, at


def _cosines(question: bytes, vectors: Sequence[bytes]) -> list[float]:
    import numpy as np

    matrix = np.stack([np.frombuffer(vector, "<f4") for vector in vectors])
    return [float(cosine) for cosine in matrix @ np.frombuffer(question, "<f4")]
