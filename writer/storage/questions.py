"""Questions with their last answers. A job of a question begins in the same transaction that names it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from writer.domain.errors import NotFound
from writer.domain.jobs import JobState, NewJob
from writer.domain.questions import NewQuestion, Question
from writer.storage.answers import answer_from_json, scope_from_json, scope_to_json
from writer.storage.database import Database
from writer.storage.outcomes import add_job
from writer.storage.rows import JobRow, QuestionRow
from writer.storage.rows.base import now_micros

NO_QUESTION = "There is no such question."


class Questions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, new: NewQuestion, job: NewJob) -> Question:
        first = {
            "id": new.id,
            "owner_id": new.owner_id,
            "text": new.text,
            "scope": scope_to_json(new.scope),
            "route": new.route,
            "kept": 0,
            "job_id": "",
            "answer": None,
            "fingerprint": "",
            "created_at": now_micros(),
            "asked_at": now_micros(),
        }
        with self._database.writing() as session:
            session.execute(self._database.inserting(QuestionRow).values(**first).on_conflict_do_nothing())
            held = session.scalar(select(QuestionRow.job_id).where(QuestionRow.id == new.id).with_for_update())
            if not _is_at_work(session, held or ""):
                begun = add_job(self._database, session, job)
                _change(session, new.id, job_id=begun.id, asked_at=now_micros())
            return _read(session, new.id)

    def get(self, question_id: str) -> Question:
        with self._database.reading() as session:
            return _read(session, question_id)

    def listing(self, owner_id: str, *, kept: bool | None = None, limit: int = 50) -> Sequence[Question]:
        wanted = () if kept is None else (QuestionRow.kept == int(kept),)
        newest = QuestionRow.asked_at.desc(), QuestionRow.id
        rows = select(QuestionRow).where(QuestionRow.owner_id == owner_id, *wanted).order_by(*newest).limit(limit)
        with self._database.reading() as session:
            return [_question(row) for row in session.scalars(rows)]

    def set_kept(self, question_id: str, kept: bool) -> Question:
        with self._database.writing() as session:
            _change(session, question_id, kept=int(kept))
            return _read(session, question_id)

    def delete(self, question_id: str) -> None:
        with self._database.writing() as session:
            session.execute(delete(QuestionRow).where(QuestionRow.id == question_id))


def _is_at_work(session: Session, job_id: str) -> bool:
    state = session.scalar(select(JobRow.state).where(JobRow.id == job_id))
    return state is not None and not JobState(state).is_over


def _change(session: Session, question_id: str, **values: Any) -> None:
    session.execute(update(QuestionRow).where(QuestionRow.id == question_id).values(**values))


def _read(session: Session, question_id: str) -> Question:
    row = session.scalar(
        select(QuestionRow).where(QuestionRow.id == question_id).execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(NO_QUESTION)
    return _question(row)


def _question(row: QuestionRow) -> Question:
    return Question(
        id=row.id,
        owner_id=row.owner_id,
        text=row.text,
        scope=scope_from_json(row.scope),
        route=row.route,
        kept=bool(row.kept),
        job_id=row.job_id,
        answer=answer_from_json(row.answer) if row.answer else None,
        fingerprint=row.fingerprint,
        created_at=row.created_at,
        asked_at=row.asked_at,
    )
