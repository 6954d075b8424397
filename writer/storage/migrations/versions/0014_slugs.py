"""The end of a draft's address, where its writer chose one"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('drafts', sa.Column('slug', sa.Text(), server_default='', nullable=False))


def downgrade() -> None:
    op.drop_column('drafts', 'slug')
