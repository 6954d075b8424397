"""What a search, a question or an article may look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the owner's sources. Each field that is given narrows it; within a field, any of its values will do.

    `collections` are their ids. `since` and `until` (both included) compare with the date that the document states of
    itself, so a document without one is outside. `languages` are BCP 47 primary tags ("en"); `kinds` as in
    `Source.kind`.
    """

    source_ids: tuple[int, ...] = ()
    collections: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def is_everything(self) -> bool:
        return self == EVERYTHING


EVERYTHING = Scope()


def of_sources(source_ids: Sequence[int]) -> Scope:
    """No ids stand for all sources."""
    return Scope(source_ids=tuple(source_ids))
