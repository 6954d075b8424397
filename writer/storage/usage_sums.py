"""Sums under the keys that are asked for: of roll-ups, of calls, and of the words that are kept."""

from collections.abc import Iterator, Sequence
from operator import add as plus
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, and_, case, cast, false, func, select, type_coerce
from sqlalchemy.orm import Session

from writer.domain.analytics import Dimension, Figures, Filter, Step
from writer.domain.usage import Outcome
from writer.storage.rows import KeptWordsRow, RollupRow, UsageRow
from writer.storage.usage_asked import (
    BEFORE_DAY,
    Asked,
    Days,
    asked_for,
    matching_calls,
    matching_rollups,
    matching_words,
)
from writer.storage.usage_cubes import DAY, HOUR, SUMS
from writer.storage.usage_times import bucket_of, latency, packed

_NONE = (0,) * len(SUMS)
Key = tuple[Any, ...]
"""When (None, or a number of days or hours since 1970), then the values that are grouped by."""


class Sums:
    """What comes together under one key, from wherever it is summed."""

    __slots__ = ("first", "sums", "total")

    def __init__(self) -> None:
        self.sums: Sequence[int] = _NONE
        self.first: list[str] = []
        self.total: list[str] = []

    def add(self, sums: Sequence[int], first: str | None = "", total: str | None = "") -> None:
        self.sums = sums if self.sums is _NONE else list(map(plus, self.sums, sums))
        self.first.append(first or "")
        self.total.append(total or "")

    def join(self, other: "Sums") -> None:
        self.add(other.sums, "".join(other.first), "".join(other.total))

    def add_words(self, words: int) -> None:
        self.add([*_NONE[:-1], words])

    def figures(self, *, words: bool) -> Figures:
        *counts, kept = self.sums
        first, total = latency("".join(self.first)), latency("".join(self.total))
        values: tuple[Any, ...] = (*counts, kept if words else None, first, total)
        return Figures(*values)  # `SUMS` are in the order of its fields


def _known(session: Session, owner_id: str, asked: Asked) -> dict[str, Sequence[str]]:
    """Values that occur, for the large cubes: their days are found by them."""
    assert asked.cube is not None
    if not asked.cube.keys >= set(BEFORE_DAY):
        return {}
    by = {"purpose": Dimension.PURPOSE, "route": Dimension.ROUTE}
    ever = {name: asked_for(Filter(), by=dimension) for name, dimension in by.items()}
    table = RollupRow.__table__.c
    return {
        name: session.scalars(
            select(table[name]).distinct().where(*matching_rollups(owner_id, all_days, all_days.days[0], {}))
        ).all()
        for name, all_days in ever.items()
    }


def from_rollups(session: Session, owner_id: str, asked: Asked, found: dict[Key, Sums], limit: int | None) -> None:
    """At most `limit` keys, those that cost most, where it is given: of one span alone."""
    table = RollupRow.__table__.c
    time = [table.day * 24 + table.hour if asked.step is Step.HOUR else table.day] if asked.step else []
    keys = _labelled([*time, *(table[key] for key in asked.keys)])
    known = _known(session, owner_id, asked) if asked.days else {}
    for days in asked.days:
        matching = matching_rollups(owner_id, asked, days, known)
        if limit is not None:  # all sums of those alone: half the time
            first = _first(_grouped(select(*keys).where(*matching), keys), keys, limit).subquery()
            matching += _among(asked, first)
        for row in session.execute(_summing(asked, days, keys).where(*matching)):
            rest = row[len(keys) :]
            found.setdefault(_key(row, asked, keys), Sums()).add(rest[: len(SUMS)], *rest[len(SUMS) :])


def _summing(asked: Asked, days: Days, keys: Sequence[Any]) -> Select[Any]:
    assert asked.cube is not None
    table = RollupRow.__table__.c
    times = [table[name] for name in ("first_times", "total_times")] if asked.timed and asked.cube.timed else []
    if asked.has_one_row_each(days):
        return select(*keys, *(table[name] for name in SUMS), *times)
    joined = [func.aggregate_strings(name, "") for name in times]
    return _grouped(select(*keys, *(sum_of(name) for name in SUMS), *joined), keys)


