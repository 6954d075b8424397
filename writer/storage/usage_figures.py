"""Answers from the roll-ups, and from the calls themselves where those do not tell enough apart."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, and_, case, cast, false, func, select, type_coerce
from sqlalchemy.orm import Session

from writer.domain.analytics import CallPage, Dimension, Figures, Filter, Group, Point, Step
from writer.domain.usage import Outcome, UsageEvent
from writer.storage.database import Database
from writer.storage.rows import KeptWordsRow, RollupRow, UsageRow
from writer.storage.usage_asked import KEYS_OF, UNNAMED, Asked, asked_for, matching_calls, matching_rollups
from writer.storage.usage_cubes import DAY, HOUR, SUMS
from writer.storage.usage_folding import BATCH, fold, fold_all, is_behind
from writer.storage.usage_paging import every_call, page_of_calls
from writer.storage.usage_times import bucket_of, latency, packed

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WORDS = SUMS.index("words_kept")
_LATEST = 2_000  # days of drafts among which the latest drafts are looked for
_RENAMED = {"cached_calls": "cached", "cached_input": "cached_input_tokens"}
Key = tuple[Any, ...]
"""When (None, or a number of days or hours since 1970), then the values that are grouped by."""


class _Sums:
    """What comes together under one key, from wherever it is summed."""

    __slots__ = ("first", "sums", "total")

    def __init__(self) -> None:
        self.sums = [0] * len(SUMS)
        self.first: list[str] = []
        self.total: list[str] = []

    def add(self, sums: Sequence[Any], first: str | None = "", total: str | None = "") -> None:
        self.sums = [a + int(b or 0) for a, b in zip(self.sums, sums, strict=True)]
        self.first.append(first or "")
        self.total.append(total or "")

    def join(self, other: "_Sums") -> None:
        self.add(other.sums, "".join(other.first), "".join(other.total))

    def figures(self, *, words: bool) -> Figures:
        counts: dict[str, Any] = {_RENAMED.get(name, name): n for name, n in zip(SUMS, self.sums, strict=True)}
        kept = counts.pop("words_kept")
        first, total = latency("".join(self.first)), latency("".join(self.total))
        return Figures(**counts, words_kept=kept if words else None, first_token=first, total=total)


class Analytics:
    def __init__(self, database: Database) -> None:
        self._database = database

    def totals(self, owner_id: str, wanted: Filter) -> Figures:
        asked = asked_for(wanted)
        found = self._found(owner_id, asked)
        return found.get((None,), _Sums()).figures(words=asked.words)

    def groups(self, owner_id: str, wanted: Filter, by: Dimension, limit: int = 50) -> list[Group]:
        asked = asked_for(wanted, by=by)
        found = self._found(owner_id, asked, limit if by is Dimension.DRAFT else None)
        groups = [Group(_name(key, by, owner_id), sums.figures(words=asked.words)) for key, sums in found.items()]
        if by in (Dimension.DAY, Dimension.HOUR):
            return sorted(groups, key=lambda group: group.key)[-limit:]
        return sorted(groups, key=lambda group: (-group.figures.cost_micros, -group.figures.calls, group.key))[:limit]

    def series(self, owner_id: str, wanted: Filter, step: Step, by: Dimension | None) -> list[Point]:
        asked = asked_for(wanted, by=by, step=step)
        points: dict[tuple[datetime, str], _Sums] = {}
        for key, sums in self._found(owner_id, asked).items():
            name = _name(key, by, owner_id) if by else ""
            place = _begin(key[0], step), name
            if place in points:  # days of one month
                points[place].join(sums)
            else:
                points[place] = sums
        return [
            Point(at, name, sums.figures(words=asked.words)) for (at, name), sums in sorted(points.items(), key=_at)
        ]

    def keys(self, owner_id: str, wanted: Filter, limit: int = 50) -> dict[Dimension, list[str]]:
        with self._folded(owner_id) as session:
            return {by: _keys(session, owner_id, wanted, by, limit) for by in KEYS_OF if by not in UNNAMED}

    def calls(self, owner_id: str, wanted: Filter, *, cursor: str = "", limit: int = 50) -> CallPage:
        return page_of_calls(self._database, owner_id, wanted, cursor, limit)

    def every_call(self, owner_id: str, wanted: Filter) -> Iterator[UsageEvent]:
        return every_call(self._database, owner_id, wanted)

    def fold(self, limit: int = BATCH) -> int:
        return fold(self._database, limit)

    @contextmanager
    def _folded(self, owner_id: str) -> Iterator[Session]:
        """One view of roll-ups that have all of the owner's calls."""
        with self._database.reading() as session:
            if not is_behind(session, owner_id):
                yield session
                return
        fold_all(self._database, owner_id)
        with self._database.reading() as session:
            yield session

    def _found(self, owner_id: str, asked: Asked, limit: int | None = None) -> dict[Key, _Sums]:
        found: dict[Key, _Sums] = {}
        with self._folded(owner_id) as session:
            if asked.days is not None:
                _from_rollups(session, owner_id, asked, found, limit if not asked.spans else None)
            for span in asked.spans:
                _from_calls(session, owner_id, asked, span, found)
            if asked.words and asked.cube is None:
                _words(session, owner_id, asked, found)
        return found


