"""Puts the passages of a document that was read again in the place of the old ones, in the caller's transaction."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from writer.domain.revisions import Held, Revision, revised
from writer.domain.sources import NewPassage, passage_id
from writer.storage.database import Database
from writer.storage.job_rows import QUIET
from writer.storage.rows import PassageRow, SourceRow, VectorRow
from writer.storage.source_rows import AT_ONCE, passage_values


@dataclass(frozen=True, slots=True)
class Plan:
    """A revision, and what it was made from."""

    held: list[Held]
    last: int
    revision: Revision


def planned(session: Session, source_id: int, passages: Sequence[NewPassage]) -> Plan:
    """To be made before the transaction: comparing a long document with itself takes a second."""
    last = session.scalar(select(SourceRow.last_passage).where(SourceRow.id == source_id)) or 0
    return _plan(_held(session, source_id), last, _in_order(passages))


def rewrite_passages(
    database: Database, session: Session, source: SourceRow, passages: Sequence[NewPassage], ahead: Plan
) -> int:
    """The highest number that a passage of this source ever had. Vectors go with what was edited or is gone."""
    new = _in_order(passages)
    held = _held(session, source.id)
    if not held and not source.last_passage:
        _insert(database, session, [passage_values(source, one, one.ordinal, one.ordinal) for one in new])
        return max((passage.ordinal for passage in new), default=0)
    still_true = (ahead.held, ahead.last) == (held, source.last_passage)
    plan = (ahead if still_true else _plan(held, source.last_passage, new)).revision
    rows = [
        passage_values(source, passage, number, place)
        for place, (number, passage) in enumerate(zip(plan.numbers, new, strict=True), start=1)
    ]
    known = {passage_id(source.id, number) for number in plan.kept | plan.changed}
    for some in _in_parts(source.id, plan.gone):
        session.execute(delete(PassageRow).where(PassageRow.id.in_(some)), execution_options=QUIET)
    for some in _in_parts(source.id, plan.changed):
        session.execute(delete(VectorRow).where(VectorRow.passage_id.in_(some)), execution_options=QUIET)
    _move(session, source.id, [row for row in rows if row["id"] in known])
    _insert(database, session, [row for row in rows if row["id"] not in known])
    return max([source.last_passage, *(passage.number for passage in held), *plan.numbers])


def _plan(held: list[Held], last: int, new: Sequence[NewPassage]) -> Plan:
    highest = max([last, *(passage.number for passage in held)])
    return Plan(held, last, revised(held, new, highest))


def _in_order(passages: Sequence[NewPassage]) -> list[NewPassage]:
    return sorted(passages, key=lambda passage: passage.ordinal)


def _held(session: Session, source_id: int) -> list[Held]:
    columns = (PassageRow.id, PassageRow.digest, PassageRow.heading_path, PassageRow.text)
    wanted = select(*columns).where(PassageRow.source_id == source_id).order_by(PassageRow.ordinal)
    return [
        Held(int(row.id.rpartition("p")[2]), row.digest, tuple(row.heading_path), row.text)
        for row in session.execute(wanted)
    ]


def _move(session: Session, source_id: int, rows: Sequence[dict[str, object]]) -> None:
    """Out of each other's places first: two passages may not have the same one even for a moment."""
    aside = update(PassageRow).where(PassageRow.source_id == source_id).values(ordinal=-PassageRow.ordinal)
    session.execute(aside, execution_options=QUIET)
    if rows:
        table = PassageRow.__table__
        names = [name for name in rows[0] if name not in ("id", "source_id", "owner_id")]
        values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
        statement = update(PassageRow.__table__).where(table.c.id == bindparam("old_id")).values(values)  # type: ignore[arg-type]  # sqlalchemy types it as a selectable
        session.connection().execute(
            statement, [{f"new_{name}": row[name] for name in names} | {"old_id": row["id"]} for row in rows]
        )


def _insert(database: Database, session: Session, rows: Sequence[dict[str, object]]) -> None:
    if rows:
        session.execute(database.inserting(PassageRow), rows)


def _in_parts(source_id: int, numbers: Collection[int]) -> Iterator[list[str]]:
    ids = [passage_id(source_id, number) for number in sorted(numbers)]
    yield from (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
