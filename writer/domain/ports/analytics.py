from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from writer.domain.analytics import CallPage, Dimension, Figures, Filter, Group, KeptWords, Point, Step
from writer.domain.ports.draft_index import StaleDraft
from writer.domain.reliability import Opening
from writer.domain.usage import UsageEvent

Openings = Callable[[datetime | None, datetime | None], list[Opening]]
"""(since, until) to the breakers that opened meanwhile, oldest first."""


class AnalyticsStore(Protocol):
    """Sums over one owner's calls. What was recorded before a question is in its answer."""

    def totals(self, owner_id: str, wanted: Filter) -> Figures: ...

    def groups(self, owner_id: str, wanted: Filter, by: Dimension, limit: int = 50) -> list[Group]:
        """Days and hours in order, the latest `limit`; other keys by cost, then calls, most first."""
        ...

    def keys(self, owner_id: str, wanted: Filter, limit: int = 50) -> dict[Dimension, list[str]]:
        """The keys alone of every dimension that has names, without "": most calls first, of drafts the latest. Only
        the filter's time counts."""
        ...

    def series(self, owner_id: str, wanted: Filter, step: Step, by: Dimension | None) -> list[Point]:
        """In order of time. Steps without calls are left out."""
        ...

    def calls(self, owner_id: str, wanted: Filter, *, cursor: str = "", limit: int = 50) -> CallPage: ...

    def every_call(self, owner_id: str, wanted: Filter) -> Iterator[UsageEvent]:
        """Newest first, read a page at a time."""
        ...

    def fold(self, limit: int = 5_000) -> int:
        """Takes up to `limit` calls into the roll-ups, each exactly once; returns how many."""
        ...


class KeptWordsStore(Protocol):
    """Of drafts of all owners."""

    def uncounted(self, rested_s: float, limit: int) -> list[StaleDraft]:
        """Drafts whose text has changed since they were counted, and not for `rested_s` seconds; longest at rest
        first."""
        ...

    def put_words(self, draft: StaleDraft, words: Sequence[KeptWords]) -> None:
        """In the place of what was counted before, in the roll-ups as well."""
        ...

    def forget_gone(self) -> int:
        """Takes back the words of drafts that were deleted for good; returns of how many."""
        ...
