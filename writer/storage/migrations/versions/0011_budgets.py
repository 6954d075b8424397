"""Budgets, replies that are kept, openings of breakers, and signs of runners"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('budgets',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Text(), nullable=False),
    sa.Column('person', sa.Text(), nullable=False),
    sa.Column('route', sa.Text(), nullable=False),
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('limit_micros', sa.BigInteger(), nullable=False),
    sa.Column('unpriced', sa.Text(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_budgets_person', 'budgets', ['person'])
    op.create_table('spending',
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('person', sa.Text(), nullable=False),
    sa.Column('route', sa.Text(), nullable=False),
    sa.Column('micros', sa.BigInteger(), nullable=False),
    sa.Column('lost_micros', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('month', 'person', 'route')
    )
    # A budget that is set today counts what was spent this month before there were any.
    if op.get_bind().dialect.name == 'sqlite':
        month = "strftime('%Y-%m', at / 1000000, 'unixepoch')"
    else:
        month = "to_char(to_timestamp(at / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM')"
    op.execute(
        f"INSERT INTO spending (month, person, route, micros, lost_micros) "
        f"SELECT {month}, owner_id, route, sum(cost_micros), 0 FROM usage_events WHERE cost_micros > 0 GROUP BY 1, 2, 3"
    )
    op.create_table('job_caps',
    sa.Column('job_id', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Text(), nullable=False),
    sa.Column('cap_micros', sa.BigInteger(), nullable=False),
    sa.Column('spent_micros', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('job_id')
    )
    op.create_table('reservations',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('month', sa.Text(), nullable=False),
    sa.Column('person', sa.Text(), nullable=False),
    sa.Column('route', sa.Text(), nullable=False),
    sa.Column('job_id', sa.Text(), nullable=False),
    sa.Column('micros', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_reservations_expiry', 'reservations', ['expires_at'])
    op.create_index('ix_reservations_job', 'reservations', ['job_id'])
    op.create_table('cached_replies',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Text(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('used_at', sa.BigInteger(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('reply', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('key')
    )
    op.create_index('ix_cached_replies_used', 'cached_replies', ['owner_id', 'used_at'])
    op.create_table('breaker_openings',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('route', sa.Text(), nullable=False),
    sa.Column('open_ms', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('number'),
    sqlite_autoincrement=True
    )
    op.create_index('ix_breaker_openings_at', 'breaker_openings', ['at'])
    op.create_table('runner_beats',
    sa.Column('worker', sa.Text(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('worker')
    )


def downgrade() -> None:
    for table in (
        'runner_beats', 'breaker_openings', 'cached_replies', 'reservations', 'job_caps', 'spending', 'budgets'
    ):
        op.drop_table(table)
