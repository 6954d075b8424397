"""Which sums are kept. A cube has one row for each day and combination of its keys; the smallest one that tells enough
apart answers a question. What none answers is summed over the calls themselves."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import add as plus
from operator import itemgetter
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from writer.domain.usage import Outcome
from writer.storage.database import Database
from writer.storage.rows import RollupRow
from writer.storage.rows.base import MICROS
from writer.storage.rows.usage import TOO_LONG_TIMES
from writer.storage.usage_times import bucket_of, counted, packed

HOUR = 3_600 * MICROS
DAY = 24 * HOUR
MONTHS, EVER = 100, 200
"""Added to a cube's number where its days are months since 1970, or where its only day, 0, is all of them."""

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
Key = tuple[Any, ...]
_NONE = (-1, "", "", "", "", "", "", -1, "")
_KEYS_OF_ALL = frozenset({"route", "purpose", "action", "content_type", "outcome", "error", "cached"})


@dataclass(frozen=True)
class Cube:
    """`timed` ones have histograms; `has_words` ones the words that are kept, which know no hour and no failure. `ever`
    ones also have rows of whole months, and of all days together."""

    number: int
    keys: frozenset[str]
    timed: bool = True
    has_words: bool = True
    ever: bool = False
    pick: Any = field(init=False)

    def __post_init__(self) -> None:
        places = [at if key in self.keys else at + len(KEYS) for at, key in enumerate(KEYS)]
        object.__setattr__(self, "pick", itemgetter(*places))


CUBES = (
    Cube(0, frozenset(), ever=True),
    Cube(1, frozenset({"hour"}), has_words=False, ever=True),
    Cube(2, frozenset({"route"}), ever=True),
    Cube(3, frozenset({"content_type"}), ever=True),
    Cube(4, frozenset({"purpose", "action"}), ever=True),
    Cube(5, frozenset({"outcome", "error", "cached"}), has_words=False, ever=True),
    Cube(6, frozenset({"route", "outcome", "error", "cached"}), has_words=False, ever=True),
    Cube(7, frozenset({"purpose", "action", "outcome", "error", "cached"}), has_words=False, ever=True),
    Cube(8, _KEYS_OF_ALL, ever=True),
    Cube(9, frozenset({"draft_id", "content_type"}), timed=False),
    Cube(10, frozenset({"draft_id", "route"}), timed=False),
    Cube(11, _KEYS_OF_ALL | {"draft_id"}, timed=False),
)
"""By size."""

_BY_HOUR, _WHOLE, _OF_DRAFTS = CUBES[1], CUBES[8], CUBES[11]
_FROM_DRAFTS = [_WHOLE, CUBES[9], CUBES[10]]
_FROM_WHOLE = [cube for cube in CUBES if cube.keys < _WHOLE.keys]
_FIRST_DAY = date(1970, 1, 1).toordinal()


def smallest(needed: Iterable[str]) -> Cube | None:
    wanted = frozenset(needed)
    return next((cube for cube in CUBES if wanted <= cube.keys), None)


def month_of(day: int) -> int:
    """Both since 1970."""
    at = date.fromordinal(_FIRST_DAY + day)
    return (at.year - 1970) * 12 + at.month - 1


