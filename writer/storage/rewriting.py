"""Puts the passages of a document that was read again in the place of the old ones, in the caller's transaction."""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from writer.domain.revisions import Held, revised
from writer.domain.sources import NewPassage, passage_id
from writer.storage.database import Database
from writer.storage.job_rows import QUIET
from writer.storage.rows import PassageRow, SourceRow, VectorRow
from writer.storage.source_rows import AT_ONCE, passage_values


def rewrite_passages(database: Database, session: Session, source: SourceRow, passages: Sequence[NewPassage]) -> int:
    """The highest number that a passage of this source ever had. Vectors go with what was edited or is gone."""
    new = sorted(passages, key=lambda passage: passage.ordinal)
    held = _held(session, source.id)
    if not held and not source.last_passage:
        rows = [passage_values(source, passage, passage.ordinal, passage.ordinal) for passage in new]
        _insert(database, session, rows)
        return max((passage.ordinal for passage in new), default=0)
    last = max([source.last_passage, *(passage.number for passage in held)])
    plan = revised(held, new, last)
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
    return max([last, *plan.numbers])


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
