"""Calls with their action and content type, sums over them, and the words that are kept"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0011'
branch_labels = None
depends_on = None

_KEYS = ('route', 'purpose', 'action', 'content_type')
_SUMS = (
    'calls', 'failed', 'stopped', 'cached_calls', 'estimated', 'input_tokens', 'output_tokens', 'cached_input',
    'cost_micros', 'wasted_micros', 'unpriced', 'words_kept',
)


def upgrade() -> None:
    op.add_column('usage_events', sa.Column('action', sa.Text(), server_default='', nullable=False))
    op.add_column('usage_events', sa.Column('content_type', sa.Text(), server_default='', nullable=False))
    op.add_column('usage_events', sa.Column('folded', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(
        'UPDATE usage_events SET content_type = COALESCE('
        '(SELECT drafts.content_type FROM drafts WHERE drafts.id = usage_events.draft_id), \'\')'
    )
    op.drop_index('ix_usage_owner', 'usage_events')
    op.create_index('ix_usage_owner', 'usage_events', ['owner_id', 'at', 'id'])
    op.create_index('ix_usage_draft', 'usage_events', ['draft_id', 'at'])
    _partial('ix_usage_failed', ['owner_id', 'at'], "outcome <> 'ok'")
    _partial('ix_usage_pending', ['owner_id'], 'NOT folded')
    op.create_table('usage_rollups',
    sa.Column('owner_id', sa.Text(), nullable=False),
    *(sa.Column(name, sa.Integer(), autoincrement=False, nullable=False) for name in ('cube', 'day', 'hour')),
    *(sa.Column(name, sa.Text(), nullable=False) for name in (*_KEYS, 'outcome', 'error')),
    sa.Column('cached', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('draft_id', sa.Text(), nullable=False),
    *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _SUMS),
    sa.Column('first_times', sa.Text(), nullable=False),
    sa.Column('total_times', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint(
        'owner_id', 'cube', 'day', 'hour', *_KEYS, 'outcome', 'error', 'cached', 'draft_id'
    ),
    sqlite_with_rowid=False
    )
    op.create_table('usage_kept_words',
    sa.Column('draft_id', sa.Text(), nullable=False),
    sa.Column('day', sa.Integer(), autoincrement=False, nullable=False),
    *(sa.Column(name, sa.Text(), nullable=False) for name in _KEYS),
    sa.Column('owner_id', sa.Text(), nullable=False),
    sa.Column('words', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('draft_id', 'day', *_KEYS)
    )
    op.create_table('usage_counted_drafts',
    sa.Column('draft_id', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('draft_id')
    )


def _partial(name: str, columns: list[str], where: str) -> None:
    op.create_index(
        name, 'usage_events', columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )


def downgrade() -> None:
    for table in ('usage_counted_drafts', 'usage_kept_words', 'usage_rollups'):
        op.drop_table(table)
    for name in ('ix_usage_pending', 'ix_usage_failed', 'ix_usage_draft', 'ix_usage_owner'):
        op.drop_index(name, 'usage_events')
    op.create_index('ix_usage_owner', 'usage_events', ['owner_id', 'at'])
    for column in ('folded', 'content_type', 'action'):
        op.drop_column('usage_events', column)
