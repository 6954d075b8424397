"""Alembic's entry: always on the connection that `migrate` or a test hands over, inside its transaction."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from writer.storage.rows import Base


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Revisions name plain column types: they must go on working when ours change."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{type(item.impl_instance).__name__}()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=render_item,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
