"""A question to the ledger, taken apart: what whole days answer from roll-ups, and what only the calls can."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement

from writer.domain.analytics import Dimension, Filter, Step
from writer.domain.usage import Outcome
from writer.storage.rows import KeptWordsRow, RollupRow, UsageRow
from writer.storage.usage_cubes import DAY, EVER, MONTHS, Cube, first_day_of, month_of, smallest

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = {
    "routes": "route",
    "purposes": "purpose",
    "actions": "action",
    "content_types": "content_type",
    "outcomes": "outcome",
    "errors": "error",
    "drafts": "draft_id",
}
KEYS_OF = {
    Dimension.HOUR: "hour",
    Dimension.ROUTE: "route",
    Dimension.PURPOSE: "purpose",
    Dimension.ACTION: "action",
    Dimension.CONTENT_TYPE: "content_type",
    Dimension.OUTCOME: "outcome",
    Dimension.ERROR: "error",
    Dimension.CACHED: "cached",
    Dimension.DRAFT: "draft_id",
}
UNNAMED = (Dimension.HOUR, Dimension.CACHED)
"""Whose keys are known beforehand."""

BEFORE_DAY = ("outcome", "purpose", "route")
"""Columns of the roll-ups' key, in its order."""

_LAST = first_day_of((date.max.year - 1970) * 12 + 11)
_WITHOUT_WORDS = {"hour", "outcome", "error", "cached"}

Span = tuple[int | None, int | None]
"""From and before, in microseconds or days since 1970; None is open."""

Days = tuple[int, int | None, int | None]
"""0, `MONTHS` or `EVER`, then from and before, in days or months since 1970; None is open."""


@dataclass(frozen=True)
class Asked:
    """`days` (and months, and all of them) are answered by `cube`, none without one; `spans` by the calls. `words` says
    whether the words that are kept can be told: they are known by the day, not by what became of calls."""

    wanted: Filter
    keys: tuple[str, ...]
    step: Step | None
    cube: Cube | None
    days: tuple[Days, ...]
    spans: tuple[Span, ...]
    words: bool

    @property
    def timed(self) -> bool:
        """Whether latencies are told: not in each part of a series, and not by draft."""
        return not (self.step and self.keys) and "draft_id" not in self.keys

    def has_one_row_each(self, days: Days) -> bool:
        """Whether each key that is asked for is one row of the cube: nothing is to be summed."""
        told = {*self.keys, *(["hour"] if self.step is Step.HOUR else [])}
        told |= {_COLUMNS[name] for name in _COLUMNS if len(getattr(self.wanted, name)) == 1}
        return self.cube is not None and self.cube.keys <= told and (self.step is not None or days[0] == EVER)


def asked_for(wanted: Filter, *, by: Dimension | None = None, step: Step | None = None) -> Asked:
    if by is Dimension.DAY:
        step = Step.DAY
    keys = (KEYS_OF[by],) if by in KEYS_OF else ()
    filtered = {_COLUMNS[name] for name in _COLUMNS if getattr(wanted, name)}
    filtered |= {"cached"} if wanted.cached is not None else set()
    needed = filtered | set(keys) | ({"hour"} if step is Step.HOUR else set())
    single = bool(wanted.drafts or wanted.job_id)
    cube = None if single else smallest(needed)
    whole = _whole(wanted)
    days, edges = _split(whole)
    by_day = not edges and not wanted.job_id and not needed & _WITHOUT_WORDS
    kept = Step.HOUR if step is Step.HOUR else Step.DAY if step else None
    if cube is None:
        return Asked(wanted, keys, kept, None, (), (whole,), by_day)
    longest = _longest if cube.ever and not step else _by_day
    return Asked(wanted, keys, kept, cube, tuple(longest(*days)) if days else (), edges, by_day)


def _by_day(first: int | None, end: int | None) -> Iterator[Days]:
    yield 0, first, end


