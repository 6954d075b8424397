"""Where sources come from, so that what changed there is found, and numbers of passages that are never given twice"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('sources', schema=None) as batch_op:
        batch_op.add_column(sa.Column('origin', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('stamp', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('canonical_url', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('retrieved_at', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('revision', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('last_passage', sa.Integer(), nullable=False, server_default='0'))
        batch_op.create_index('ix_sources_origin', ['owner_id', 'origin'], unique=False)
        batch_op.create_index('ix_sources_canonical', ['owner_id', 'canonical_url'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('sources', schema=None) as batch_op:
        batch_op.drop_index('ix_sources_canonical')
        batch_op.drop_index('ix_sources_origin')
        batch_op.drop_column('last_passage')
        batch_op.drop_column('revision')
        batch_op.drop_column('retrieved_at')
        batch_op.drop_column('canonical_url')
        batch_op.drop_column('stamp')
        batch_op.drop_column('origin')
