"""What the figures are of, as it stands in the address: a link or a reload shows the same. Times are UTC."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

import streamlit as st

from writer.domain.analytics import LONGEST_BY_HOUR, Choices, Dimension, Filter, Step
from writer.domain.completions import Purpose
from writer.domain.usage import Outcome

TIMES = {
    "24h": "Last 24 hours",
    "7d": "Last 7 days",
    "30d": "Last 30 days",
    "90d": "Last 90 days",
    "month": "This month",
    "all": "All time",
    "dates": "From … to …",
}
MEASURES = {"cost": "Cost", "tokens": "Tokens", "calls": "Calls", "words": "Words kept"}
BY = {
    "route": Dimension.ROUTE,
    "purpose": Dimension.PURPOSE,
    "action": Dimension.ACTION,
    "person": Dimension.PERSON,
    "draft": Dimension.DRAFT,
    "type": Dimension.CONTENT_TYPE,
    "outcome": Dimension.OUTCOME,
    "error": Dimension.ERROR,
    "cached": Dimension.CACHED,
    "day": Dimension.DAY,
    "hour": Dimension.HOUR,
}
STEPS = {"hour": Step.HOUR, "day": Step.DAY, "month": Step.MONTH}
COMPARE = {"before": "The time before", "none": "Nothing", "date": "From …"}
FILTERS = {
    "route": "routes",
    "purpose": "purposes",
    "action": "actions",
    "person": "persons",
    "draft": "drafts",
    "type": "content_types",
    "outcome": "outcomes",
    "error": "errors",
}
"""Each name in the address, and the field of `Filter` and `Choices` that it sets."""

VIEWS = ("Speed", "Reliability", "Suggestions", "This month", "All calls")
CACHED = {"yes": True, "no": False}
DEFAULT_TIME, DEFAULT_MEASURE, DEFAULT_BY, DEFAULT_COMPARE = "30d", "cost", "route", "before"
_DAYS = {"7d": 7, "30d": 30, "90d": 90}
_SHORT, _LONG = timedelta(days=2), timedelta(days=400)  # up to here hours are shown, days, above months
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """`first` and `last` are the days that were chosen where `time` is "dates". `other` is the time that figures are
    compared with, None for none. `ignored` are sentences about what the address said and nobody understood."""

    wanted: Filter
    other: Filter | None
    time: str
    first: date
    last: date
    measure: str
    by: str
    step: Step
    compare: str
    compare_from: date
    ignored: tuple[str, ...] = ()

    @property
    def dimension(self) -> Dimension:
        return BY[self.by]

    @property
    def divided(self) -> Dimension | None:
        """What a series over time is divided by: not by time once more."""
        return None if self.dimension in (Dimension.DAY, Dimension.HOUR) else self.dimension

    @property
    def narrowed(self) -> int:
        """How many filters say something, time left aside."""
        return sum(bool(getattr(self.wanted, field)) for field in FILTERS.values()) + (self.wanted.cached is not None)


class Address:
    """Reads one address; keeps a sentence of each value that it cannot use."""

    def __init__(self, params: Mapping[str, Sequence[str]]) -> None:
        self._params = params
        self.ignored: list[str] = []

    def one(self, name: str, known: Collection[str], default: str) -> str:
        value = next(iter(self._params.get(name, ())), default)
        if value in known:
            return value
        self._ignore(name, value)
        return default

    def several(self, name: str, known: Callable[[str], bool]) -> tuple[str, ...]:
        values = tuple(dict.fromkeys(self._params.get(name, ())))
        for value in values:
            if not known(value):
                self._ignore(name, value)
        return tuple(value for value in values if known(value))

    def day(self, name: str, default: date) -> date:
        value = next(iter(self._params.get(name, ())), "")
        try:
            found = date.fromisoformat(value) if value else default
        except ValueError:
            found = None
        if found is None or not FIRST_DAY <= found <= LAST_DAY:
            self._ignore(name, value)
            return default
        return found

    def has(self, name: str) -> bool:
        return bool(self._params.get(name))

    def _ignore(self, name: str, value: str) -> None:
        self.ignored.append(
            f"The address asks for “{value[:60]}” as “{name}”, which is not known here. It was left out."
        )


def params() -> dict[str, list[str]]:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def write(name: str, value: str | Sequence[str], default: str = "") -> None:
    """What is usual does not stand in the address."""
    if not value or value == default:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value if isinstance(value, str) else list(value)


def write_days(first: str, last: str, days: Iterable[date]) -> None:
    chosen = list(days)
    for name, found in zip((first, last), (chosen[:1], chosen[-1:]), strict=True):
        write(name, found[0].isoformat() if found else "")


def read(
    given: Mapping[str, Sequence[str]],
    choices: Choices,
    now: datetime,
    *,
    is_draft: Callable[[str], bool] = lambda draft_id: False,
    first_call: Callable[[], datetime | None] = lambda: None,
) -> Asked:
    """`is_draft` says whether a draft is the reader's, for one that the choices do not list. `first_call` is asked when
    the time has no beginning."""
    address = Address(given)
    name = address.one("time", TIMES, "dates" if address.has("from") else DEFAULT_TIME)
    today = now.astimezone(UTC).date()
    first = address.day("from", today - timedelta(days=6))
    last = max(first, address.day("to", today))
    since, until = _span(name, first, last, now)
    wanted = replace(_filters(address, choices, is_draft), since=since, until=until)
    compare = address.one("compare", COMPARE, "date" if address.has("compare_from") else DEFAULT_COMPARE)
    compare_from = address.day("compare_from", _usual_other(wanted, today))
    address.one("view", VIEWS, VIEWS[0])  # Streamlit reads it, and says nothing of what it does not know
    return Asked(
        wanted=wanted,
        other=_other(wanted, compare, compare_from),
        time=name,
        first=first,
        last=last,
        measure=address.one("show", MEASURES, DEFAULT_MEASURE),
        by=address.one("by", BY, DEFAULT_BY),
        step=_step(address, wanted, first_call, now),
        compare=compare,
        compare_from=compare_from,
        ignored=tuple(address.ignored),
    )


def _filters(address: Address, choices: Choices, is_draft: Callable[[str], bool]) -> Filter:
    always: dict[str, Collection[str]] = {"purpose": [p.value for p in Purpose], "outcome": [o.value for o in Outcome]}

    def known(name: str, field: str) -> Callable[[str], bool]:
        listed = {*getattr(choices, field), *always.get(name, ())}
        return lambda value: value in listed or (name == "draft" and is_draft(value))

    found = {field: address.several(name, known(name, field)) for name, field in FILTERS.items()}
    return Filter(
        routes=found["routes"],
        purposes=found["purposes"],
        actions=found["actions"],
        persons=found["persons"],
        drafts=found["drafts"],
        content_types=found["content_types"],
        outcomes=tuple(Outcome(value) for value in found["outcomes"]),
        errors=found["errors"],
        cached=CACHED.get(address.one("cached", ("", *CACHED), "")),
    )


def _span(name: str, first: date, last: date, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Whole days, today with the rest of it: what is summed up by the day answers quickly, kept words included."""
    today = now.astimezone(UTC).date()
    if name == "all":
        return None, None
    if name == "24h":
        hour_end = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return hour_end - timedelta(hours=24), hour_end
    if name == "dates":
        return start_of(first), start_of(last + timedelta(days=1))
    begin = today.replace(day=1) if name == "month" else today - timedelta(days=_DAYS[name] - 1)
    return start_of(begin), start_of(today + timedelta(days=1))


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def length_of(wanted: Filter) -> timedelta | None:
    """None where the time has no beginning or no end."""
    return wanted.until - wanted.since if wanted.since is not None and wanted.until is not None else None


