"""Figures over the ledger of calls: of one's own calls alone."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from writer.domain.actors import Actor
from writer.domain.analytics import (
    LONGEST_BY_HOUR,
    MOST_KEYS,
    CallPage,
    Choices,
    Dimension,
    Figures,
    Filter,
    Group,
    Point,
    Step,
)
from writer.domain.errors import UserMistake
from writer.domain.ports.analytics import AnalyticsStore, Openings
from writer.domain.ports.library import LibraryStore
from writer.domain.ports.suggestions import AcceptanceKey, SuggestionStore
from writer.domain.reliability import Opening
from writer.domain.suggestions import Acceptance
from writer.domain.usage import UsageEvent

MOST_CALLS = 500


class Analytics:
    """Whoever asks sees their own calls; a filter for other persons finds nothing."""

    def __init__(
        self,
        store: AnalyticsStore,
        library: LibraryStore,
        suggestions: SuggestionStore,
        openings: Openings = lambda since, until: [],
        settle: Callable[[], object] = lambda: None,
    ) -> None:
        """`settle` is called before each question: what this process counted a moment ago is in the answer."""
        self._ledger = store
        self._settle = settle
        self._library = library
        self._suggestions = suggestions
        self._openings = openings

    @property
    def _store(self) -> AnalyticsStore:
        self._settle()
        return self._ledger

    def totals(self, by: Actor, wanted: Filter) -> Figures:
        return self._store.totals(by.user, wanted) if _sees(by, wanted) else Figures()

    def groups(self, by: Actor, wanted: Filter, dimension: Dimension, limit: int = 50) -> list[Group]:
        """Days and hours in order, other keys by cost, then calls, most first."""
        if not _sees(by, wanted):
            return []
        if dimension is Dimension.HOUR and replace(wanted, since=None, until=None) != Filter() and not _short(wanted):
            raise UserMistake("By the hour and by something else at once, at most 31 days can be shown.")
        found = self._store.groups(by.user, wanted, dimension, max(1, min(limit, MOST_KEYS)))
        return self._named(by, found) if dimension is Dimension.DRAFT else found

    def series(
        self, by: Actor, wanted: Filter, step: Step = Step.DAY, dimension: Dimension | None = None
    ) -> list[Point]:
        """In order of time; steps without calls are left out. Raises UserMistake for more than 31 days by the hour."""
        if dimension in (Dimension.DAY, Dimension.HOUR):
            raise UserMistake("A series runs over time already: divide it by something else than days and hours.")
        if step is Step.HOUR and not _short(wanted):
            raise UserMistake("By the hour, at most 31 days can be shown. Choose a shorter time, or days.")
        return self._store.series(by.user, wanted, step, dimension) if _sees(by, wanted) else []

    def acceptance(self, by: Actor, wanted: Filter, key: AcceptanceKey) -> list[Acceptance]:
        """Of suggestions for texts, by route or action; only the filter's time, routes and actions count."""
        if not _sees(by, wanted):
            return []
        return self._suggestions.acceptance(by.user, key, wanted.since, wanted.until)

    def openings(self, by: Actor, wanted: Filter) -> list[Opening]:
        """Of breakers, oldest first; only the filter's time and routes count."""
        found = self._openings(wanted.since, wanted.until)
        return [opening for opening in found if not wanted.routes or opening.route in wanted.routes]

    def calls(self, by: Actor, wanted: Filter, *, cursor: str = "", limit: int = 50) -> CallPage:
        """Raises UserMistake for a cursor that is none."""
        if not _sees(by, wanted):
            return CallPage(())
        return self._store.calls(by.user, wanted, cursor=cursor, limit=max(1, min(limit, MOST_CALLS)))

    def every_call(self, by: Actor, wanted: Filter) -> Iterator[UsageEvent]:
        """Newest first, read a page at a time: for exports."""
        return self._store.every_call(by.user, wanted) if _sees(by, wanted) else iter(())

    def choices(self, by: Actor, wanted: Filter) -> Choices:
        """What occurs in the filter's time, whatever else it says."""
        keys = self._store.keys(by.user, wanted)
        found = {name: tuple(keys[dimension]) for dimension, name in _CHOSEN.items()}
        persons = (by.user,) if found["routes"] else ()
        titles = self._library.summaries(by.user, found["drafts"])
        return Choices(**found, persons=persons, labels={id_: draft.title for id_, draft in titles.items()})

    def _named(self, by: Actor, found: list[Group]) -> list[Group]:
        titles = self._library.summaries(by.user, [group.key for group in found if group.key])
        return [replace(group, label=titles[group.key].title) if group.key in titles else group for group in found]


_CHOSEN = {
    Dimension.ROUTE: "routes",
    Dimension.PURPOSE: "purposes",
    Dimension.ACTION: "actions",
    Dimension.DRAFT: "drafts",
    Dimension.CONTENT_TYPE: "content_types",
    Dimension.OUTCOME: "outcomes",
    Dimension.ERROR: "errors",
}


def _sees(by: Actor, wanted: Filter) -> bool:
    return not wanted.persons or by.user in wanted.persons


def _short(wanted: Filter) -> bool:
    if wanted.since is None:
        return False
    return wanted.until is None or wanted.until - wanted.since <= LONGEST_BY_HOUR
