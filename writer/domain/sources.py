"""What the writer writes from. A passage's id ("S7.p12") is what models see and what drafts keep."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class SourceState(StrEnum):
    QUEUED = "queued"
    READING = "reading"
    EMBEDDING = "embedding"
    READY = "ready"
    FAILED = "failed"

    @property
    def is_settled(self) -> bool:
        """Not being read, nor waiting for it."""
        return self in (SourceState.READY, SourceState.FAILED)


@dataclass(frozen=True, slots=True)
class Source:
    """`digest` is the sha256 of the bytes as given; `note` says why it failed or what was skipped.

    Author and date are what the file itself says: "" when it does not. Never guessed. `origin` is the place that the
    document is read from again ("file:/notes/tides.md", "https://…", "upload:tides.md"), "" when there is none;
    `stamp` is what that place said of its version; `revision` counts the versions that were taken in. `language` is a
    BCP 47 primary tag ("en"), "" where it is not known.
    """

    id: int
    owner_id: str
    kind: str
    title: str
    filename: str
    digest: str
    state: SourceState
    created_at: datetime
    authors: str = ""
    published: str = ""
    url: str = ""
    licence: str = ""
    words: int = 0
    pages: int = 0
    passages: int = 0
    note: str = ""
    blob: str = ""
    origin: str = ""
    stamp: str = ""
    canonical_url: str = ""
    retrieved_at: datetime | None = None
    revision: int = 1
    language: str = ""
    tags: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"S{self.id}"


@dataclass(frozen=True, slots=True)
class NewSource:
    """It joins its owner's `collection_id` in the moment it is added, so that it is cut as that one says from the
    start; an id that is not theirs is passed over."""

    kind: str
    title: str
    filename: str
    digest: str
    blob: str = ""
    authors: str = ""
    published: str = ""
    url: str = ""
    licence: str = ""
    origin: str = ""
    stamp: str = ""
    canonical_url: str = ""
    collection_id: int | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many sources there are, how many passages in them, and how many are not settled or are web pages."""

    sources: int = 0
    passages: int = 0
    at_work: int = 0
    web_pages: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a document in reading order. `kind`: "heading", "paragraph", "list", "quote", "table", "code" or
    "caption". `page` starts at 1, 0 where a format has none; `start` and `end` are offsets into the extracted text."""

    kind: str
    text: str
    level: int = 0
    page: int = 0
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader made of a file: metadata that the file itself states, and its blocks in order."""

    title: str
    blocks: tuple[Block, ...]
    text: str
    pages: int = 0
    authors: str = ""
    published: str = ""
    canonical_url: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class NewPassage:
    """`ordinal` counts from 1 within the source; `heading_path` runs from the outermost heading inwards."""

    ordinal: int
    text: str
    heading_path: tuple[str, ...]
    page: int
    start: int
    end: int
    digest: str


@dataclass(frozen=True, slots=True)
class Passage:
    id: str
    source_id: int
    source_title: str
    ordinal: int
    text: str
    heading_path: tuple[str, ...]
    page: int
    start: int
    end: int
    digest: str
    published: str = ""


Span = tuple[int, int]
"""From the first character to the one after the last, in a passage's text."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, with its score in [0, 1]; best first in every list of hits.

    `spans` are the words that matched, ascending, none overlapping; `sentence` is the one nearest in meaning, where
    that was asked for."""

    passage: Passage
    score: float
    spans: tuple[Span, ...] = ()
    sentence: Span | None = None

    def facts(self) -> dict[str, Any]:
        """What the API and the commands tell of it."""
        told = {
            "source_id": self.passage.source_id,
            "title": self.passage.source_title,
            "passage_id": self.passage.id,
            "text": self.passage.text,
            "score": round(self.score, 6),
            "start": self.passage.start,
            "end": self.passage.end,
            "page": self.passage.page,
            "highlights": [list(span) for span in self.spans],
        }
        return told if self.sentence is None else {**told, "sentence": list(self.sentence)}


def passage_id(source_id: int, ordinal: int) -> str:
    return f"S{source_id}.p{ordinal}"
