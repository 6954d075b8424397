"""Sums of calls by the month too, and in an order that finds the rows of a filter

Nothing is counted again: sums of longer times and of fewer keys are added up from those that are there."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

_KEYS = ('outcome', 'purpose', 'route', 'day', 'hour', 'action', 'content_type', 'error', 'cached', 'draft_id')
_KEYS_BEFORE = ('day', 'hour', 'route', 'purpose', 'action', 'content_type', 'outcome', 'error', 'cached', 'draft_id')
_NUMBERS = ('day', 'hour', 'cached')
_SUMS = (
    'calls', 'failed', 'stopped', 'cached_calls', 'estimated', 'input_tokens', 'output_tokens', 'cached_input',
    'cost_micros', 'wasted_micros', 'unpriced', 'words_kept',
)
_TIMES = ('first_times', 'total_times')
_WHOLE, _TIMED = 8, 9  # cubes: all keys but the draft; those below have histograms
_FEWER = {6: ('outcome', 'route', 'error', 'cached'), 7: ('outcome', 'purpose', 'action', 'error', 'cached')}
_MONTHS, _EVER = 100, 200  # added to the number of a cube
_FIRST = date(1970, 1, 1).toordinal()
_LONG = 'length(first_times) + length(total_times) > 10000'


def upgrade() -> None:
    number = 'CASE WHEN cube >= 6 THEN cube + 2 ELSE cube END'
    _renewed(_KEYS, f'{number} + CASE WHEN day = -1 THEN {_EVER} ELSE 0 END', 'CASE WHEN day = -1 THEN 0 ELSE day END')
    for fewer, keys in _FEWER.items():
        for longer in (0, _EVER):
            fixed = {'cube': str(fewer + longer), 'words_kept': '0'}
            _add_up(fixed, ('day', *keys), f'cube = {_WHOLE + longer} AND calls <> 0')
    for first, end, month in _months():
        days = f'cube < {_TIMED} AND day >= {first} AND day < {end}'
        by = ('cube', *(key for key in _KEYS if key != 'day'))
        _add_up({'cube': f'cube + {_MONTHS}', 'day': str(month)}, by, days)
    op.create_index(
        'ix_rollups_long', 'usage_rollups', ['owner_id'], sqlite_where=sa.text(_LONG), postgresql_where=sa.text(_LONG)
    )
    _shorten()


def downgrade() -> None:
    op.drop_index('ix_rollups_long', 'usage_rollups')
    op.execute(f'DELETE FROM usage_rollups WHERE cube >= {_MONTHS} AND cube < {_EVER} OR cube % {_MONTHS} IN (6, 7)')
    number = f'CASE WHEN cube % {_MONTHS} >= 8 THEN cube % {_MONTHS} - 2 ELSE cube % {_MONTHS} END'
    _renewed(_KEYS_BEFORE, number, f'CASE WHEN cube >= {_EVER} THEN -1 ELSE day END')


def _renewed(keys: tuple[str, ...], cube: str, day: str) -> None:
    op.create_table('usage_rollups_new',
    sa.Column('owner_id', sa.Text(), nullable=False),
    sa.Column('cube', sa.Integer(), autoincrement=False, nullable=False),
    *(_key(name) for name in keys),
    *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _SUMS),
    *(sa.Column(name, sa.Text(), nullable=False) for name in _TIMES),
    sa.PrimaryKeyConstraint('owner_id', 'cube', *keys, name='usage_rollups_new_pkey'),
    sqlite_with_rowid=False
    )
    rest = ', '.join((*(key for key in keys if key != 'day'), *_SUMS, *_TIMES))
    op.execute(
        f'INSERT INTO usage_rollups_new (owner_id, cube, day, {rest}) '
        f'SELECT owner_id, {cube}, {day}, {rest} FROM usage_rollups'
    )
    op.drop_table('usage_rollups')
    op.rename_table('usage_rollups_new', 'usage_rollups')
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('ALTER INDEX usage_rollups_new_pkey RENAME TO usage_rollups_pkey')


def _key(name: str) -> sa.Column[Any]:
    if name in _NUMBERS:
        return sa.Column(name, sa.Integer(), autoincrement=False, nullable=False)
    return sa.Column(name, sa.Text(), nullable=False)


def _add_up(fixed: dict[str, str], by: tuple[str, ...], where: str) -> None:
    joined = 'string_agg' if op.get_bind().dialect.name == 'postgresql' else 'group_concat'
    values = {'owner_id': 'owner_id', **{key: '-1' if key in _NUMBERS else "''" for key in _KEYS}}
    values |= {key: key for key in by}
    values |= {name: f'CAST(sum({name}) AS BIGINT)' for name in _SUMS}
    values |= {name: f"{joined}({name}, '')" for name in _TIMES} | fixed
    op.execute(
        f'INSERT INTO usage_rollups ({", ".join(values)}) SELECT {", ".join(values.values())} '
        f'FROM usage_rollups WHERE {where} GROUP BY owner_id, {", ".join(by)}'
    )


def _months() -> Iterator[tuple[int, int, int]]:
    """First day, the day after the last, and the number that stands for the month."""
    first, last = op.get_bind().execute(
        sa.text('SELECT min(day), max(day) FROM usage_rollups WHERE cube = 0')
    ).one()
    if first is None:
        return
    begin, end = date.fromordinal(_FIRST + first), date.fromordinal(_FIRST + last)
    for month in range(begin.year * 12 + begin.month - 1, end.year * 12 + end.month):
        yield _first_day(month), _first_day(month + 1), month - 1970 * 12


def _first_day(month: int) -> int:
    return date(month // 12, month % 12 + 1, 1).toordinal() - _FIRST


def _shorten() -> None:
    keys = ('owner_id', 'cube', *_KEYS)
    rows = op.get_bind().execute(sa.text(f'SELECT {", ".join((*keys, *_TIMES))} FROM usage_rollups WHERE {_LONG}'))
    this = ' AND '.join(f'{key} = :{key}' for key in keys)
    for row in rows.mappings().all():
        times = {name: _added_up(row[name]) for name in _TIMES}
        op.get_bind().execute(
            sa.text(
                f'UPDATE usage_rollups SET first_times = :first_times, total_times = :total_times WHERE {this}'
            ),
            {**row, **times},
        )


def _added_up(entries: str) -> str:
    """Of 12 hexadecimal digits each: four for a bucket, eight for a count."""
    counts: Counter[str] = Counter()
    for at in range(0, len(entries), 12):
        counts[entries[at : at + 4]] += int(entries[at + 4 : at + 12], 16)
    return ''.join(f'{bucket}{count:08x}' for bucket, count in counts.items())