def first_day_of(month: int) -> int:
    return date(1970 + month // 12, month % 12 + 1, 1).toordinal() - _FIRST_DAY


class _Cell:
    """The sums of one key, and how often which bucket of time came."""

    __slots__ = ("first", "sums", "total")

    def __init__(self) -> None:
        self.sums = [0] * len(SUMS)
        self.first: dict[int, int] = {}
        self.total: dict[int, int] = {}

    def add(self, sums: Sequence[int]) -> None:
        self.sums = list(map(plus, self.sums, sums))

    def join(self, other: "_Cell") -> None:
        self.add(other.sums)
        _add_times(self.first, other.first)
        _add_times(self.total, other.total)


def _add_times(counts: dict[int, int], others: Mapping[int, int]) -> None:
    for bucket, count in others.items():  # many times as quick as a Counter's update
        counts[bucket] = counts.get(bucket, 0) + count


class _Cells(defaultdict[Key, _Cell]):
    def __init__(self) -> None:
        super().__init__(_Cell)


class Additions:
    """What is to be added to the cubes, summed up before it touches the database."""

    def __init__(self) -> None:
        self._calls = _Cells()
        self._words = _Cells()

    def call(self, row: Any) -> None:
        at, cost = row.at_micros, row.cost_micros
        place = (at % DAY // HOUR, row.route, row.purpose, row.action, row.content_type, row.outcome, row.error)
        cell = self._calls[row.owner_id, at // DAY, *place, int(row.cached), row.draft_id]
        cell.add(
            (
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
        )
        if row.outcome == Outcome.OK.value and not row.cached:
            _add_times(cell.total, {bucket_of(row.total_ms): 1})
            if row.first_token_ms is not None:
                _add_times(cell.first, {bucket_of(row.first_token_ms): 1})

    def words(self, owner_id: str, day: int, place: tuple[str, str, str, str], draft_id: str, words: int) -> None:
        """`place` is (route, purpose, action, content type); `words` may be less than none."""
        cell = self._words[owner_id, day, -1, *place, Outcome.OK.value, "", 0, draft_id]
        cell.add((*([0] * (len(SUMS) - 1)), words))

    def write(self, database: Database, session: Session) -> None:
        """In the order of the keys, and once. The caller holds the lock on the roll-ups."""
        names = ("owner_id", "cube", "day", *KEYS)
        cells = self._in_cubes()
        rows = [
            {
                **dict(zip(names, key, strict=True)),
                **{name: int(value) for name, value in zip(SUMS, cells[key].sums, strict=True)},
                "first_times": packed(cells[key].first) if CUBES[key[1] % MONTHS].timed else "",
                "total_times": packed(cells[key].total) if CUBES[key[1] % MONTHS].timed else "",
            }
            for key in sorted(cells)
        ]
        if rows:
            session.execute(_adding(database), rows)
            _shorten(session, {key[0] for key in cells})

    def _in_cubes(self) -> _Cells:
        """Coarse sums are made of finer ones: far fewer additions than from the calls."""
        cells = _Cells()
        _spread(self._calls, [_BY_HOUR, _OF_DRAFTS], cells)
        _spread(_of(_OF_DRAFTS, cells), _FROM_DRAFTS, cells)
        _spread(_of(_WHOLE, cells), _FROM_WHOLE, cells)
        _spread(self._words, [cube for cube in CUBES if cube.has_words], cells)
        for key in [key for key in cells if CUBES[key[1]].ever]:
            owner_id, cube, day, *rest = key
            cells[owner_id, MONTHS + cube, month_of(day), *rest].join(cells[key])
            cells[owner_id, EVER + cube, 0, *rest].join(cells[key])
        return cells


def _of(cube: Cube, cells: _Cells) -> dict[Key, _Cell]:
    return {(key[0], *key[2:]): cell for key, cell in cells.items() if key[1] == cube.number}


def _spread(finer: Mapping[Key, _Cell], cubes: Sequence[Cube], cells: _Cells) -> None:
    """Keys of `finer` are (owner, day, *values of `KEYS`)."""
    for (owner_id, day, *place), cell in finer.items():
        for cube in cubes:
            cells[owner_id, cube.number, day, *cube.pick((*place, *_NONE))].join(cell)


def _adding(database: Database) -> Any:
    table = RollupRow.__table__.c
    insert = database.inserting(RollupRow)
    sums = {name: table[name] + insert.excluded[name] for name in SUMS}
    times = {name: table[name].concat(insert.excluded[name]) for name in ("first_times", "total_times")}
    return insert.on_conflict_do_update(
        index_elements=[column.name for column in RollupRow.__table__.primary_key], set_={**sums, **times}
    )


def _shorten(session: Session, owners: set[str]) -> None:
    """Histograms grow with each fold until they are added up again."""
    table: Any = RollupRow.__table__
    keys = [column for column in table.c if column.primary_key]
    long = select(*keys, table.c.first_times, table.c.total_times).where(table.c.owner_id.in_(owners), TOO_LONG_TIMES)
    for row in session.execute(long).all():
        this = [column == getattr(row, column.name) for column in keys]
        times = {name: packed(counted(getattr(row, name))) for name in ("first_times", "total_times")}
        session.execute(update(table).where(*this).values(**times))
