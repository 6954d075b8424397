"""When breakers opened, as rows."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select

from writer.domain.reliability import Opening
from writer.storage.database import Database
from writer.storage.rows import OpeningRow
from writer.storage.rows.base import from_now, now_micros

_MOST = 10_000
_DAY_S = 86_400


class Openings:
    def __init__(self, database: Database) -> None:
        self._database = database

    def opened(self, route: str, open_for: float, reason: str) -> None:
        values = {"route": route, "open_ms": round(open_for * 1000), "reason": reason, "at": now_micros()}
        with self._database.writing(durable=False) as session:
            session.execute(self._database.inserting(OpeningRow).values(**values))

    def openings(self, since: datetime | None = None, until: datetime | None = None) -> list[Opening]:
        first = since or datetime.fromtimestamp(0, UTC)
        last = until or datetime.now(UTC) + timedelta(days=1)
        statement = (
            select(OpeningRow)
            .where(OpeningRow.at >= first, OpeningRow.at < last)
            .order_by(OpeningRow.at.desc(), OpeningRow.number.desc())
            .limit(_MOST)
        )
        with self._database.reading() as session:
            rows = session.scalars(statement).all()
        return [Opening(row.at, row.route, row.open_ms / 1000, row.reason) for row in reversed(rows)]

    def forget_openings(self, older_than_days: int) -> int:
        old = OpeningRow.at < from_now(-older_than_days * _DAY_S)
        with self._database.writing() as session:
            return len(session.scalars(delete(OpeningRow).where(old).returning(OpeningRow.number)).all())
