"""The ledger of jobs. Lock order is job, then steps, then draft: no two methods can wait for each other in a circle."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.orm import Session

from writer.domain.errors import NotFound
from writer.domain.jobs import Job, JobState, JsonObject, NewJob, NewStep, Step, StepOutcome, StepState, moved
from writer.domain.usage import UsageEvent
from writer.storage.claiming import anything_open, claim_steps, end_orphans
from writer.storage.database import Database
from writer.storage.job_rows import QUIET, change_job, job_from, step_from
from writer.storage.outcomes import NO_ERROR, add_job, add_steps, apply_outcome, settle
from writer.storage.rows import JobRow, KeptRow, StepRow
from writer.storage.rows.base import from_now, now_micros
from writer.storage.usage import record_usage

NO_JOB = "There is no such job."
PATIENCE_S = 15.0


class Jobs:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, new: NewJob) -> Job:
        with self._database.writing() as session:
            return _settled(session, add_job(self._database, session, new))

    def job(self, job_id: str) -> Job:
        with self._database.reading() as session:
            row = session.scalar(select(JobRow).where(JobRow.id == job_id))
            if row is None:
                raise NotFound(NO_JOB)
            return job_from(row)

    def jobs_by_id(self, ids: Collection[str]) -> dict[str, Job]:
        with self._database.reading() as session:
            return {row.id: job_from(row) for row in session.scalars(select(JobRow).where(JobRow.id.in_(ids)))}

    def steps(self, job_id: str) -> list[Step]:
        ordered = select(StepRow).where(StepRow.job_id == job_id).order_by(StepRow.wave, StepRow.ordinal)
        with self._database.reading() as session:
            return [step_from(row) for row in session.scalars(ordered)]

    def jobs(self, owner_id: str, limit: int = 50, kind: str = "") -> list[Job]:
        of_kind = (JobRow.kind == kind,) if kind else ()
        return self._newest(JobRow.owner_id == owner_id, *of_kind, limit=limit)

    def latest_for_draft(self, draft_id: str, kind: str = "") -> Job | None:
        of_kind = (JobRow.kind == kind,) if kind else ()
        return next(iter(self._newest(JobRow.draft_id == draft_id, *of_kind, limit=1)), None)

    def latest_for_source(self, source_id: int) -> Job | None:
        return next(iter(self._newest(JobRow.source_id == source_id, limit=1)), None)

    def by_fingerprint(self, owner_id: str, fingerprint: str) -> Job | None:
        same = (JobRow.owner_id == owner_id, JobRow.fingerprint == fingerprint)
        return next(iter(self._newest(*same, limit=1)), None)

    def claim(self, worker: str, limit: int, lease_s: float) -> list[Step]:
        with self._database.reading() as session:  # the idle case takes no lock
            if limit <= 0 or not anything_open(session):
                return []
        with self._database.writing(durable=False) as session:
            end_orphans(session)
            return claim_steps(session, worker, limit, lease_s)

    def heartbeat(self, worker: str, lease_s: float) -> None:
        mine = (StepRow.worker == worker, StepRow.state == StepState.RUNNING.value)
        with self._database.writing(durable=False) as session:
            session.execute(update(StepRow).where(*mine).values(lease_until=from_now(lease_s)), execution_options=QUIET)

    def lost(self, worker: str, held: Sequence[Step]) -> list[Step]:
        if not held:
            return []
        still = (
            select(StepRow.job_id, StepRow.key, StepRow.attempt, StepRow.started_at)
            .join(JobRow, JobRow.id == StepRow.job_id)
            .where(
                StepRow.worker == worker,
                StepRow.state == StepState.RUNNING.value,
                JobRow.state == JobState.RUNNING.value,
            )
        )
        with self._database.reading() as session:
            mine = {tuple(row) for row in session.execute(still)}
        return [step for step in held if (step.job_id, step.key, step.attempt, step.started_at) not in mine]

    def abandon(self, worker: str) -> int:
        """Each attempt that died still counts: a step that kills its process must not be begun for ever."""
        left = (StepRow.worker == worker, StepRow.state == StepState.RUNNING.value)
        at_work = select(JobRow.id).where(JobRow.state == JobState.RUNNING.value)
        state = case((StepRow.job_id.in_(at_work), StepState.READY.value), else_=StepState.STOPPED.value)
        freed = update(StepRow).where(*left).values(state=state, lease_until=None).returning(StepRow.key)
        with self._database.writing() as session:
            return len(session.execute(freed, execution_options=QUIET).all())

    def save_partial(self, step: Step, text: str) -> None:
        with self._database.writing(durable=False) as session:
            _change_step(session, step, partial=text)

    def finish(self, step: Step, outcome: StepOutcome) -> bool:
        with self._database.writing() as session:
            job = _lock(session, step.job_id)
            done = {"state": StepState.DONE.value, "result": dict(outcome.result), "partial": "", **NO_ERROR}
            mine = job is not None and _change_step(session, step, **done, finished_at=now_micros())
            record_usage(self._database, session, outcome.usage, wasted=not mine)
            if job is None or not mine:
                return False
            apply_outcome(self._database, session, job, outcome)
            if outcome.pause:
                job.paused = True
                state = JobState.WAITING.value if job.state == JobState.RUNNING.value else job.state
                change_job(session, job.id, paused=True, state=state)
            else:
                settle(session, job)
            return True

    def fail(
        self, step: Step, error: str, usage: Sequence[UsageEvent], retry_in: float | None = None, kind: str = ""
    ) -> None:
        told = {"error": error, "error_kind": kind}
        with self._database.writing() as session:
            job = _lock(session, step.job_id)
            values: dict[str, Any] = {"state": StepState.FAILED.value, **told, "finished_at": now_micros()}
            if retry_in is not None and (retry_in <= PATIENCE_S or not _has_failed(session, step.job_id)):
                values = {"state": _waiting(job), **told, "not_before": from_now(retry_in)}
            mine = job is not None and _change_step(session, step, **values)
            record_usage(self._database, session, usage, wasted=not mine)
            if job is not None and mine:
                if "not_before" not in values:
                    _give_up_waiting(session, job.id)
                settle(session, job)

    def release(self, step: Step, usage: Sequence[UsageEvent], partial: str) -> None:
        with self._database.writing() as session:
            job = _lock(session, step.job_id)
            mine = job is not None and _change_step(session, step, state=_waiting(job), partial=partial)
            record_usage(self._database, session, usage, wasted=not mine)

    def stop(self, job_id: str) -> Job:
        """Steps in flight keep their lease until they let go: one that is being committed still counts."""
        with self._database.writing() as session:
            job = _locked(session, job_id)
            if JobState(job.state).is_over:
                return job_from(job)
            change_job(session, job_id, state=JobState.STOPPED.value)
            _change_steps(session, job_id, (StepState.READY,), state=StepState.STOPPED.value)
            return _read(session, job_id)

    def resume(self, job_id: str, args: JsonObject | None = None) -> Job:
        with self._database.writing() as session:
            job = _locked(session, job_id)
            if args is not None:
                job.args = dict(args)
                change_job(session, job_id, args=job.args)
            if JobState(job.state) not in (JobState.STOPPED, JobState.FAILED, JobState.RUNNING):
                return job_from(job)
            ready = {"state": StepState.READY.value, "attempt": 0, **NO_ERROR, "not_before": None}
            if job.state == JobState.RUNNING.value:
                # After a kill: what had failed by then would fail the job for an outage that is over.
                _change_steps(session, job_id, (StepState.FAILED,), **ready)
                _change_steps(session, job_id, (StepState.READY,), StepRow.not_before.is_not(None), **ready)
                return job_from(job)
            _run(session, job)
            _change_steps(session, job_id, (StepState.FAILED, StepState.STOPPED), **ready)
            return _settled(session, job)

    def proceed(self, job_id: str, steps: Sequence[NewStep]) -> Job:
        with self._database.writing() as session:
            job = _locked(session, job_id)
            if add_steps(self._database, session, job, steps) == 0 and job.state != JobState.WAITING.value:
                return job_from(job)
            job.paused = False
            _run(session, job)
            return _settled(session, job)

    def kept(self, key: str) -> JsonObject | None:
        with self._database.reading() as session:
            result: JsonObject | None = session.scalar(select(KeptRow.result).where(KeptRow.key == key))
            return result

    def _newest(self, *where: ColumnElement[bool], limit: int) -> list[Job]:
        with self._database.reading() as session:
            rows = session.scalars(select(JobRow).where(*where).order_by(JobRow.number.desc()).limit(limit))
            return [job_from(row) for row in rows]


def _lock(session: Session, job_id: str) -> JobRow | None:
    """The job's row, held until the transaction ends. Detached: only our own statements write it."""
    job = session.scalar(select(JobRow).where(JobRow.id == job_id).with_for_update())
    if job is not None:
        session.expunge(job)
    return job


