"""Which steps may be claimed, and the one statement that claims them.

Statements are built once: claiming is what an idle and a busy worker does most, and building costs more than running.
"""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, and_, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from writer.domain.jobs import JobState, Step, StepState
from writer.storage.job_rows import QUIET, step_from
from writer.storage.rows import DraftRow, JobRow, SourceRow, StepRow
from writer.storage.rows.base import MICROS, now_micros

DRAFT_GONE = "The draft was deleted, so this was not finished."
SOURCE_GONE = "The source was deleted, so this was not finished."


def claim_steps(session: Session, worker: str, limit: int, lease_s: float) -> list[Step]:
    values = {"claimant": worker, "most": limit, "lease": int(lease_s * MICROS)}
    rows = session.scalars(_claim(), values, execution_options={**QUIET, "populate_existing": True}).all()
    return [step_from(row) for row in sorted(rows, key=lambda row: (row.wave, row.ordinal))]


def anything_open(session: Session) -> bool:
    return session.execute(_open()).first() is not None


def end_orphans(session: Session) -> None:
    """Jobs whose draft or source is gone would have their steps handed out for ever."""
    for statement in _orphans():
        session.execute(statement, execution_options=QUIET)


@cache
def _open() -> Select[int]:
    return select(JobRow.number).where(JobRow.state == JobState.RUNNING.value).limit(1)


@cache
def _claim() -> Any:
    picked = _claimable().cte("picked")
    return (
        update(StepRow)
        .where(StepRow.job_id == picked.c.job_id, StepRow.key == picked.c.key)
        .values(
            state=StepState.RUNNING.value,
            worker=bindparam("claimant"),
            attempt=StepRow.attempt + 1,
            lease_until=now_micros() + bindparam("lease"),
            started_at=now_micros(),
            not_before=None,
            error="",
            error_kind="",
        )
        .returning(StepRow)
    )


def _claimable() -> Select[str, str]:
    lower = aliased(StepRow)
    earlier_work = exists().where(
        lower.job_id == StepRow.job_id, lower.wave < StepRow.wave, lower.state != StepState.DONE.value
    )
    ready = and_(
        StepRow.state == StepState.READY.value,
        or_(StepRow.not_before.is_(None), StepRow.not_before <= now_micros()),
    )
    left_behind = and_(StepRow.state == StepState.RUNNING.value, StepRow.lease_until < now_micros())
    return (
        select(StepRow.job_id, StepRow.key)
        .join(JobRow, JobRow.id == StepRow.job_id)
        .where(JobRow.state == JobState.RUNNING.value, or_(ready, left_behind), ~earlier_work)
        .order_by(JobRow.number, StepRow.wave, StepRow.ordinal)
        .limit(bindparam("most"))
        .with_for_update(of=StepRow, skip_locked=True)
    )


@cache
def _orphans() -> tuple[Update, Update]:
    no_draft = and_(
        JobRow.draft_id != "", ~exists().where(DraftRow.id == JobRow.draft_id, DraftRow.deleted_at.is_(None))
    )
    no_source = and_(JobRow.source_id.is_not(None), ~exists().where(SourceRow.id == JobRow.source_id))
    return _stop_where(no_draft, DRAFT_GONE), _stop_where(no_source, SOURCE_GONE)


def _stop_where(condition: ColumnElement[bool], sentence: str) -> Update:
    return (
        update(JobRow)
        .where(JobRow.state == JobState.RUNNING.value, condition)
        .values(state=JobState.STOPPED.value, error=sentence, updated_at=now_micros())
    )
