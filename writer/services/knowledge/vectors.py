"""Gives passages their vectors: in batches that are stored as they come, only where they are missing."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby

from writer.domain.collections import Cut, CutOf
from writer.domain.errors import NotFound
from writer.domain.ports.sources import Embedder, SourceStore, StoredVector
from writer.domain.sources import Passage
from writer.services.knowledge.chunking import embedded_texts, overlaps
from writer.services.knowledge.serving import pinned

BATCH = 64
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Pending:
    """A passage without a vector, with the sentences before it."""

    passage: Passage
    before: str


class PassageVectors:
    """`cut_of` says how many sentences before a passage are embedded with it. The model stays the one that served when
    this was made, whatever serves later."""

    def __init__(self, sources: SourceStore, embedder: Embedder, cut_of: CutOf = lambda source_id: Cut()) -> None:
        self._sources = sources
        self._embedder = pinned(embedder)
        self._cut_of = cut_of

    @property
    def model(self) -> str:
        return self._embedder.model

    def fill(
        self,
        batches: Iterable[Sequence[Pending]],
        told: Callable[[int], object] = lambda done: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> int:
        """Two batches at a time: while one is prepared or stored, the other keeps the encoder busy. Each is stored as
        it comes, so that a crash costs what is in hand. `told` is given the number of passages done; returns it."""
        done = 0
        in_hand: deque[Future[int]] = deque()
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="vectors") as workers:
            for batch in batches:
                if stopped():
                    break
                in_hand.append(workers.submit(self.put, batch))
                if len(in_hand) == _AT_ONCE:
                    done += in_hand.popleft().result()
                    told(done)
            for future in in_hand:
                done += future.result()
                told(done)
        return done

    def missing_of(self, source_ids: Iterable[int]) -> Iterator[list[Pending]]:
        """In full batches, whatever the sources' sizes. Each source's passages are read once, when its turn comes."""
        held: list[Pending] = []
        for source_id in source_ids:
            held += (pending for batch in self.missing(source_id) for pending in batch)
            while len(held) >= BATCH:
                yield held[:BATCH]
                held = held[BATCH:]
        if held:
            yield held

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

    def put(self, batch: Sequence[Pending]) -> int:
        """The batch, as one change of each source in it; returns how many there were. A source that was deleted
        meanwhile is left out of a batch of several, and NotFound where it was the only one."""
        vectors = self._vectors(batch)
        try:
            self._sources.put_vectors(self.model, vectors)
        except NotFound:
            by_source = [list(group) for _, group in groupby(vectors, key=lambda vector: vector.source_id)]
            if len(by_source) == 1:
                raise
            for of_source in by_source:
                with suppress(NotFound):
                    self._sources.put_vectors(self.model, of_source)
        return len(batch)

    def _vectors(self, batch: Sequence[Pending]) -> list[StoredVector]:
        """Texts that their owner has vectors for are not embedded again: those of a copy, or of a passage cut anew."""
        texts = self.texts(batch)
        digests = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        known = self._known({pending.passage.source_id for pending in batch}, digests)
        new = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in known}
        known.update(zip(new, self._embedder.embed(list(new.values())), strict=True))
        return [
            StoredVector(pending.passage.id, pending.passage.source_id, known[digest], digest)
            for pending, digest in zip(batch, digests, strict=True)
        ]

    def _known(self, source_ids: Iterable[int], digests: Sequence[str]) -> dict[str, bytes]:
        """Only where all are one owner's: whether somebody else has a text is nobody's business."""
        owners: set[str] = set()
        for source_id in source_ids:
            with suppress(NotFound):
                owners.add(self._sources.get(source_id).owner_id)
        return self._sources.vectors_of_texts(owners.pop(), self.model, digests) if len(owners) == 1 else {}

    def texts(self, batch: Sequence[Pending]) -> list[str]:
        """What is embedded for each passage."""
        return embedded_texts(
            [pending.passage for pending in batch],
            [pending.before for pending in batch],
            self._embedder.count_tokens,
            self._embedder.max_tokens - 2,
        )


def _in_batches(pending: Sequence[Pending]) -> list[list[Pending]]:
    return [list(pending[start : start + BATCH]) for start in range(0, len(pending), BATCH)]
