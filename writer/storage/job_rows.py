"""What several stores do to rows of jobs."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from writer.domain.jobs import Job, JobState, Step, StepState
from writer.storage.rows import JobRow, KeptRow, StepRow
from writer.storage.rows.base import now_micros

QUIET = {"synchronize_session": False}


def job_from(row: JobRow) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        owner_id=row.owner_id,
        draft_id=row.draft_id,
        state=JobState(row.state),
        fingerprint=row.fingerprint,
        args=row.args,
        created_at=row.created_at,
        updated_at=row.updated_at,
        error=row.error,
        source_id=row.source_id,
    )


def step_from(row: StepRow) -> Step:
    return Step(
        job_id=row.job_id,
        key=row.key,
        kind=row.kind,
        wave=row.wave,
        label=row.label,
        state=StepState(row.state),
        attempt=row.attempt,
        args=row.args,
        result=row.result,
        partial=row.partial,
        error=row.error,
        error_kind=row.error_kind,
        owner=row.worker,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def change_job(session: Session, job_id: str, **values: Any) -> None:
    session.execute(
        update(JobRow).where(JobRow.id == job_id).values(updated_at=now_micros(), **values), execution_options=QUIET
    )


def end_jobs_of_draft(session: Session, draft_id: str, sentence: str) -> None:
    """Running steps notice at their next look, and keep what they have."""
    at_work = (JobState.RUNNING.value, JobState.WAITING.value)
    session.execute(
        update(JobRow)
        .where(JobRow.draft_id == draft_id, JobRow.state.in_(at_work))
        .values(state=JobState.STOPPED.value, error=sentence, updated_at=now_micros()),
        execution_options=QUIET,
    )


def forget_draft(session: Session, draft_id: str) -> None:
    """Jobs, their steps and kept results hold its text as well. Usage stays: it holds figures only."""
    session.execute(delete(KeptRow).where(KeptRow.draft_id == draft_id), execution_options=QUIET)
    session.execute(delete(StepRow).where(StepRow.job_id.in_(_jobs_of(draft_id))), execution_options=QUIET)
    session.execute(delete(JobRow).where(JobRow.draft_id == draft_id), execution_options=QUIET)


def _jobs_of(draft_id: str) -> Any:
    return select(JobRow.id).where(JobRow.draft_id == draft_id)
