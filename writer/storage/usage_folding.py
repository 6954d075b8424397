"""Calls into roll-ups, each exactly once: taking a call and adding it to the sums is one transaction."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Label,
    literal_column,
    select,
    text,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session

from writer.storage.database import Database
from writer.storage.rows import UsageRow
from writer.storage.usage_cubes import Additions

BATCH = 5_000
_LOCK = 7_305_122  # any number that no other program on the same Postgres uses; not the migrations'
UNFOLDED: ColumnElement[bool] = literal_column("NOT usage_events.folded")
"""In the very words of its index: SQLite finds it by no others."""

USED = (
    UsageRow.owner_id,
    UsageRow.route,
    UsageRow.purpose,
    UsageRow.action,
    UsageRow.content_type,
    UsageRow.outcome,
    UsageRow.error,
    UsageRow.cached,
    UsageRow.draft_id,
    UsageRow.estimated,
    UsageRow.wasted,
    UsageRow.input_tokens,
    UsageRow.output_tokens,
    UsageRow.cached_input,
    UsageRow.cost_micros,
    UsageRow.first_token_ms,
    UsageRow.total_ms,
)


def fold(database: Database, limit: int = BATCH, owner_id: str = "") -> int:
    """Returns how many calls were taken; of one owner or of all. Calls that are written meanwhile, or late, or by
    another process are taken by the next."""
    with database.reading() as session:
        if not is_behind(session, owner_id):
            return 0
    with database.writing(durable=False) as session:
        one_at_a_time(database, session)
        additions = Additions()
        calls = taken(session, limit, owner_id)
        for row in calls:
            additions.call(row)
        additions.write(database, session)
    return len(calls)


def is_behind(session: Session, owner_id: str = "") -> bool:
    return session.scalar(select(UsageRow.id).where(*_pending(owner_id)).limit(1)) is not None


def fold_all(database: Database, owner_id: str = "") -> int:
    done = 0
    while calls := fold(database, BATCH, owner_id):
        done += calls
    return done


def one_at_a_time(database: Database, session: Session) -> None:
    """Whoever changes roll-ups waits for the others: on SQLite there is one writer anyway."""
    if database.engine.dialect.name != "sqlite":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def taken(session: Session, limit: int, owner_id: str) -> list[Any]:
    """Marked and read by one statement. Never a call that was marked before, whoever did it: the lock orders them."""
    some = select(UsageRow.id).where(*_pending(owner_id)).limit(limit)
    marking = update(UsageRow).where(UsageRow.id.in_(some), UNFOLDED).values(folded=True).returning(at_micros(), *USED)
    return list(session.execute(marking, execution_options={"synchronize_session": False}).all())


def at_micros() -> Label[int]:
    return type_coerce(UsageRow.at, BigInteger).label("at_micros")


def _pending(owner_id: str) -> list[ColumnElement[bool]]:
    return [UNFOLDED, *([UsageRow.owner_id == owner_id] if owner_id else [])]
