"""Gives passages their vectors: in batches that are stored as they come, only where they are missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from writer.domain.ports.sources import Embedder, SourceStore, StoredVector
from writer.domain.sources import Passage
from writer.services.knowledge.chunking import embedded_texts, overlaps

BATCH = 64


@dataclass(frozen=True, slots=True)
class Pending:
    """A passage without a vector, with the sentences before it."""

    passage: Passage
    before: str


class PassageVectors:
    def __init__(self, sources: SourceStore, embedder: Embedder) -> None:
        self._sources = sources
        self._embedder = embedder

    def missing(self, source_id: int) -> list[list[Pending]]:
        """In batches. Empty where every passage has its vector for the current model."""
        lacking = {passage.id for passage in self._sources.without_vector(source_id, self._embedder.model)}
        passages = self._sources.passages(source_id) if lacking else []
        pending = [
            Pending(passage, before)
            for passage, before in zip(passages, overlaps(passages), strict=True)
            if passage.id in lacking
        ]
        return [pending[start : start + BATCH] for start in range(0, len(pending), BATCH)]

    def put(self, batch: Sequence[Pending]) -> None:
        texts = embedded_texts(
            [pending.passage for pending in batch], [pending.before for pending in batch], self._embedder.count_tokens
        )
        made = zip(batch, self._embedder.embed(texts), strict=True)
        vectors = [StoredVector(pending.passage.id, pending.passage.source_id, vector) for pending, vector in made]
        self._sources.put_vectors(self._embedder.model, vectors)
