"""Which sums are kept. A cube has one row for each day and combination of its keys; the smallest one that tells enough
apart answers a question. What none answers is summed over the calls themselves."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from writer.domain.usage import Outcome
from writer.storage.database import Database
from writer.storage.rows import RollupRow
from writer.storage.rows.base import MICROS
from writer.storage.usage_times import TOO_LONG, bucket_of, counted, packed

HOUR = 3_600 * MICROS
DAY = 24 * HOUR
KEYS = ("hour", "route", "purpose", "action", "content_type", "outcome", "error", "cached", "draft_id")
SUMS = (
    "calls",
    "failed",
    "stopped",
    "cached_calls",
    "estimated",
    "input_tokens",
    "output_tokens",
    "cached_input",
    "cost_micros",
    "wasted_micros",
    "unpriced",
    "words_kept",
)
_NONE = (-1, "", "", "", "", "", "", -1, "")
_WHOLE = frozenset({"route", "purpose", "action", "content_type", "outcome", "error", "cached"})


@dataclass(frozen=True)
class Cube:
    """`timed` ones have histograms; `has_words` ones the words that are kept, which know no hour and no failure."""

    number: int
    keys: frozenset[str]
    timed: bool = True
    has_words: bool = True
    pick: Any = field(init=False)

    def __post_init__(self) -> None:
        places = [at if key in self.keys else at + len(KEYS) for at, key in enumerate(KEYS)]
        object.__setattr__(self, "pick", itemgetter(*places))


CUBES = (
    Cube(0, frozenset()),
    Cube(1, frozenset({"hour"}), has_words=False),
    Cube(2, frozenset({"route"})),
    Cube(3, frozenset({"content_type"})),
    Cube(4, frozenset({"purpose", "action"})),
    Cube(5, frozenset({"outcome", "error", "cached"}), has_words=False),
    Cube(6, _WHOLE),
    Cube(7, frozenset({"draft_id"}), timed=False),
    Cube(8, _WHOLE | {"draft_id"}, timed=False),
)
"""By size."""


def smallest(needed: Iterable[str]) -> Cube | None:
    wanted = frozenset(needed)
    return next((cube for cube in CUBES if wanted <= cube.keys), None)


Key = tuple[Any, ...]


class Additions:
    """What is to be added to the cubes, summed up before it touches the database."""

    def __init__(self) -> None:
        self._sums: dict[Key, list[int]] = {}
        self._first: defaultdict[Key, Counter[int]] = defaultdict(Counter)
        self._total: defaultdict[Key, Counter[int]] = defaultdict(Counter)

    def call(self, row: Any) -> None:
        at, answered = row.at_micros, row.outcome == Outcome.OK.value and not row.cached
        cost = row.cost_micros
        sums = (
            1,
            row.outcome == Outcome.FAILED.value,
            row.outcome == Outcome.STOPPED.value,
            row.cached,
            row.estimated,
            row.input_tokens,
            row.output_tokens,
            row.cached_input,
            cost or 0,
            (cost or 0) if row.wasted else 0,
            cost is None,
            0,
        )
        place = (at % DAY // HOUR, row.route, row.purpose, row.action, row.content_type, row.outcome, row.error)
        whole = (*place, int(row.cached), row.draft_id, *_NONE)
        first = bucket_of(row.first_token_ms) if answered and row.first_token_ms is not None else None
        total = bucket_of(row.total_ms) if answered else None
        for cube in CUBES:
            key = (row.owner_id, cube.number, at // DAY, *cube.pick(whole))
            self._add(key, sums)
            if cube.timed and total is not None:
                self._total[key][total] += 1
                if first is not None:
                    self._first[key][first] += 1

    def words(self, owner_id: str, day: int, place: tuple[str, str, str, str], draft_id: str, words: int) -> None:
        """`place` is (route, purpose, action, content type); `words` may be less than none."""
        whole = (-1, *place, Outcome.OK.value, "", 0, draft_id, *_NONE)
        sums = (*([0] * (len(SUMS) - 1)), words)
        for cube in CUBES:
            if cube.has_words:
                self._add((owner_id, cube.number, day, *cube.pick(whole)), sums)

    def _add(self, key: Key, sums: Sequence[int]) -> None:
        known = self._sums.get(key)
        self._sums[key] = list(sums) if known is None else [a + b for a, b in zip(known, sums, strict=True)]

    def write(self, database: Database, session: Session) -> None:
        """In the order of the keys. The caller holds the lock on the roll-ups."""
        names = ("owner_id", "cube", "day", *KEYS)
        rows = [
            {
                **dict(zip(names, key, strict=True)),
                **{name: int(value) for name, value in zip(SUMS, self._sums[key], strict=True)},
                "first_times": packed(self._first.get(key, {})),
                "total_times": packed(self._total.get(key, {})),
            }
            for key in sorted(self._sums)
        ]
        if rows:
            session.execute(_adding(database), rows)
            _shorten(session, {(key[0], key[2]) for key in self._total})


def _adding(database: Database) -> Any:
    table = RollupRow.__table__.c
    insert = database.inserting(RollupRow)
    sums = {name: table[name] + insert.excluded[name] for name in SUMS}
    times = {name: table[name].concat(insert.excluded[name]) for name in ("first_times", "total_times")}
    return insert.on_conflict_do_update(index_elements=["owner_id", "cube", "day", *KEYS], set_={**sums, **times})


def _shorten(session: Session, days: set[tuple[str, int]]) -> None:
    """Histograms grow with each fold until they are added up again."""
    table: Any = RollupRow.__table__
    keys = [column for column in table.c if column.primary_key]
    length = func.length(table.c.first_times) + func.length(table.c.total_times)
    numbers = [cube.number for cube in CUBES if cube.timed]
    for owner_id, day in days:
        mine = (table.c.owner_id == owner_id, table.c.cube.in_(numbers), table.c.day == day, length > TOO_LONG)
        for row in session.execute(select(*keys, table.c.first_times, table.c.total_times).where(*mine)).all():
            this = [column == getattr(row, column.name) for column in keys]
            times = {name: packed(counted(getattr(row, name))) for name in ("first_times", "total_times")}
            session.execute(update(table).where(*this).values(**times))


def clear(session: Session) -> None:
    session.execute(delete(RollupRow))
