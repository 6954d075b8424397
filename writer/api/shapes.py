"""What goes over the wire: ids that can exist, bodies that are checked, and values as JSON."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Path, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.domain.drafts import Draft, Section
from writer.domain.sources import Source
from writer.services.drafts import Reference

WhoAsks = Callable[[Request], Actor]
Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Number = Annotated[int, Path(ge=1, lt=2**31)]
Text = Annotated[str, StringConstraints(max_length=5_000_000)]
Line = Annotated[str, StringConstraints(max_length=2000)]
Lines = Annotated[list[Line], Field(max_length=200)]


def the_local_owner(request: Request) -> Actor:
    """Single-user mode: whoever reaches the API owns everything."""
    return LOCAL_ACTOR


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SearchBody(Body):
    """Each field that is given narrows the search; within a field, any of its values will do. `collections` are ids or
    names; `since` and `until` compare with the date that a document states of itself."""

    query: Annotated[str, StringConstraints(max_length=10_000)]
    limit: int = Field(8, ge=1, le=100)
    collections: Annotated[list[Line | int], Field(max_length=200)] | None = None
    tags: Lines = []
    kinds: Lines = []
    languages: Lines = []
    since: date | None = None
    until: date | None = None
    source_ids: list[Annotated[int, Field(ge=1, lt=2**31)]] | None = None
    nearest_sentence: bool = False


class DraftQuery(Body):
    query: Annotated[str, StringConstraints(max_length=10_000)]
    limit: int = Field(8, ge=1, le=50)


class SectionBody(Body):
    """What is not given stays as it is; a new section has a heading and text."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]
    heading: Line | None = None
    text: Text | None = None


class DraftBody(Body):
    """`sections` are all sections in their order: one that is missing is taken out."""

    title: Line | None = None
    sections: Annotated[list[SectionBody], Field(max_length=500)] | None = None
    note: Line = ""
    suggestion: Line = ""


class SectionText(Body):
    """`suggestion` is the id of the one that the text was taken from: the version then says so."""

    heading: Line | None = None
    text: Text
    suggestion: Line = ""


def when(value: str | None) -> datetime | None:
    """A day or a moment, in UTC where it does not say. Raises ValueError."""
    if not value:
        return None
    moment = datetime.fromisoformat(value)
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:  # the first hours of the year 1, the last of 9999
        raise ValueError("out of range") from None


def section_json(section: Section) -> dict[str, Any]:
    return {**asdict(section), "words": section.word_count}


def draft_json(draft: Draft, references: Sequence[Reference]) -> dict[str, Any]:
    values = {name: value for name, value in asdict(draft).items() if name != "owner_id"}
    return {
        **values,
        "sections": [section_json(section) for section in draft.sections],
        "word_count": draft.word_count,
        "references": [reference_json(reference) for reference in references],
    }


def reference_json(reference: Reference) -> dict[str, Any]:
    source, passage = reference.source, reference.passage
    return {
        "number": reference.number,
        "passage_id": passage.id,
        "source_id": source.id,
        "title": source.title,
        "authors": source.authors,
        "published": source.published,
        "page": passage.page,
    }


def source_json(source: Source) -> dict[str, Any]:
    """Where its file lies and whose it is are not for the wire."""
    return {name: value for name, value in asdict(source).items() if name not in ("blob", "owner_id")}
