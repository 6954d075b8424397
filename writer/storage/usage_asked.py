"""A question to the ledger, taken apart: what whole days answer from roll-ups, and what only the calls can."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement

from writer.domain.analytics import Dimension, Filter, Step
from writer.domain.usage import Outcome
from writer.storage.rows import RollupRow, UsageRow
from writer.storage.usage_cubes import DAY, EVER, Cube, smallest

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

_WITHOUT_WORDS = {"hour", "outcome", "error", "cached"}

Span = tuple[int | None, int | None]
"""From and before, in microseconds or days since 1970; None is open."""


@dataclass(frozen=True)
class Asked:
    """`days` are answered by `cube` (None: no day is), `spans` by the calls. `words` says whether the words that are
    kept can be told: they are known by the day, not by what became of calls."""

    wanted: Filter
    keys: tuple[str, ...]
    step: Step | None
    cube: Cube | None
    days: Span | None
    spans: tuple[Span, ...]
    words: bool

    @property
    def timed(self) -> bool:
        """Whether latencies are told: not in each part of a series, and not by draft."""
        return not (self.step and self.keys) and "draft_id" not in self.keys


def asked_for(wanted: Filter, *, by: Dimension | None = None, step: Step | None = None) -> Asked:
    if by is Dimension.DAY:
        step = Step.DAY
    keys = (KEYS_OF[by],) if by in KEYS_OF else ()
    filtered = {_COLUMNS[name] for name in _COLUMNS if getattr(wanted, name)}
    filtered |= {"cached"} if wanted.cached is not None else set()
    needed = filtered | set(keys) | ({"hour"} if step is Step.HOUR else set())
    single = bool(wanted.drafts or wanted.job_id)
    cube = None if single else smallest(needed)
    whole = (_micros(wanted.since), _micros(wanted.until))
    days, edges = _split(whole)
    by_day = not edges and not wanted.job_id and not needed & _WITHOUT_WORDS
    kept = Step.HOUR if step is Step.HOUR else Step.DAY if step else None
    if cube is None:
        return Asked(wanted, keys, kept, None, None, (whole,), by_day)
    return Asked(wanted, keys, kept, cube, days, edges, by_day)


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


def matching_rollups(owner_id: str, asked: Asked, table: Any = RollupRow) -> list[ColumnElement[bool]]:
    """Of roll-ups, or of the words that are kept, which have the same keys but for those that words do not know."""
    conditions = [table.owner_id == owner_id, *_chosen(asked.wanted, table)]
    if asked.cube is not None and asked.cube.ever and asked.days == (None, None) and asked.step is None:
        return [*conditions, *_of_cube(asked, asked.cube), table.day == EVER]
    first, end = asked.days or _split((_micros(asked.wanted.since), _micros(asked.wanted.until)))[0] or (0, 0)
    if asked.cube is not None:
        conditions += _of_cube(asked, asked.cube)
    conditions.append(table.day >= (0 if first is None else first))
    return [*conditions, *([table.day < end] if end is not None else [])]


def _of_cube(asked: Asked, cube: Cube) -> list[ColumnElement[bool]]:
    cached = asked.wanted.cached
    return [RollupRow.cube == cube.number, *([RollupRow.cached == int(cached)] if cached is not None else [])]


def matching_calls(owner_id: str, wanted: Filter, span: Span | None = None) -> list[ColumnElement[bool]]:
    since, until = span or (_micros(wanted.since), _micros(wanted.until))
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


def _micros(at: datetime | None) -> int | None:
    if at is None:
        return None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH) // timedelta(microseconds=1)
