"""Collections, tags and languages of sources; questions kept; vectors found by their text; drafts found by meaning"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('sources', schema=None) as batch_op:
        batch_op.add_column(sa.Column('language', sa.Text(), nullable=False, server_default=''))
    with op.batch_alter_table('vectors', schema=None) as batch_op:
        batch_op.add_column(sa.Column('digest', sa.Text(), nullable=False, server_default=''))
        batch_op.create_index('ix_vectors_digest', ['digest', 'model'], unique=False)
    with op.batch_alter_table('steps', schema=None) as batch_op:
        batch_op.add_column(sa.Column('error_kind', sa.Text(), nullable=False, server_default=''))
    op.create_table('source_tags',
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('tag', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('source_id', 'tag')
    )
    op.create_index('ix_source_tags_owner', 'source_tags', ['owner_id', 'tag'])
    op.create_table('collections',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('folded', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('tokens', sa.Integer(), nullable=False),
    sa.Column('overlap', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sqlite_autoincrement=True
    )
    op.create_index('ix_collections_name', 'collections', ['owner_id', 'folded'], unique=True)
    op.create_table('collection_sources',
    sa.Column('collection_id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.Text(), nullable=False),
    sa.Column('joined_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['collection_id'], ['collections.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['source_id'], ['sources.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('collection_id', 'source_id')
    )
    op.create_index('ix_collection_sources_source', 'collection_sources', ['source_id'])
    op.create_table('questions',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('scope', sa.Text(), nullable=False),
    sa.Column('route', sa.Text(), nullable=False),
    sa.Column('kept', sa.Integer(), nullable=False),
    sa.Column('job_id', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('fingerprint', sa.Text(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('asked_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_questions_owner', 'questions', ['owner_id', 'asked_at'])
    op.create_table('draft_passages',
    sa.Column('draft_id', sa.Text(), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('owner_id', sa.Text(), nullable=False),
    sa.Column('section_key', sa.Text(), nullable=False),
    sa.Column('start', sa.Integer(), nullable=False),
    sa.Column('end', sa.Integer(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('vector', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['drafts.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('draft_id', 'model', 'position')
    )
    op.create_index('ix_draft_passages_owner', 'draft_passages', ['owner_id', 'model'])
    op.create_table('draft_indexes',
    sa.Column('draft_id', sa.Text(), nullable=False),
    sa.Column('model', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['draft_id'], ['drafts.id'], ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('draft_id', 'model')
    )


def downgrade() -> None:
    for table in ('draft_indexes', 'draft_passages', 'questions', 'collection_sources', 'collections', 'source_tags'):
        op.drop_table(table)
    with op.batch_alter_table('steps', schema=None) as batch_op:
        batch_op.drop_column('error_kind')
    with op.batch_alter_table('vectors', schema=None) as batch_op:
        batch_op.drop_index('ix_vectors_digest')
        batch_op.drop_column('digest')
    with op.batch_alter_table('sources', schema=None) as batch_op:
        batch_op.drop_column('language')