def _first(wanted: Select[Any], keys: Sequence[Any], limit: int) -> Select[Any]:
    return wanted.order_by(sum_of("cost_micros").desc(), sum_of("calls").desc(), *_names(keys)).limit(limit)


def _among(asked: Asked, first: Any) -> Iterator[ColumnElement[bool]]:
    for key, found in zip(asked.keys, first.c, strict=True):
        yield getattr(RollupRow, key).in_(select(found))


def sum_of(name: str) -> ColumnElement[Any]:
    """Postgres makes decimals of it, which take long to read."""
    return cast(func.sum(RollupRow.__table__.c[name]), BigInteger)


def from_calls(session: Session, owner_id: str, asked: Asked, span: Any, found: dict[Key, Sums]) -> None:
    at = type_coerce(UsageRow.at, BigInteger)
    time = [at // (HOUR if asked.step is Step.HOUR else DAY)] if asked.step else []
    keys = _labelled([*time, *(value_of(key, at) for key in asked.keys)])
    where = matching_calls(owner_id, asked.wanted, span)
    for row in session.execute(_grouped(select(*keys, *_CALL_SUMS).where(*where), keys)):
        found.setdefault(_key(row, asked, keys), Sums()).add((*map(int, row[len(keys) :]), 0))
    if not asked.timed:
        return
    answered = and_(UsageRow.outcome == Outcome.OK.value, UsageRow.cached == false())
    times = select(*keys, UsageRow.first_token_ms, UsageRow.total_ms).where(*where, answered)
    for row in session.execute(times.execution_options(yield_per=5_000)):
        first, total = row[len(keys) :]
        into = found[_key(row, asked, keys)]
        into.total.append(packed({bucket_of(total): 1}))
        if first is not None:
            into.first.append(packed({bucket_of(first): 1}))


def add_words(session: Session, owner_id: str, asked: Asked, found: dict[Key, Sums]) -> None:
    """Of single drafts: no roll-up answers for those."""
    table = KeptWordsRow.__table__.c
    keys = _labelled([*([table.day] if asked.step else []), *(table[key] for key in asked.keys)])
    where = matching_words(owner_id, asked)
    for row in session.execute(_grouped(select(*keys, func.sum(table.words)).where(*where), keys)):
        found.setdefault(_key(row, asked, keys), Sums()).add_words(int(row[-1]))


def _labelled(keys: Sequence[ColumnElement[Any]]) -> list[Any]:
    return [key.label(f"key_{number}") for number, key in enumerate(keys)]


def _names(keys: Sequence[Any]) -> list[str]:
    """Postgres takes an expression with parameters for another one each time: it is grouped by its name."""
    return [key.name for key in keys]


def _grouped(wanted: Select[Any], keys: Sequence[Any]) -> Select[Any]:
    """Without keys SQL answers with one row even where there is nothing."""
    return wanted.group_by(*_names(keys)).having(func.count() > 0)


def _key(row: Any, asked: Asked, keys: Sequence[Any]) -> Key:
    values = tuple(row[: len(keys)])
    return values if asked.step else (None, *values)


def value_of(key: str, at: ColumnElement[int]) -> ColumnElement[Any]:
    match key:
        case "hour":
            return at % DAY // HOUR
        case "cached":
            return cast(UsageRow.cached, Integer)
    return getattr(UsageRow, key).expression  # type: ignore[no-any-return]  # a column by its name


def _number_of(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


_COST = func.coalesce(UsageRow.cost_micros, 0)
_CALL_SUMS = (
    func.count(),
    _number_of(UsageRow.outcome == Outcome.FAILED.value),
    _number_of(UsageRow.outcome == Outcome.STOPPED.value),
    _number_of(UsageRow.cached.expression),
    _number_of(UsageRow.estimated.expression),
    func.sum(UsageRow.input_tokens),
    func.sum(UsageRow.output_tokens),
    func.sum(UsageRow.cached_input),
    func.sum(_COST),
    func.sum(case((UsageRow.wasted, _COST), else_=0)),
    _number_of(UsageRow.cost_micros.is_(None)),
)
"""`SUMS` without the words, over calls."""
