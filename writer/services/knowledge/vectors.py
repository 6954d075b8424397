"""Gives passages their vectors: in batches that are stored as they come, only where they are missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from writer.domain.collections import Cut, CutOf
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
    """`cut_of` says how many sentences before a passage are embedded with it."""

    def __init__(self, sources: SourceStore, embedder: Embedder, cut_of: CutOf = lambda source_id: Cut()) -> None:
        self._sources = sources
        self._embedder = embedder
        self._cut_of = cut_of

    def missing(self, source_id: int) -> list[list[Pending]]:
        """In batches. Empty where every passage has its vector for the current model."""
        lacking = {passage.id for passage in self._sources.without_vector(source_id, self._embedder.model)}
        pending = self._pending(source_id) if lacking else []
        return _in_batches([one for one in pending if one.passage.id in lacking])

    def all(self, source_id: int) -> list[list[Pending]]:
        """In batches, also those that have a vector: what stands before them is another number of sentences now."""
        return _in_batches(self._pending(source_id))

    def _pending(self, source_id: int) -> list[Pending]:
        passages = self._sources.passages(source_id)
        before = overlaps(passages, self._cut_of(source_id).overlap)
        return [Pending(*one) for one in zip(passages, before, strict=True)]

    def put(self, batch: Sequence[Pending]) -> None:
        texts = embedded_texts(
            [pending.passage for pending in batch],
            [pending.before for pending in batch],
            self._embedder.count_tokens,
            self._embedder.max_tokens - 2,
        )
        made = zip(batch, self._embedder.embed(texts), strict=True)
        vectors = [StoredVector(pending.passage.id, pending.passage.source_id, vector) for pending, vector in made]
        self._sources.put_vectors(self._embedder.model, vectors)


def _in_batches(pending: Sequence[Pending]) -> list[list[Pending]]:
    return [list(pending[start : start + BATCH]) for start in range(0, len(pending), BATCH)]
