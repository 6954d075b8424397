"""The article as the writer owns it: sections of Markdown with stable citation tokens, and every version of them."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from writer.domain.briefs import Brief
from writer.domain.errors import ReplyInvalid
from writer.domain.outlines import Outline
from writer.domain.text import slug

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_TOKEN = re.compile(r"\[\[[^\[\]]*\]\]")


def count_words(text: str) -> int:
    """Words a reader sees: citation tokens do not count."""
    return len(_WORD.findall(_TOKEN.sub(" ", text)))


class DraftState(StrEnum):
    IDEA = "idea"
    BRIEFED = "briefed"
    RESEARCHING = "researching"
    OUTLINED = "outlined"
    DRAFTING = "drafting"
    IN_REVIEW = "in_review"
    FACT_CHECK = "fact_check"
    READY = "ready"
    PUBLISHED = "published"
    NEEDS_UPDATE = "needs_update"
    ARCHIVED = "archived"


class SectionState(StrEnum):
    PLANNED = "planned"
    WRITING = "writing"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Gap:
    """What a section lacks: shown as a card, never filled with prose."""

    missing: tuple[str, ...]
    suggested_queries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """`text` is Markdown without its own heading; citations are tokens like [[S7.p12]].

    `role` tells the introduction and the conclusion from the body; `flags` are sentences about what the checks found.
    """

    key: str
    heading: str
    text: str = ""
    state: SectionState = SectionState.PLANNED
    role: str = "body"
    gap: Gap | None = None
    flags: tuple[str, ...] = ()
    route: str = ""

    @property
    def word_count(self) -> int:
        return count_words(self.text)

    def finished(self, text: str) -> Self:
        if not text.strip():
            raise ReplyInvalid(f"The section “{self.heading}” came back empty.")
        return replace(self, text=text.strip(), state=SectionState.DONE, gap=None)

    def lacking(self, gap: Gap) -> Self:
        return replace(self, state=SectionState.DONE, gap=gap)


@dataclass(frozen=True, slots=True)
class Draft:
    """`revision` rises by one with every change to title or text; a save that names an older one is refused. `slug` is
    "" where the writer chose none."""

    id: str
    owner_id: str
    title: str
    state: DraftState
    revision: int
    brief: Brief
    outline: Outline | None
    sections: tuple[Section, ...]
    created_at: datetime
    updated_at: datetime
    description: str = ""
    tags: tuple[str, ...] = ()
    deleted_at: datetime | None = None
    slug: str = ""

    @property
    def address(self) -> str:
        """The end of its page's address: what the writer chose, else made of the title."""
        return self.slug or slug(self.title)

    @property
    def word_count(self) -> int:
        return sum(section.word_count for section in self.sections)

    def section(self, key: str) -> Section | None:
        return next((section for section in self.sections if section.key == key), None)

    def markdown(self) -> str:
        """The whole text with headings and citation tokens; numbers are given at render."""
        return "\n\n".join([f"# {self.title}", *(section_markdown(section) for section in self.sections)]) + "\n"


def section_markdown(section: Section) -> str:
    heading = f"## {section.heading}\n\n" if section.role == "body" and section.heading else ""
    return f"{heading}{section.text}".strip()


@dataclass(frozen=True, slots=True)
class DraftSummary:
    """A row of the library: no bodies."""

    id: str
    title: str
    state: DraftState
    content_type: str
    word_count: int
    section_count: int
    sections_done: int
    updated_at: datetime
    tags: tuple[str, ...] = ()
    deleted_at: datetime | None = None
    due: date | None = None
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who made a version: a person, or a route with its prompt version and cost. `kind`: "person", "generated",
    "restored", "imported", "copied" (from another draft) or "suggestion" (taken from one)."""

    kind: str
    user: str
    route: str = ""
    prompt_version: str = ""
    cost_micros: int | None = None


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """`note` says why it was made, `name` what its writer calls it. `session` is the number of the first version of its
    sitting."""

    draft_id: str
    number: int
    digest: str
    title: str
    origin: Origin
    word_count: int
    created_at: datetime
    note: str = ""
    name: str = ""
    session: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """Immutable; `summary.digest` addresses its content."""

    summary: VersionSummary
    title: str
    sections: tuple[Section, ...]


def content_digest(title: str, sections: tuple[Section, ...]) -> str:
    """The address of a draft's content: sha256 over title, keys, headings and texts, in order."""
    digest = hashlib.sha256()
    for part in (title, *(p for s in sections for p in (s.key, s.role, s.heading, s.text))):
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
