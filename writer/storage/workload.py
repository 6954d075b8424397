"""What waits and who works, for whoever looks after Writer."""

from sqlalchemy import BigInteger, Select, and_, delete, exists, func, or_, select, type_coerce
from sqlalchemy.orm import aliased

from writer.domain.health import RunnerSign, Workload
from writer.domain.jobs import JobState, StepState
from writer.storage.database import Database
from writer.storage.rows import BeatRow, JobRow, StepRow
from writer.storage.rows.base import MICROS, from_now, now_micros

HEARD_S = 60
_FORGOTTEN_S = 86_400


class WorkBoard:
    def __init__(self, database: Database) -> None:
        self._database = database

    def beat(self, worker: str) -> None:
        insert = self._database.inserting(BeatRow).values(worker=worker, at=now_micros())
        with self._database.writing(durable=False) as session:
            session.execute(insert.on_conflict_do_update(index_elements=["worker"], set_={"at": now_micros()}))
            session.execute(delete(BeatRow).where(BeatRow.at < from_now(-_FORGOTTEN_S)))

    def gone(self, worker: str) -> None:
        with self._database.writing(durable=False) as session:
            session.execute(delete(BeatRow).where(BeatRow.worker == worker))

    def workload(self) -> Workload:
        ago = (now_micros() - type_coerce(BeatRow.at, BigInteger)).label("ago")
        heard = select(BeatRow.worker, ago).where(BeatRow.at > from_now(-HEARD_S)).order_by(BeatRow.worker)
        with self._database.reading() as session:
            waiting = session.execute(_waiting()).one()
            running = session.scalar(
                select(func.count()).select_from(StepRow).where(StepRow.state == StepState.RUNNING.value)
            )
            signs = tuple(RunnerSign(row.worker, max(0, row.ago) / MICROS) for row in session.execute(heard))
        return Workload(int(waiting[0]), int(running or 0), max(0, waiting[1] or 0) / MICROS, signs)


def _waiting() -> Select[int, int]:
    """Steps that could begin now. A job changes with each of its steps that ends: since then its next ones wait."""
    lower = aliased(StepRow)
    earlier = exists().where(
        lower.job_id == StepRow.job_id, lower.wave < StepRow.wave, lower.state != StepState.DONE.value
    )
    now = or_(StepRow.not_before.is_(None), StepRow.not_before <= now_micros())
    oldest = now_micros() - func.min(type_coerce(JobRow.updated_at, BigInteger))
    return (
        select(func.count(), oldest)
        .select_from(StepRow)
        .join(JobRow, JobRow.id == StepRow.job_id)
        .where(JobRow.state == JobState.RUNNING.value, and_(StepRow.state == StepState.READY.value, now), ~earlier)
    )
