"""Budgets, and what is set aside for calls before they are made."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, literal, or_, select, update
from sqlalchemy.orm import Session

from writer.domain.budgets import Answer, Budget, Busy, Granted, Hold, JobCap, Refused, Standing, Unpriced
from writer.domain.errors import NotFound
from writer.storage.database import Database
from writer.storage.rows import BudgetRow, JobCapRow, ReservationRow, SpendingRow
from writer.storage.rows.base import from_now, now_micros


class Budgets:
    """Rows are locked in one order, so that Postgres never waits in a circle: budgets before job caps, and
    reservations before spending before job caps."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def budgets(self) -> list[Budget]:
        with self._database.reading() as session:
            rows = session.scalars(select(BudgetRow).order_by(BudgetRow.created_at, BudgetRow.id)).all()
        return [_budget(row) for row in rows]

    def budget(self, budget_id: str) -> Budget:
        with self._database.reading() as session:
            row = session.get(BudgetRow, budget_id)
        if row is None:
            raise NotFound("There is no such budget.")
        return _budget(row)

    def save(self, budget: Budget) -> None:
        values = {
            "owner_id": budget.owner_id,
            "person": budget.person,
            "route": budget.route,
            "month": budget.month,
            "limit_micros": budget.limit_micros,
            "unpriced": budget.unpriced.value,
        }
        insert = self._database.inserting(BudgetRow).values(id=budget.id, created_at=now_micros(), **values)
        with self._database.writing() as session:
            session.execute(insert.on_conflict_do_update(index_elements=["id"], set_=values))

    def delete(self, budget_id: str) -> None:
        with self._database.writing() as session:
            session.execute(delete(BudgetRow).where(BudgetRow.id == budget_id))

    def standings(self, budgets: Sequence[Budget], month: str) -> list[Standing]:
        with self._database.reading() as session:
            return [_standing(session, budget, budget.month or month) for budget in budgets]

    def hold(self, wanted: Hold, for_s: float) -> Answer:
        if not self._is_covered(wanted):
            return Granted(held=False)
        self._write_off()
        with self._database.writing(durable=False) as session:
            answer = _answer(session, wanted)
            if isinstance(answer, Granted) and wanted.micros:
                session.add(
                    ReservationRow(
                        id=wanted.id,
                        month=wanted.month,
                        person=wanted.person,
                        route=wanted.route,
                        job_id=wanted.job_id,
                        micros=wanted.micros,
                        expires_at=from_now(for_s),
                    )
                )
                return Granted(held=True)
            return answer

    def settle(self, hold: Hold, micros: int | None, *, held: bool) -> None:
        if not held and not micros:
            return
        with self._database.writing(durable=False) as session:
            freed = held and session.scalar(
                delete(ReservationRow).where(ReservationRow.id == hold.id).returning(ReservationRow.id)
            )
            # Its time was over before it ended, so that what was set aside is written off already.
            written_off = (hold.micros or 0) if held and not freed else 0
            self._spend(session, hold.month, hold.person, hold.route, micros or 0, -written_off)
            _spend_of_job(session, hold.job_id, (micros or 0) - written_off)

    def cap(self, job_id: str) -> JobCap | None:
        with self._database.reading() as session:
            row = session.get(JobCapRow, job_id)
        return JobCap(row.job_id, row.cap_micros, row.spent_micros) if row else None

    def set_cap(self, owner_id: str, cap: JobCap) -> None:
        insert = self._database.inserting(JobCapRow).values(
            job_id=cap.job_id, owner_id=owner_id, cap_micros=cap.cap_micros, spent_micros=cap.spent_micros
        )
        with self._database.writing() as session:
            session.execute(
                insert.on_conflict_do_update(index_elements=["job_id"], set_={"cap_micros": cap.cap_micros})
            )

    def remove_cap(self, job_id: str) -> None:
        with self._database.writing() as session:
            session.execute(delete(JobCapRow).where(JobCapRow.job_id == job_id))

    def _is_covered(self, wanted: Hold) -> bool:
        """Most calls are by nobody's budget: those write nothing before they are made."""
        budget = exists().where(*_covering(wanted))
        cap = exists().where(JobCapRow.job_id == wanted.job_id, JobCapRow.job_id != "")
        with self._database.reading() as session:
            return bool(session.scalar(select(or_(budget, cap))))

    def _write_off(self) -> None:
        """Calls that never ended, because their process died, count with what was set aside for them."""
        over = ReservationRow.expires_at < now_micros()
        with self._database.reading() as session:
            if session.scalar(select(ReservationRow.id).where(over).limit(1)) is None:
                return
        with self._database.writing() as session:
            lost = session.scalars(delete(ReservationRow).where(over).returning(ReservationRow)).all()
            for row in sorted(lost, key=lambda row: (row.month, row.person, row.route)):
                self._spend(session, row.month, row.person, row.route, 0, row.micros)
            for row in sorted(lost, key=lambda row: row.job_id):
                _spend_of_job(session, row.job_id, row.micros)

    def _spend(self, session: Session, month: str, person: str, route: str, micros: int, lost: int) -> None:
        insert = self._database.inserting(SpendingRow).values(
            month=month, person=person, route=route, micros=micros, lost_micros=lost
        )
        added = {"micros": SpendingRow.micros + micros, "lost_micros": SpendingRow.lost_micros + lost}
        session.execute(insert.on_conflict_do_update(index_elements=["month", "person", "route"], set_=added))


