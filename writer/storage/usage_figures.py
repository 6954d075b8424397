"""Answers from the roll-ups, and from the calls themselves where those do not tell enough apart."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from writer.domain.analytics import CallPage, Dimension, Figures, Filter, Group, Point, Step
from writer.domain.usage import UsageEvent
from writer.storage.database import Database
from writer.storage.rows import RollupRow
from writer.storage.usage_asked import KEYS_OF, UNNAMED, Asked, asked_for, matching_rollups
from writer.storage.usage_folding import BATCH, fold, fold_all, is_behind
from writer.storage.usage_paging import every_call, page_of_calls
from writer.storage.usage_sums import Key, Sums, add_words, from_calls, from_rollups, sum_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 2_000  # days of drafts among which the latest drafts are looked for
_BY_INDEX = select(
    *(
        func.set_config(name, value, True)
        for name, value in {
            "random_page_cost": "1.1",
            "work_mem": "64MB",
            "jit": "off",
            "max_parallel_workers_per_gather": "0",
        }.items()
    )
)
"""For this transaction: Postgres takes a disk to be so slow at seeking that it would read the whole table instead."""


class Analytics:
    def __init__(self, database: Database) -> None:
        self._database = database

    def totals(self, owner_id: str, wanted: Filter) -> Figures:
        asked = asked_for(wanted)
        found = self._found(owner_id, asked)
        return found.get((None,), Sums()).figures(words=asked.words)

    def groups(self, owner_id: str, wanted: Filter, by: Dimension, limit: int = 50) -> list[Group]:
        asked = asked_for(wanted, by=by)
        found = self._found(owner_id, asked, limit if by is Dimension.DRAFT else None)
        groups = [Group(_name(key, by, owner_id), sums.figures(words=asked.words)) for key, sums in found.items()]
        if by in (Dimension.DAY, Dimension.HOUR):
            return sorted(groups, key=lambda group: group.key)[-limit:]
        return sorted(groups, key=lambda group: (-group.figures.cost_micros, -group.figures.calls, group.key))[:limit]

    def series(self, owner_id: str, wanted: Filter, step: Step, by: Dimension | None) -> list[Point]:
        asked = asked_for(wanted, by=by, step=step)
        points: dict[tuple[datetime, str], Sums] = {}
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
        with self._reading() as session:
            if not is_behind(session, owner_id):
                yield session
                return
        fold_all(self._database, owner_id)
        with self._reading() as session:
            yield session

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with self._database.reading() as session:
            if self._database.engine.dialect.name != "sqlite":
                session.execute(_BY_INDEX)
            yield session

    def _found(self, owner_id: str, asked: Asked, limit: int | None = None) -> dict[Key, Sums]:
        found: dict[Key, Sums] = {}
        with self._folded(owner_id) as session:
            from_rollups(session, owner_id, asked, found, limit if not asked.spans else None)
            for span in asked.spans:
                from_calls(session, owner_id, asked, span, found)
            if asked.words and asked.cube is None:
                add_words(session, owner_id, asked, found)
        return found


def _keys(session: Session, owner_id: str, wanted: Filter, by: Dimension, limit: int) -> list[str]:
    asked = asked_for(Filter(wanted.since, wanted.until), by=by)
    table = RollupRow.__table__.c
    key = table[KEYS_OF[by]]
    calls: Counter[str] = Counter()
    for days in asked.days:
        chosen = select(key).where(*matching_rollups(owner_id, asked, days, {}), table.calls > 0, key != "")
        if by is Dimension.DRAFT:
            latest = session.scalars(chosen.order_by(table.day.desc()).limit(_LATEST))
            return list(dict.fromkeys(latest))[:limit]
        for name, number in session.execute(chosen.add_columns(sum_of("calls")).group_by(key)):
            calls[name] += number
    return sorted(calls, key=lambda name: (-calls[name], name))[:limit]


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


def _at(item: tuple[tuple[datetime, str], Sums]) -> tuple[datetime, str]:
    return item[0]
