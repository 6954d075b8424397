"""Usage as rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from writer.domain.completions import Caller, Purpose, Tokens
from writer.domain.usage import Outcome, UsageEvent
from writer.storage.database import Database
from writer.storage.rows import DraftRow, UsageRow


def record_usage(database: Database, session: Session, events: Sequence[UsageEvent], *, wasted: bool = False) -> None:
    """`wasted` marks them all: their text was thrown away. What kind of text a call was for, its draft knows."""
    if events:
        kinds = _kinds(session, {event.caller.draft_id for event in events if not event.content_type} - {""})
        rows = [_values(event, wasted, kinds) for event in events]
        session.execute(database.inserting(UsageRow).on_conflict_do_nothing(), rows)


class Usage:
    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, events: Sequence[UsageEvent]) -> None:
        if events:
            with self._database.writing() as session:
                record_usage(self._database, session, events)

    def calls(
        self,
        owner_id: str,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        job_id: str = "",
        limit: int = 200,
    ) -> list[UsageEvent]:
        statement = select(UsageRow).where(*_within(owner_id, since, until))
        if job_id:
            statement = statement.where(UsageRow.job_id == job_id)
        with self._database.reading() as session:
            rows = session.scalars(statement.order_by(UsageRow.at.desc(), UsageRow.id).limit(limit)).all()
        return [event_of(row) for row in rows]


def _within(owner_id: str, since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [UsageRow.owner_id == owner_id]
    if since is not None:
        conditions.append(UsageRow.at >= since)
    if until is not None:
        conditions.append(UsageRow.at < until)
    return conditions


def _kinds(session: Session, draft_ids: set[str]) -> dict[str, str]:
    """At most some thousands: as many as calls are written at once."""
    if not draft_ids:
        return {}
    rows = session.execute(select(DraftRow.id, DraftRow.content_type).where(DraftRow.id.in_(sorted(draft_ids))))
    return {row.id: row.content_type for row in rows}


def _values(event: UsageEvent, wasted: bool, kinds: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": event.id,
        "at": event.at,
        "owner_id": event.caller.user,
        "job_id": event.caller.job_id,
        "step": event.caller.step,
        "draft_id": event.caller.draft_id,
        "route": event.route,
        "purpose": event.purpose.value,
        "input_tokens": event.tokens.input,
        "output_tokens": event.tokens.output,
        "cached_input": event.tokens.cached_input,
        "estimated": event.tokens.estimated,
        "cost_micros": event.cost_micros,
        "first_token_ms": event.first_token_ms,
        "total_ms": event.total_ms,
        "outcome": event.outcome.value,
        "error": event.error,
        "cached": event.cached,
        "wasted": event.wasted or wasted,
        "price_version": event.price_version,
        "prompt_version": event.prompt_version,
        "action": event.action,
        "content_type": event.content_type or kinds.get(event.caller.draft_id, ""),
        "folded": False,
    }


def event_of(row: UsageRow) -> UsageEvent:
    return UsageEvent(
        id=row.id,
        at=row.at,
        caller=Caller(row.owner_id, row.job_id, row.step, row.draft_id),
        route=row.route,
        purpose=Purpose(row.purpose),
        tokens=Tokens(row.input_tokens, row.output_tokens, row.cached_input, row.estimated),
        cost_micros=row.cost_micros,
        first_token_ms=row.first_token_ms,
        total_ms=row.total_ms,
        outcome=Outcome(row.outcome),
        error=row.error,
        cached=row.cached,
        wasted=row.wasted,
        price_version=row.price_version,
        prompt_version=row.prompt_version,
        action=row.action,
        content_type=row.content_type,
    )
