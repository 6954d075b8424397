"""The calls themselves, newest first, a page at a time."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, select, tuple_, type_coerce

from writer.domain.analytics import CallPage, Filter
from writer.domain.errors import UserMistake
from writer.domain.usage import UsageEvent
from writer.storage.database import Database
from writer.storage.rows import UsageRow
from writer.storage.usage import event_of
from writer.storage.usage_asked import matching_calls

_PAGE = 1_000
_AT = type_coerce(UsageRow.at, BigInteger)


def page_of_calls(database: Database, owner_id: str, wanted: Filter, cursor: str, limit: int) -> CallPage:
    conditions: list[Any] = matching_calls(owner_id, wanted)
    if cursor:
        conditions.append(tuple_(_AT, UsageRow.id) < tuple_(*_place(cursor)))
    asked = select(UsageRow).where(*conditions).order_by(UsageRow.at.desc(), UsageRow.id.desc()).limit(limit + 1)
    with database.reading() as session:
        rows = session.scalars(asked).all()
    calls = tuple(event_of(row) for row in rows[:limit])
    return CallPage(calls, _cursor(calls[-1]) if len(rows) > limit else "")


def every_call(database: Database, owner_id: str, wanted: Filter) -> Iterator[UsageEvent]:
    cursor, more = "", True
    while more:
        page = page_of_calls(database, owner_id, wanted, cursor, _PAGE)
        yield from page.calls
        cursor, more = page.cursor, bool(page.cursor)


def _cursor(call: UsageEvent) -> str:
    return f"{int(call.at.timestamp() * 1_000_000 + 0.5)}.{call.id}"


def _place(cursor: str) -> tuple[int, str]:
    at, _, id_ = cursor.partition(".")
    if not (at.isascii() and at.isdigit() and len(at) < 19 and id_):
        raise UserMistake("This cursor does not go on from any page. Ask for the first page again.")
    return int(at), id_
