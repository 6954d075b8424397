"""Usage as rows, and the sums over them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, false, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from writer.domain.completions import Caller, Purpose, Tokens
from writer.domain.ports.usage import UsageKey
from writer.domain.usage import Outcome, UsageBucket, UsageEvent
from writer.storage.database import Database
from writer.storage.rows import DraftRow, UsageRow
from writer.storage.rows.base import MICROS

_DAY = 86_400 * MICROS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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

    def buckets(
        self, owner_id: str, by: UsageKey, since: datetime | None = None, until: datetime | None = None
    ) -> list[UsageBucket]:
        statement = _sums(_key(by), _within(owner_id, since, until))
        if by == "error":
            statement = statement.having(statement.selected_columns.key != "")
        with self._database.reading() as session:
            found = [_bucket(row, by) for row in session.execute(statement)]
        if by == "day":
            return sorted(found, key=lambda bucket: bucket.key)
        return sorted(found, key=lambda bucket: (-bucket.calls, bucket.key))

    def total(self, owner_id: str, since: datetime | None = None, until: datetime | None = None) -> UsageBucket:
        with self._database.reading() as session:
            row = session.execute(_sums(literal("total"), _within(owner_id, since, until))).first()
        return _bucket(row, "total") if row else UsageBucket("total", 0, 0, 0, 0, 0, 0, None, None, None)

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


def _key(by: UsageKey) -> ColumnElement[Any]:
    keys: dict[UsageKey, ColumnElement[Any]] = {
        "day": type_coerce(UsageRow.at, BigInteger) // _DAY,
        "route": UsageRow.route.expression,
        "purpose": UsageRow.purpose.expression,
        "outcome": UsageRow.outcome.expression,
        "error": UsageRow.error.expression,
        "draft": UsageRow.draft_id.expression,
    }
    return keys[by]


def _within(owner_id: str, since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [UsageRow.owner_id == owner_id]
    if since is not None:
        conditions.append(UsageRow.at >= since)
    if until is not None:
        conditions.append(UsageRow.at < until)
    return conditions


def _sums(key: ColumnElement[Any], where: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """Percentiles by nearest rank, over the calls that a provider answered: a stopped or refused call says nothing
    about how fast a route writes, and a cached one nothing about the route at all."""
    answered = and_(UsageRow.outcome == Outcome.OK.value, UsageRow.cached == false())
    total = case((answered, UsageRow.total_ms))
    first = case((answered, UsageRow.first_token_ms))

    def ranked(value: ColumnElement[Any], name: str) -> list[ColumnElement[Any]]:
        rank = func.row_number().over(partition_by=key, order_by=(value.is_(None), value))
        return [
            value.label(name),
            rank.label(f"{name}_rank"),
            func.count(value).over(partition_by=key).label(f"{name}_n"),
        ]

    facts = [UsageRow.outcome, UsageRow.input_tokens, UsageRow.output_tokens, UsageRow.cost_micros]
    calls = select(key.label("key"), *facts, *ranked(total, "total"), *ranked(first, "first")).where(*where).subquery()
    c = calls.c
    return select(
        c.key,
        func.count().label("calls"),
        func.sum(case((c.outcome == Outcome.FAILED.value, 1), else_=0)).label("failed"),
        func.sum(c.input_tokens).label("input_tokens"),
        func.sum(c.output_tokens).label("output_tokens"),
        func.coalesce(func.sum(c.cost_micros), 0).label("cost_micros"),
        (func.count() - func.count(c.cost_micros)).label("unpriced"),
        _at_rank(c, "first", 50).label("first_p50"),
        _at_rank(c, "total", 50).label("total_p50"),
        _at_rank(c, "total", 95).label("total_p95"),
    ).group_by(c.key)


def _at_rank(c: Any, name: str, percent: int) -> ColumnElement[Any]:
    wanted = (c[f"{name}_n"] * percent + 99) // 100
    return func.max(case((c[f"{name}_rank"] == wanted, c[name])))


def _bucket(row: Any, by: str) -> UsageBucket:
    return UsageBucket(
        key=(_EPOCH + timedelta(days=row.key)).date().isoformat() if by == "day" else str(row.key),
        calls=row.calls,
        failed=int(row.failed),
        input_tokens=int(row.input_tokens),
        output_tokens=int(row.output_tokens),
        cost_micros=int(row.cost_micros),
        unpriced_calls=int(row.unpriced),
        first_token_ms_p50=row.first_p50,
        total_ms_p50=row.total_p50,
        total_ms_p95=row.total_p95,
    )


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
