"""Which steps may be claimed, and the one statement that claims them."""

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from writer.domain.jobs import JobState, Step, StepState
from writer.storage.job_rows import QUIET, step_from
from writer.storage.rows import DraftRow, JobRow, SourceRow, StepRow
from writer.storage.rows.base import from_now, now_micros

DRAFT_GONE = "The draft was deleted, so this was not finished."
SOURCE_GONE = "The source was deleted, so this was not finished."


def claim_steps(session: Session, worker: str, limit: int, lease_s: float) -> list[Step]:
    picked = _claimable(limit).cte("picked")
    statement = (
        update(StepRow)
        .where(StepRow.job_id == picked.c.job_id, StepRow.key == picked.c.key)
        .values(
            state=StepState.RUNNING.value,
            worker=worker,
            attempt=StepRow.attempt + 1,
            lease_until=from_now(lease_s),
            started_at=now_micros(),
            not_before=None,
            error="",
        )
        .returning(StepRow)
    )
    rows = session.scalars(statement, execution_options={**QUIET, "populate_existing": True}).all()
    return [step_from(row) for row in sorted(rows, key=lambda row: (row.wave, row.ordinal))]


def _claimable(limit: int) -> Select[str, str]:
    lower = aliased(StepRow)
    earlier_work = exists().where(
        lower.job_id == StepRow.job_id, lower.wave < StepRow.wave, lower.state != StepState.DONE.value
    )
    ready = and_(
        StepRow.state == StepState.READY.value,
        or_(StepRow.not_before.is_(None), StepRow.not_before <= now_micros()),
    )
    abandoned = and_(StepRow.state == StepState.RUNNING.value, StepRow.lease_until < now_micros())
    return (
        select(StepRow.job_id, StepRow.key)
        .join(JobRow, JobRow.id == StepRow.job_id)
        .where(JobRow.state == JobState.RUNNING.value, or_(ready, abandoned), ~earlier_work)
        .order_by(JobRow.number, StepRow.wave, StepRow.ordinal)
        .limit(limit)
        .with_for_update(of=StepRow, skip_locked=True)
    )


def anything_open(session: Session) -> bool:
    return (
        session.execute(select(JobRow.number).where(JobRow.state == JobState.RUNNING.value).limit(1)).first()
        is not None
    )


def end_orphans(session: Session) -> None:
    """Jobs whose draft or source is gone would have their steps handed out for ever."""
    no_draft = and_(
        JobRow.draft_id != "", ~exists().where(DraftRow.id == JobRow.draft_id, DraftRow.deleted_at.is_(None))
    )
    no_source = and_(JobRow.source_id.is_not(None), ~exists().where(SourceRow.id == JobRow.source_id))
    _stop_where(session, no_draft, DRAFT_GONE)
    _stop_where(session, no_source, SOURCE_GONE)


def _stop_where(session: Session, condition: ColumnElement[bool], sentence: str) -> None:
    statement = (
        update(JobRow)
        .where(JobRow.state == JobState.RUNNING.value, condition)
        .values(state=JobState.STOPPED.value, error=sentence, updated_at=now_micros())
    )
    session.execute(statement, execution_options=QUIET)