def _keys(session: Session, owner_id: str, wanted: Filter, by: Dimension, limit: int) -> list[str]:
    asked = asked_for(Filter(wanted.since, wanted.until), by=by)
    table = RollupRow.__table__.c
    key = table[KEYS_OF[by]]
    chosen = select(key).where(*matching_rollups(owner_id, asked), table.calls > 0, key != "")
    if by is Dimension.DRAFT:
        latest = chosen.order_by(table.cube.desc(), table.day.desc()).limit(_LATEST)
        return list(dict.fromkeys(session.scalars(latest)))[:limit]
    return list(session.scalars(chosen.group_by(key).order_by(func.sum(table.calls).desc(), key).limit(limit)))


def _from_rollups(session: Session, owner_id: str, asked: Asked, found: dict[Key, _Sums], limit: int | None) -> None:
    assert asked.cube is not None
    table = RollupRow.__table__.c
    time = [table.day * 24 + table.hour if asked.step is Step.HOUR else table.day] if asked.step else []
    keys = _labelled([*time, *(table[key] for key in asked.keys)])
    sums: list[ColumnElement[Any]] = [func.sum(table[name]).label(name) for name in SUMS]
    if asked.timed and asked.cube.timed:
        sums += [func.aggregate_strings(table[name], "") for name in ("first_times", "total_times")]
    wanted = _grouped(select(*keys, *sums).where(*matching_rollups(owner_id, asked)), keys)
    if limit is not None:
        wanted = wanted.order_by(func.sum(table.cost_micros).desc(), func.sum(table.calls).desc(), *_names(keys)).limit(
            limit
        )
    for row in session.execute(wanted):
        rest = tuple(row[len(keys) :])
        found.setdefault(_key(row, asked, keys), _Sums()).add(rest[: len(SUMS)], *rest[len(SUMS) :])


def _from_calls(session: Session, owner_id: str, asked: Asked, span: Any, found: dict[Key, _Sums]) -> None:
    at = type_coerce(UsageRow.at, BigInteger)
    time = [at // (HOUR if asked.step is Step.HOUR else DAY)] if asked.step else []
    keys = _labelled([*time, *(_value(key, at) for key in asked.keys)])
    where = matching_calls(owner_id, asked.wanted, span)
    for row in session.execute(_grouped(select(*keys, *_CALL_SUMS).where(*where), keys)):
        found.setdefault(_key(row, asked, keys), _Sums()).add((*row[len(keys) :], 0))
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


def _words(session: Session, owner_id: str, asked: Asked, found: dict[Key, _Sums]) -> None:
    """Of single drafts: no roll-up answers for those."""
    table = KeptWordsRow.__table__.c
    keys = _labelled([*([table.day] if asked.step else []), *(table[key] for key in asked.keys)])
    where = matching_rollups(owner_id, asked, KeptWordsRow)
    for row in session.execute(_grouped(select(*keys, func.sum(table.words)).where(*where), keys)):
        found.setdefault(_key(row, asked, keys), _Sums()).sums[_WORDS] += int(row[-1])


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


def _value(key: str, at: ColumnElement[int]) -> ColumnElement[Any]:
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


def _name(key: Key, by: Dimension, owner_id: str) -> str:
    match by:
        case Dimension.PERSON:
            return owner_id
        case Dimension.DAY:
            return (_EPOCH + timedelta(days=key[0])).date().isoformat()
        case Dimension.HOUR:
            return f"{key[-1]:02}"
        case Dimension.CACHED:
            return "yes" if key[-1] else "no"
    return str(key[-1])


def _begin(number: int, step: Step) -> datetime:
    begin = _EPOCH + (timedelta(hours=number) if step is Step.HOUR else timedelta(days=number))
    return begin.replace(day=1) if step is Step.MONTH else begin


def _at(item: tuple[tuple[datetime, str], _Sums]) -> tuple[datetime, str]:
    return item[0]