def _spend_of_job(session: Session, job_id: str, micros: int) -> None:
    if job_id and micros:
        more = {"spent_micros": JobCapRow.spent_micros + micros}
        session.execute(update(JobCapRow).where(JobCapRow.job_id == job_id).values(more))


def _covering(wanted: Hold) -> list[ColumnElement[bool]]:
    return [
        BudgetRow.person.in_(("", wanted.person)),
        BudgetRow.route.in_(("", wanted.route)),
        BudgetRow.month.in_(("", wanted.month)),
    ]


def _answer(session: Session, wanted: Hold) -> Answer:
    """The rows of the budgets are locked: whoever else wants of the same ones waits here."""
    rows = session.scalars(select(BudgetRow).where(*_covering(wanted)).order_by(BudgetRow.id).with_for_update()).all()
    answers = [_of_budget(_standing(session, _budget(row), wanted.month), wanted) for row in rows]
    cap = session.get(JobCapRow, wanted.job_id, with_for_update=True) if wanted.job_id else None
    if cap is not None:
        answers.append(_of_cap(session, JobCap(cap.job_id, cap.cap_micros, cap.spent_micros), wanted))
    refused = next((answer for answer in answers if isinstance(answer, Refused)), None)
    busy = next((answer for answer in answers if isinstance(answer, Busy)), None)
    return refused or busy or Granted(held=False)


def _of_budget(standing: Standing, wanted: Hold) -> Answer:
    if wanted.micros is None:
        allowed = standing.budget.unpriced is Unpriced.ALLOW
        return Granted(held=False) if allowed else Refused(standing, unpriced=True)
    return _fits(standing.spent_micros, standing.reserved_micros, standing.budget.limit_micros, standing, wanted.micros)


def _of_cap(session: Session, cap: JobCap, wanted: Hold) -> Answer:
    if wanted.micros is None:
        return Refused(cap, unpriced=True)
    reserved = _reserved([ReservationRow.job_id == cap.job_id])
    held = int(session.scalar(select(reserved)) or 0)
    return _fits(cap.spent_micros, held, cap.cap_micros, cap, wanted.micros)


def _fits(spent: int, reserved: int, limit: int, by: Standing | JobCap, wanted: int) -> Answer:
    """What costs nothing is always let through."""
    if not wanted or spent + reserved + wanted <= limit:
        return Granted(held=False)
    return Busy() if spent + wanted <= limit else Refused(by)


def _standing(session: Session, budget: Budget, month: str) -> Standing:
    """One statement, hence one moment: between two, a call could end and be counted in neither."""
    spending = select(func.coalesce(func.sum(SpendingRow.micros + SpendingRow.lost_micros), 0)).where(
        *_of(SpendingRow, budget, month)
    )
    row = session.execute(
        select(spending.scalar_subquery().label("spent"), _reserved(_of(ReservationRow, budget, month)))
    ).one()
    return Standing(budget, month, int(row[0]), int(row[1]))


def _reserved(where: Sequence[ColumnElement[bool]]) -> Any:
    return select(func.coalesce(func.sum(ReservationRow.micros), 0)).where(*where).scalar_subquery()


def _of(row: type[SpendingRow | ReservationRow], budget: Budget, month: str) -> list[ColumnElement[bool]]:
    return [
        row.month == month,
        row.person == budget.person if budget.person else literal(True),
        row.route == budget.route if budget.route else literal(True),
    ]


def _budget(row: BudgetRow) -> Budget:
    return Budget(row.id, row.owner_id, row.limit_micros, row.person, row.route, row.month, Unpriced(row.unpriced))
