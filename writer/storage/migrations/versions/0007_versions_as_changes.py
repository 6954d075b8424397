"""Versions as what they changed, with names and sittings, and drafts that are variants of others"""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from writer.storage.packing import applied, packed, part_of, section_of
from writer.storage.serial import section_from_json, section_to_json

revision = '0007'
down_revision = '0005'
branch_labels = None
depends_on = None

MOST_STEPS = 200
SITTING = timedelta(minutes=10) // timedelta(microseconds=1)
KEPT = ('draft_id', 'number', 'owner_id', 'title', 'word_count', 'created_at', 'note')


def upgrade() -> None:
    op.create_table('variants',
    sa.Column('draft_id', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Text(), nullable=False),
    sa.Column('parent_id', sa.Text(), nullable=False),
    sa.Column('parent_version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['drafts.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('draft_id')
    )
    op.create_index('ix_variants_parent', 'variants', ['parent_id'])
    op.rename_table('versions', 'versions_before')
    new = op.create_table('versions',
    sa.Column('draft_id', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('owner_id', sa.Text(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('word_count', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('origin', sa.Text(), nullable=False),
    sa.Column('session', sa.Integer(), nullable=False),
    sa.Column('base', sa.Integer(), nullable=True),
    sa.Column('steps', sa.Integer(), nullable=False),
    sa.Column('changes', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['drafts.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('draft_id', 'number'),
    sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    for (draft_id,) in connection.execute(sa.text('SELECT DISTINCT draft_id FROM versions_before')).all():
        for values in _as_changes(connection, draft_id):
            connection.execute(sa.insert(new), values)
    op.drop_table('versions_before')
    op.drop_table('contents')


def _as_changes(connection: sa.Connection, draft_id: str) -> Iterator[dict[str, Any]]:
    """Each version of the draft, oldest first."""
    of_draft = {'draft': draft_id}
    contents = connection.execute(sa.text('SELECT digest, section FROM contents WHERE draft_id = :draft'), of_draft)
    parts_of = {row.digest: part_of(section_from_json(json.loads(row.section))) for row in contents}
    found = connection.execute(
        sa.text('SELECT * FROM versions_before WHERE draft_id = :draft ORDER BY number'), of_draft
    ).all()
    before: list[str] = []
    last: Any = None
    began: Any = None
    steps = 0
    for row in found:
        origin = json.loads(row.origin)
        parts = [parts_of[digest] for digest in json.loads(row.contents)]
        base, steps = (None, 0) if last is None or steps >= MOST_STEPS else (last.number, steps + 1)
        goes_on = last is not None and _goes_on(last, row, began)
        began = began if goes_on else row
        yield {
            **{name: getattr(row, name) for name in KEPT},
            'digest': bytes.fromhex(row.digest),
            'name': '',
            'kind': origin.get('kind', 'person'),
            'origin': json.dumps(
                {name: value for name, value in origin.items() if name != 'kind'}, ensure_ascii=False
            ),
            'session': began.number,
            'base': base,
            'steps': steps,
            'changes': packed([] if base is None else before, parts),
        }
        before, last = parts, row


def _goes_on(last: Any, row: Any, began: Any) -> bool:
    """Whether a version belongs to the sitting of the one before it."""
    theirs, mine = json.loads(last.origin), json.loads(row.origin)
    plain = theirs.get('kind') == mine.get('kind') == 'person' and theirs.get('user') == mine.get('user')
    return bool(plain and not last.note and not row.note and row.created_at - began.created_at < SITTING)


def downgrade() -> None:
    op.rename_table('versions', 'versions_after')
    old = op.create_table('versions',
    sa.Column('draft_id', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('owner_id', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('word_count', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('origin', sa.Text(), nullable=False),
    sa.Column('contents', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['drafts.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('draft_id', 'number')
    )
    contents = op.create_table('contents',
    sa.Column('draft_id', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Text(), nullable=False),
    sa.Column('section', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['drafts.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('draft_id', 'digest')
    )
    connection = op.get_bind()
    for (draft_id,) in connection.execute(sa.text('SELECT DISTINCT draft_id FROM versions_after')).all():
        _as_wholes(connection, draft_id, old, contents)
    op.drop_table('versions_after')
    op.drop_table('variants')


def _as_wholes(connection: sa.Connection, draft_id: str, old: sa.Table, contents: sa.Table) -> None:
    found = connection.execute(
        sa.text('SELECT * FROM versions_after WHERE draft_id = :draft ORDER BY number'), {'draft': draft_id}
    )
    parts_of: dict[int | None, list[str]] = {}
    kept: set[str] = set()
    for row in found.all():
        parts = parts_of[row.number] = applied(parts_of.get(row.base, []), bytes(row.changes))
        addresses = []
        for section in map(section_of, parts):
            data = json.dumps(section_to_json(section), sort_keys=True, ensure_ascii=True)
            addresses.append(hashlib.sha256(data.encode()).hexdigest())
            if addresses[-1] not in kept:
                values = {'draft_id': draft_id, 'digest': addresses[-1], 'owner_id': row.owner_id, 'section': data}
                connection.execute(sa.insert(contents), values)
                kept.add(addresses[-1])
        origin = {'kind': row.kind, 'user': row.owner_id, **json.loads(row.origin)}
        values = {name: getattr(row, name) for name in KEPT}
        values |= {'digest': bytes(row.digest).hex(), 'origin': json.dumps(origin), 'contents': json.dumps(addresses)}
        connection.execute(sa.insert(old), values)
