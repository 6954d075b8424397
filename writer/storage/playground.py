"""Comparisons as rows. Their replies are steps of their job, which begins in the same transaction."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from writer.domain.errors import NotFound
from writer.domain.jobs import JobState, NewJob, StepState
from writer.domain.playground import Ballot, Comparison, Contender, NewComparison, Verdict, Vote, key_of
from writer.domain.prompt_library import PromptText
from writer.storage.database import Database
from writer.storage.job_rows import QUIET
from writer.storage.outcomes import add_job, settle
from writer.storage.rows import BallotRow, ComparisonRow, JobRow, StepRow
from writer.storage.rows.base import now_micros

NO_COMPARISON = "There is no such comparison."


class Playground:
    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, new: NewComparison, job: NewJob) -> Comparison:
        values = {
            "id": new.id,
            "owner_id": new.owner_id,
            "prompt": asdict(new.prompt),
            "filling": dict(new.values),
            "contenders": [asdict(contender) for contender in new.contenders],
            "blind": new.blind,
            "revealed": False,
            "prompt_mark": new.prompt_mark,
            "stopped": [],
            "created_at": now_micros(),
        }
        with self._database.writing() as session:
            begun = add_job(self._database, session, job)
            session.execute(insert(ComparisonRow).values(**values, job_id=begun.id))
            return _comparison(_row(session, new.id))

    def get(self, comparison_id: str) -> Comparison:
        with self._database.reading() as session:
            return _comparison(_row(session, comparison_id))

    def listing(self, owner_id: str, limit: int = 30) -> Sequence[Comparison]:
        mine = select(ComparisonRow).where(ComparisonRow.owner_id == owner_id)
        with self._database.reading() as session:
            rows = session.scalars(mine.order_by(ComparisonRow.number.desc()).limit(limit))
            return [_comparison(row) for row in rows]

    def delete(self, comparison_id: str) -> None:
        with self._database.writing() as session:
            row = _row(session, comparison_id)
            session.execute(delete(StepRow).where(StepRow.job_id == row.job_id), execution_options=QUIET)
            session.execute(delete(JobRow).where(JobRow.id == row.job_id), execution_options=QUIET)
            session.delete(row)

    def stop(self, comparison_id: str, columns: Collection[int]) -> None:
        with self._database.writing() as session:
            job_id = _row(session, comparison_id).job_id
            job = session.scalar(select(JobRow).where(JobRow.id == job_id).with_for_update())  # before the steps
            row = _row(session, comparison_id, lock=True)
            row.stopped = sorted({*row.stopped, *columns})
            if job is not None and job.state == JobState.RUNNING.value:
                _end_waiting(session, job, columns)

    def stopped(self, comparison_id: str) -> frozenset[int]:
        with self._database.reading() as session:
            return frozenset(_row(session, comparison_id).stopped)

    def vote(self, comparison_id: str, vote: Vote) -> bool:
        with self._database.writing() as session:
            row = _row(session, comparison_id, lock=True)
            if row.revealed:
                return False
            values = {
                "comparison_id": comparison_id,
                "first": vote.first,
                "second": vote.second,
                "owner_id": row.owner_id,
                "contenders": [row.contenders[vote.first], row.contenders[vote.second]],
                "verdict": vote.verdict.value,
                "at": now_micros(),
            }
            session.execute(
                self._database.inserting(BallotRow)
                .values(**values)
                .on_conflict_do_update(
                    index_elements=["comparison_id", "first", "second"],
                    set_={"verdict": vote.verdict.value, "at": now_micros()},
                )
            )
            return True

    def reveal(self, comparison_id: str) -> Comparison:
        with self._database.writing() as session:
            session.execute(update(ComparisonRow).where(ComparisonRow.id == comparison_id).values(revealed=True))
            return _comparison(_row(session, comparison_id))

    def votes(self, comparison_id: str) -> list[Vote]:
        wanted = select(BallotRow).where(BallotRow.comparison_id == comparison_id)
        with self._database.reading() as session:
            rows = session.scalars(wanted.order_by(BallotRow.first, BallotRow.second))
            return [Vote(row.first, row.second, Verdict(row.verdict)) for row in rows]

    def ballots(self, owner_id: str) -> list[Ballot]:
        wanted = select(BallotRow.contenders, BallotRow.verdict).where(BallotRow.owner_id == owner_id)
        in_order = (BallotRow.at, BallotRow.comparison_id, BallotRow.first, BallotRow.second)
        with self._database.reading() as session:
            return [
                Ballot(Contender(**first), Contender(**second), Verdict(verdict))
                for (first, second), verdict in session.execute(wanted.order_by(*in_order))
            ]

    def forget_ballots(self, owner_id: str) -> int:
        gone = delete(BallotRow).where(BallotRow.owner_id == owner_id).returning(BallotRow.comparison_id)
        with self._database.writing() as session:
            return len(session.execute(gone, execution_options=QUIET).all())


def _end_waiting(session: Session, job: JobRow, columns: Collection[int]) -> None:
    """Nobody writes them yet, so nobody would notice."""
    session.expunge(job)
    over = {"state": StepState.DONE.value, "result": {"text": "", "stopped": True}, "finished_at": now_micros()}
    mine = (StepRow.job_id == job.id, StepRow.key.in_([key_of(column) for column in columns]))
    waiting = update(StepRow).where(*mine, StepRow.state == StepState.READY.value).values(**over)
    session.execute(waiting, execution_options=QUIET)
    settle(session, job)


def _row(session: Session, comparison_id: str, *, lock: bool = False) -> ComparisonRow:
    wanted = select(ComparisonRow).where(ComparisonRow.id == comparison_id)
    row = session.scalar(wanted.with_for_update() if lock else wanted, execution_options={"populate_existing": True})
    if row is None:
        raise NotFound(NO_COMPARISON)
    return row


def _comparison(row: ComparisonRow) -> Comparison:
    return Comparison(
        id=row.id,
        owner_id=row.owner_id,
        prompt=PromptText(**row.prompt),
        values=row.filling,
        contenders=tuple(Contender(**contender) for contender in row.contenders),
        blind=row.blind,
        revealed=row.revealed,
        prompt_mark=row.prompt_mark,
        job_id=row.job_id,
        created_at=row.created_at,
    )
