from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from writer.domain.scopes import EVERYTHING, Scope
from writer.domain.sources import Document, NewPassage, NewSource, Passage, Source, SourceState, Tally


@dataclass(frozen=True, slots=True)
class SourceChange:
    """One entry of the feed that derived indexes follow: after a crash they go on from the last `number` they applied.

    `action` is "put" (the source's passages are new), "vectors" (only vectors are) or "delete"."""

    number: int
    source_id: int
    action: str


@dataclass(frozen=True, slots=True)
class StoredModel:
    """How many vectors of a model are stored, and how much room they take."""

    model: str
    vectors: int
    bytes: int


@dataclass(frozen=True, slots=True)
class StoredVector:
    """`vector` is float32, little-endian, of unit length; `digest` the sha256 of the text it was made from, "" where
    nobody will ask for it by its text."""

    passage_id: str
    source_id: int
    vector: bytes
    digest: str = ""


class SourceStore(Protocol):
    """Every method is one short transaction. Unknown ids raise NotFound."""

    def add(self, owner_id: str, new: NewSource) -> Source: ...

    def get(self, source_id: int) -> Source: ...

    def by_digest(self, owner_id: str, digest: str) -> Source | None: ...

    def by_origin(self, owner_id: str, origin: str) -> Source | None: ...

    def by_canonical_url(self, owner_id: str, url: str) -> Source | None: ...

    def below_origin(self, owner_id: str, start: str) -> dict[str, Source]:
        """By origin, those whose origin begins with `start`."""
        ...

    def renew(self, source_id: int, new: NewSource) -> str:
        """The next revision: other bytes from the same place, queued. Passages stay until they are read. Returns the
        name of the blob that was there before."""
        ...

    def set_stamp(self, source_id: int, stamp: str) -> None:
        """The place was asked and holds what we have."""
        ...

    def listing(
        self, owner_id: str, limit: int | None = None, offset: int = 0, within: Scope = EVERYTHING
    ) -> list[Source]:
        """Newest first, in whatever state; all of them without a `limit`."""
        ...

    def tally(self, owner_id: str, within: Scope = EVERYTHING) -> Tally: ...

    def ready_ids(self, owner_id: str) -> list[int]: ...

    def in_scope(self, owner_id: str, scope: Scope) -> list[int]:
        """Ids of the owner's ready sources within `scope`, ascending. What is another owner's matches nothing."""
        ...

    def vectors_of_texts(self, owner_id: str, model: str, digests: Sequence[str]) -> dict[str, bytes]:
        """By digest, vectors that the owner's passages already have for the same texts."""
        ...

    def set_state(self, source_id: int, state: SourceState, note: str = "") -> None: ...

    def set_title(self, source_id: int, title: str) -> None: ...

    def put_document(self, source_id: int, document: Document, passages: Sequence[NewPassage]) -> None:
        """Replace metadata that the file states, and the passages. Those that are the same keep their id and vectors,
        edited ones their id (see `domain.revisions`); the ids of others are never given again."""
        ...

    def passages(self, source_id: int) -> list[Passage]:
        """In reading order."""
        ...

    def passages_by_id(self, owner_id: str, ids: Sequence[str]) -> dict[str, Passage]:
        """Those that exist and belong to the owner."""
        ...

    def without_vector(self, source_id: int, model: str) -> list[Passage]: ...

    def put_vectors(self, model: str, vectors: Sequence[StoredVector]) -> None: ...

    def vectors(self, model: str, source_ids: Sequence[int] | None = None) -> list[StoredVector]:
        """In passage order. None means all sources of all owners: indexes only."""
        ...

    def vectors_by_id(self, model: str, passage_ids: Sequence[str]) -> dict[str, bytes]:
        """Of those of the passages that have one."""
        ...

    def lacking(self, model: str) -> list[int]:
        """Ids of sources with passages that have no vector of the model, ascending. Of all owners."""
        ...

    def stored_models(self) -> list[StoredModel]:
        """Most vectors first."""
        ...

    def drop_vectors(self, model: str) -> None: ...

    def ids_with_vectors(self, model: str) -> list[int]:
        """Of all owners' sources, whatever their state: indexes only."""
        ...

    def counts(self, model: str) -> tuple[int, int]:
        """(passages, vectors) over all sources."""
        ...

    def delete(self, source_id: int) -> None:
        """With its passages and vectors, and an entry in the change feed."""
        ...

    def changes(self, after: int, limit: int = 1000) -> list[SourceChange]: ...

    def last_change(self) -> int: ...

    def all_ids(self) -> list[int]: ...

    def queued_ids(self) -> list[int]:
        """Of all owners: those that no job has begun to read."""
        ...


class DocumentReader(Protocol):
    def read(self, path: Path, kind: str, filename: str) -> Document:
        """Runs outside this process with limits on memory and time. Raises SourceRefused with a sentence."""
        ...


class Embedder(Protocol):
    """`model` and `dimension` are part of an index's identity."""

    @property
    def model(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def max_tokens(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        """One float32 little-endian unit vector of `dimension` per text, in order."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text by the model's own tokenizer, special tokens not counted."""
        ...


class VectorIndex(Protocol):
    def nearest(self, vector: bytes, limit: int, source_ids: Sequence[int]) -> list[tuple[str, float]]:
        """(passage id, cosine similarity in [0, 1]), best first, among the sources named."""
        ...

    def catch_up(self) -> None:
        """Apply the changes that the index has not seen."""
        ...

    def rebuild(self) -> int:
        """Make the index anew from SQL; returns how many vectors it holds."""
        ...


@dataclass(frozen=True, slots=True)
class WordMatches:
    """What has the words: passages by id and whole documents by source id, each with its BM25, best first."""

    passages: dict[str, float]
    documents: dict[int, float]


class KeywordIndex(Protocol):
    def matches(self, query: str, depth: int, source_ids: Sequence[int]) -> WordMatches:
        """As `search`, both scores apart; `depth` documents, and some times as many passages."""
        ...

    def spans(self, query: str, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """For each text, where the query's words stand in it, in any form that the index takes for the same word:
        ascending, never overlapping."""
        ...

    def telling_terms(self, text: str, limit: int) -> list[str]:
        """Of the text's words, those that the fewest indexed passages have."""
        ...

    def search(self, query: str, limit: int, source_ids: Sequence[int]) -> list[tuple[str, float]]:
        """(passage id, BM25-based score, higher is better), best first, among the sources named."""
        ...

    def catch_up(self, *, wait: bool = True) -> None:
        """`wait=False` leaves it to another thread of this process that is at it."""
        ...

    def rebuild(self) -> int: ...


class BlobStore(Protocol):
    """Names are generated here; what a file was called is data kept elsewhere."""

    def put(self, content: BinaryIO) -> str: ...

    def path(self, name: str) -> AbstractContextManager[Path]:
        """The content as a local file for as long as the context lasts."""
        ...

    def delete(self, name: str) -> None: ...
