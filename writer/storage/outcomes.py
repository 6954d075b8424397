"""What a finished step changes, in the transaction of its caller, who holds the job's row."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from writer.domain.drafts import Section
from writer.domain.jobs import JobState, NewJob, NewStep, StepOutcome, StepState
from writer.domain.text import joined_surrogates
from writer.storage.answers import keep_answer
from writer.storage.claiming import DRAFT_GONE
from writer.storage.database import Database
from writer.storage.job_rows import QUIET, change_job
from writer.storage.published import keep_publication
from writer.storage.rows import DraftRow, JobCapRow, JobRow, KeptRow, StepRow
from writer.storage.rows.base import now_micros
from writer.storage.sections import merge_sections, sections_of
from writer.storage.serial import cleaned_section, outline_from_json, outline_to_json
from writer.storage.versions import write_version

NO_ERROR = {"error": "", "error_kind": ""}


def add_job(database: Database, session: Session, new: NewJob) -> JobRow:
    """The job's row, locked and detached as its callers hold it; its steps are there."""
    values = {
        "id": uuid4().hex,
        "kind": new.kind,
        "owner_id": new.owner_id,
        "draft_id": new.draft_id,
        "source_id": new.source_id,
        "state": JobState.RUNNING.value,
        "paused": False,
        "fingerprint": new.fingerprint,
        "created_at": now_micros(),
        "updated_at": now_micros(),
        "error": "",
        "args": dict(new.args),
    }
    session.execute(database.inserting(JobRow).values(**values))
    job = session.scalars(select(JobRow).where(JobRow.id == values["id"]).with_for_update()).one()
    session.expunge(job)
    add_steps(database, session, job, new.steps)
    if new.cap_micros is not None:
        session.add(JobCapRow(job_id=job.id, owner_id=job.owner_id, cap_micros=new.cap_micros, spent_micros=0))
        session.flush()
    return job


def add_steps(database: Database, session: Session, job: JobRow, steps: Sequence[NewStep]) -> int:
    """Those that the job does not have yet; returns how many that were."""
    if not steps:
        return 0
    last = session.scalar(select(func.max(StepRow.ordinal)).where(StepRow.job_id == job.id)) or 0
    rows = [_new_step(job, last + number, step) for number, step in enumerate(steps, start=1)]
    insert = database.inserting(StepRow).on_conflict_do_nothing().returning(StepRow.key)
    return len(session.execute(insert, rows).all())


def _new_step(job: JobRow, ordinal: int, step: NewStep) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "key": step.key,
        "owner_id": job.owner_id,
        "ordinal": ordinal,
        "kind": step.kind,
        "wave": step.wave,
        "label": step.label,
        "state": StepState.READY.value,
        "attempt": 0,
        "worker": "",
        **NO_ERROR,
        "args": dict(step.args),
        "partial": "",
    }


def apply_outcome(database: Database, session: Session, job: JobRow, outcome: StepOutcome) -> None:
    """Draft, kept results and next steps. A draft that is gone ends the job instead."""
    wanted = _touches_draft(outcome) and job.draft_id
    if wanted and not _change_draft(database, session, job, outcome) and job.state == JobState.RUNNING.value:
        job.state = JobState.STOPPED.value
        change_job(session, job.id, state=job.state, error=DRAFT_GONE)
    for key, result in outcome.keep:
        row = {"key": key, "owner_id": job.owner_id, "draft_id": job.draft_id, "result": dict(result)}
        insert = database.inserting(KeptRow).values(created_at=now_micros(), **row)
        session.execute(insert.on_conflict_do_update(index_elements=["key"], set_={"result": dict(result)}))
    add_steps(database, session, job, outcome.next_steps)
    if outcome.answered is not None:
        keep_answer(session, job.id, outcome.answered)
    if outcome.published is not None:
        keep_publication(session, outcome.published)
    for new in outcome.follow_up:
        if not _is_on_its_way(session, new):
            add_job(database, session, new)


def _is_on_its_way(session: Session, new: NewJob) -> bool:
    if not new.fingerprint:
        return False
    not_over = [state.value for state in JobState if not state.is_over]
    same = (JobRow.owner_id == new.owner_id, JobRow.fingerprint == new.fingerprint, JobRow.state.in_(not_over))
    return session.execute(select(JobRow.number).where(*same).limit(1)).first() is not None


def _touches_draft(outcome: StepOutcome) -> bool:
    texts = (outcome.title, outcome.description, outcome.outline, outcome.draft_state, outcome.origin)
    return bool(outcome.sections) or any(value is not None for value in texts)


def _change_draft(database: Database, session: Session, job: JobRow, outcome: StepOutcome) -> bool:
    statement = select(DraftRow).where(DraftRow.id == job.draft_id).with_for_update()
    draft = session.scalar(statement, execution_options={"populate_existing": True})
    if draft is None:
        return False
    sections = tuple(cleaned_section(section) for section in _still_ours(session, draft.id, outcome))
    outline = outcome.outline or outline_from_json(draft.outline)
    if sections:
        keys = [section.key for section in outline.sections] if outline else []
        merge_sections(database, session, draft.id, draft.owner_id, sections, keys)
    title = draft.title if outcome.title is None else joined_surrogates(outcome.title)
    texts = (outcome.title, outcome.description, outcome.outline)
    revised = bool(sections) or any(value is not None for value in texts)
    values: dict[str, Any] = {"title": title, "revision": draft.revision + revised, "updated_at": now_micros()}
    if outcome.description is not None:
        values["description"] = outcome.description
    if outcome.outline is not None:
        values["outline"] = outline_to_json(outcome.outline)
    if outcome.draft_state is not None:
        values["state"] = outcome.draft_state.value
    session.execute(update(DraftRow).where(DraftRow.id == draft.id).values(**values), execution_options=QUIET)
    if outcome.origin is not None:
        origin = replace(outcome.origin, user=outcome.origin.user or draft.owner_id)
        now = sections_of(session, draft.id)
        write_version(database, session, draft.id, draft.owner_id, title, now, origin, outcome.version_note)
    return True


def _still_ours(session: Session, draft_id: str, outcome: StepOutcome) -> tuple[Section, ...]:
    """Without those whose text a person has changed since the step read it."""
    if not outcome.replaces:
        return outcome.sections
    now = {section.key: section.text for section in sections_of(session, draft_id)}
    edited = {key for key, text in outcome.replaces if now.get(key, text) != text}
    return tuple(section for section in outcome.sections if section.key not in edited)


def settle(session: Session, job: JobRow) -> None:
    """End a running job when nothing of it can run any more.

    Steps behind a failed one can never run, so it is the lowest unfinished wave that decides.
    """
    if job.state != JobState.RUNNING.value:
        return
    left = session.execute(
        select(StepRow.wave, StepRow.state, StepRow.error)
        .where(StepRow.job_id == job.id, StepRow.state != StepState.DONE.value)
        .order_by(StepRow.wave, StepRow.ordinal)
    ).all()
    if not left:
        end = JobState.WAITING if job.paused else JobState.DONE
        change_job(session, job.id, state=end.value, error="")
        return
    at_work = (StepState.READY.value, StepState.RUNNING.value)
    if any(row.state in at_work for row in left if row.wave == left[0].wave or row.state == StepState.RUNNING.value):
        return
    failed = [row.error for row in left if row.state == StepState.FAILED.value]
    end = JobState.FAILED if failed else JobState.STOPPED
    change_job(session, job.id, state=end.value, error=failed[0] if failed else "")
