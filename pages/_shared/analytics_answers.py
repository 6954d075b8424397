"""The figures of one run of the page: each question is asked once, whoever needs the answer."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar, cast

from writer.domain.actors import Actor
from writer.domain.analytics import (
    MOST_KEYS,
    Choices,
    Dimension,
    Figures,
    Filter,
    Group,
    Point,
    Step,
)
from writer.domain.ports.suggestions import AcceptanceKey
from writer.domain.reliability import Opening
from writer.domain.suggestions import Acceptance
from writer.domain.usage import Outcome
from writer.services.analytics import Analytics

T = TypeVar("T")
ALL = Filter()
FROM_CACHE = "yes"
"""The key of calls that the cache answered; "no" is that of all others."""

_FIELDS = {
    Dimension.ROUTE: "routes",
    Dimension.PURPOSE: "purposes",
    Dimension.ACTION: "actions",
    Dimension.PERSON: "persons",
    Dimension.DRAFT: "drafts",
    Dimension.CONTENT_TYPE: "content_types",
    Dimension.ERROR: "errors",
}
_LENGTHS = {Step.HOUR: timedelta(hours=1), Step.DAY: timedelta(days=1)}


class Answers:
    def __init__(self, analytics: Analytics, actor: Actor) -> None:
        self._analytics = analytics
        self._actor = actor
        self._known: dict[Hashable, object] = {}

    def choices(self) -> Choices:
        return self._once(("choices",), lambda: self._analytics.choices(self._actor, ALL))

    def totals(self, wanted: Filter) -> Figures:
        return self._once(("totals", wanted), lambda: self._analytics.totals(self._actor, wanted))

    def groups(self, wanted: Filter, by: Dimension) -> list[Group]:
        return self._once(
            ("groups", wanted, by), lambda: self._analytics.groups(self._actor, wanted, by, limit=MOST_KEYS)
        )

    def series(self, wanted: Filter, step: Step, by: Dimension | None = None) -> list[Point]:
        return self._once(("series", wanted, step, by), lambda: self._analytics.series(self._actor, wanted, step, by))

    def acceptance(self, wanted: Filter, by: AcceptanceKey) -> list[Acceptance]:
        return self._once(("acceptance", wanted, by), lambda: self._analytics.acceptance(self._actor, wanted, by))

    def openings(self, wanted: Filter) -> list[Opening]:
        return self._once(("openings", wanted), lambda: self._analytics.openings(self._actor, wanted))

    def first_call(self) -> datetime | None:
        """The first month with a call."""
        months = self.series(ALL, Step.MONTH)
        return months[0].at if months else None

    def _once(self, question: Hashable, ask: Callable[[], T]) -> T:
        if question not in self._known:
            self._known[question] = ask()
        return cast(T, self._known[question])


def narrowed(wanted: Filter, by: Dimension, keys: tuple[str, ...]) -> Filter | None:
    """To the calls of these keys; None where no filter can say so (an hour of each day)."""
    match by:
        case Dimension.HOUR:
            return None
        case Dimension.DAY:
            days = sorted(datetime.fromisoformat(f"{key}T00:00:00+00:00") for key in keys)
            return within(wanted, days[0], days[-1] + timedelta(days=1))
        case Dimension.OUTCOME:
            return replace(wanted, outcomes=tuple(Outcome(key) for key in keys))
        case Dimension.CACHED:
            return replace(wanted, cached=None if len(keys) > 1 else keys[0] == FROM_CACHE)
        case _:
            # Exactly one field changes, which mypy cannot see through a name.
            return replace(wanted, **{_FIELDS[by]: keys})  # type: ignore[arg-type]  # a tuple of str, as all of _FIELDS


def within(wanted: Filter, since: datetime, until: datetime) -> Filter:
    """The part of the time that is also in `wanted`."""
    since = max(since, wanted.since) if wanted.since else since
    return replace(wanted, since=since, until=max(since, min(until, wanted.until) if wanted.until else until))


def of_step(wanted: Filter, at: datetime, step: Step) -> Filter:
    return within(wanted, at, end_of(at, step))


def end_of(at: datetime, step: Step) -> datetime:
    if step is Step.MONTH:
        return (at.replace(day=1) + timedelta(days=32)).replace(day=1)
    return at + _LENGTHS[step]