def _locked(session: Session, job_id: str) -> JobRow:
    job = _lock(session, job_id)
    if job is None:
        raise NotFound(NO_JOB)
    return job


def _read(session: Session, job_id: str) -> Job:
    return job_from(_locked(session, job_id))


def _settled(session: Session, job: JobRow) -> Job:
    settle(session, job)
    return _read(session, job.id)


def _run(session: Session, job: JobRow) -> None:
    job.state = moved(JobState(job.state), JobState.RUNNING).value
    change_job(session, job.id, state=job.state, paused=job.paused, error="")


def _waiting(job: JobRow | None) -> str:
    """A step that is to run again is ready, unless its job was stopped: then resume makes it ready."""
    running = job is not None and job.state == JobState.RUNNING.value
    return StepState.READY.value if running else StepState.STOPPED.value


def _change_step(session: Session, step: Step, **values: Any) -> bool:
    """False when the step is no longer this attempt's. `started_at` tells attempts apart that a resume counts anew."""
    statement = (
        update(StepRow)
        .where(
            StepRow.job_id == step.job_id,
            StepRow.key == step.key,
            StepRow.state == StepState.RUNNING.value,
            StepRow.worker == step.owner,
            StepRow.attempt == step.attempt,
            StepRow.started_at == step.started_at,
        )
        .values(**values)
        .returning(StepRow.key)
    )
    return session.execute(statement, execution_options=QUIET).first() is not None


def _change_steps(
    session: Session, job_id: str, states: Sequence[StepState], *more: ColumnElement[bool], **values: Any
) -> None:
    where = (StepRow.job_id == job_id, StepRow.state.in_([state.value for state in states]), *more)
    session.execute(update(StepRow).where(*where).values(**values), execution_options=QUIET)


def _has_failed(session: Session, job_id: str) -> bool:
    failed = select(StepRow.key).where(StepRow.job_id == job_id, StepRow.state == StepState.FAILED.value)
    return session.execute(failed.limit(1)).first() is not None


def _give_up_waiting(session: Session, job_id: str) -> None:
    """The job will fail in any case: nobody should wait minutes to hear it. Steps that run or are due soon go on."""
    late = StepRow.not_before > from_now(PATIENCE_S)
    failed = {"state": StepState.FAILED.value, "not_before": None, "finished_at": now_micros()}
    _change_steps(session, job_id, (StepState.READY,), late, **failed)
