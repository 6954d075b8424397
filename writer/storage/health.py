"""Open and cool-down states of routes, shared by replicas on the database's clock."""

from typing import Any

from sqlalchemy import BigInteger, case, delete, or_, select, type_coerce

from writer.domain.ports.settings import RouteHealth
from writer.storage.database import Database
from writer.storage.rows import RouteHealthRow
from writer.storage.rows.base import MICROS, from_now, now_micros


class Health:
    def __init__(self, database: Database) -> None:
        self._database = database

    def publish(self, key: str, open_for: float, reason: str) -> None:
        with self._database.writing(durable=False) as session:
            if open_for <= 0:
                session.execute(delete(RouteHealthRow).where(RouteHealthRow.key == key))
            else:
                session.execute(self._opened(key, open_for, reason))

    def _opened(self, key: str, open_for: float, reason: str) -> Any:
        insert = self._database.inserting(RouteHealthRow).values(
            key=key, open_until=from_now(open_for), reason=reason, probe_owner=""
        )
        new, old = insert.excluded, RouteHealthRow.__table__.c
        later = or_(old.open_until.is_(None), new.open_until >= old.open_until)
        return insert.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "open_until": case((later, new.open_until), else_=old.open_until),
                "reason": case((later, new.reason), else_=old.reason),
            },
        )

    def read(self) -> list[RouteHealth]:
        left = (type_coerce(RouteHealthRow.open_until, BigInteger) - now_micros()).label("left")
        statement = (
            select(RouteHealthRow.key, left, RouteHealthRow.reason)
            .where(RouteHealthRow.open_until > now_micros())
            .order_by(RouteHealthRow.key)
        )
        with self._database.reading() as session:
            return [RouteHealth(row.key, row.left / MICROS, row.reason) for row in session.execute(statement)]

    def take_probe(self, key: str, owner: str, for_s: float) -> bool:
        taken = {"probe_owner": owner, "probe_until": from_now(for_s)}
        insert = self._database.inserting(RouteHealthRow).values(key=key, reason="", **taken)
        free = RouteHealthRow.__table__.c.probe_until
        statement = insert.on_conflict_do_update(
            index_elements=["key"], set_=taken, where=or_(free.is_(None), free <= now_micros())
        ).returning(RouteHealthRow.key)
        with self._database.writing(durable=False) as session:
            return session.execute(statement).first() is not None