def _usual_other(wanted: Filter, today: date) -> date:
    before = wanted.before() if length_of(wanted) is not None else wanted
    return max(FIRST_DAY, before.since.date()) if before.since is not None else today


def _other(wanted: Filter, compare: str, compare_from: date) -> Filter | None:
    """As long as the time itself: sums of unlike lengths say nothing."""
    length = length_of(wanted)
    if compare == "none" or length is None:
        return None
    if compare == "before":
        return wanted.before()
    since = start_of(compare_from)
    return replace(wanted, since=since, until=since + length)


def _step(address: Address, wanted: Filter, first_call: Callable[[], datetime | None], now: datetime) -> Step:
    length = length_of(wanted)
    asked = address.one("step", ("", *STEPS), "")
    if asked == "hour" and (length is None or length > LONGEST_BY_HOUR):
        address.ignored.append("By the hour, at most 31 days can be shown. Days are shown.")
        return Step.DAY
    if asked:
        return STEPS[asked]
    if length is None:
        began = first_call()
        length = now - began if began else timedelta(days=1)
        return Step.DAY if length <= _LONG else Step.MONTH
    if length <= _SHORT:
        return Step.HOUR
    return Step.DAY if length <= _LONG else Step.MONTH


def calls_address(wanted: Filter) -> str:
    """Of the file of all these calls, which the API sends while it reads it."""
    said = [(name, str(value)) for name, field in FILTERS.items() for value in getattr(wanted, field)]
    said += [(name, at.isoformat()) for name, at in (("since", wanted.since), ("until", wanted.until)) if at]
    said += [("cached", name) for name, value in CACHED.items() if value is wanted.cached]
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"{f'/{base}' if base else ''}/api/usage/calls.csv?{urlencode(said)}"