def _split(whole: Span) -> tuple[Span | None, tuple[Span, ...]]:
    """Whole days, and the parts of days before and after them."""
    since, until = whole
    first = None if since is None else -(-since // DAY)
    end = None if until is None else until // DAY
    if first is not None and end is not None and first > end:
        return None, (whole,)
    edges: list[Span] = []
    if first is not None and since is not None and first * DAY != since:
        edges.append((since, first * DAY))
    if end is not None and until is not None and end * DAY != until:
        edges.append((end * DAY, until))
    return (first, end), tuple(edges)


def _longest(first: int | None, end: int | None) -> Iterator[Days]:
    """The same days with whole months among them taken as such, or with all days at once."""
    if first is None and end is None:
        yield EVER, None, None
        return
    begin = None if first is None else _month_from(first)
    stop = None if end is None else month_of(end)
    if begin is not None and stop is not None and begin >= stop:
        yield 0, first, end
        return
    if begin is not None and first != first_day_of(begin):
        yield 0, first, first_day_of(begin)
    yield MONTHS, begin, stop
    if stop is not None and first_day_of(stop) != end:
        yield 0, first_day_of(stop), end


def _month_from(day: int) -> int:
    """The first that begins on it or later."""
    month = month_of(min(day, _LAST))
    return month + (first_day_of(month) < min(day, _LAST))


def matching_rollups(
    owner_id: str, asked: Asked, days: Days, known: Mapping[str, Sequence[str]]
) -> list[ColumnElement[bool]]:
    """`known` are the values that occur: with a value for each column before the day an index leads to the days."""
    assert asked.cube is not None
    cached = asked.wanted.cached
    longer, *within = days
    return [
        RollupRow.owner_id == owner_id,
        RollupRow.cube == asked.cube.number + longer,
        *_chosen(asked.wanted, RollupRow),
        *_pinned(asked, known),
        *([RollupRow.cached == int(cached)] if cached is not None else []),
        *_within(RollupRow.day.expression, *within),
    ]


def _pinned(asked: Asked, known: Mapping[str, Sequence[str]]) -> Iterator[ColumnElement[bool]]:
    assert asked.cube is not None
    filtered = {_COLUMNS[name] for name in _COLUMNS if getattr(asked.wanted, name)}
    for name in BEFORE_DAY:
        column = getattr(RollupRow, name)
        if name not in asked.cube.keys:
            yield column == ""
        elif name == "outcome" and name not in filtered:
            yield column.in_(list(Outcome))
        elif name not in filtered and name in known:
            yield column.in_(known[name])


def matching_words(owner_id: str, asked: Asked) -> list[ColumnElement[bool]]:
    days = _split(_whole(asked.wanted))[0] or (0, 0)
    chosen = _chosen(asked.wanted, KeptWordsRow)
    return [KeptWordsRow.owner_id == owner_id, *chosen, *_within(KeptWordsRow.day.expression, *days)]


def _within(day: ColumnElement[int], first: int | None, end: int | None) -> list[ColumnElement[bool]]:
    return [*([day >= first] if first is not None else []), *([day < end] if end is not None else [])]


def matching_calls(owner_id: str, wanted: Filter, span: Span | None = None) -> list[ColumnElement[bool]]:
    since, until = span or _whole(wanted)
    conditions = [UsageRow.owner_id == owner_id, *_chosen(wanted, UsageRow)]
    if wanted.job_id:
        conditions.append(UsageRow.job_id == wanted.job_id)
    if wanted.cached is not None:
        conditions.append(UsageRow.cached.is_(wanted.cached))
    if wanted.errors and all(wanted.errors):
        conditions.append(UsageRow.outcome != Outcome.OK.value)  # so that the index of failures serves
    conditions += [UsageRow.at >= instant(since)] if since is not None else []
    return [*conditions, *([UsageRow.at < instant(until)] if until is not None else [])]


def instant(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def _chosen(wanted: Filter, table: Any) -> Iterator[ColumnElement[bool]]:
    for name, column in _COLUMNS.items():
        if values := getattr(wanted, name):
            yield getattr(table, column).in_([str(value) for value in values])


def _whole(wanted: Filter) -> Span:
    return _micros(wanted.since), _micros(wanted.until)


def _micros(at: datetime | None) -> int | None:
    if at is None:
        return None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH) // timedelta(microseconds=1)
