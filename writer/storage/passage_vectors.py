"""Vectors of passages as rows, and the feed that tells the indexes of them."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from writer.domain.ports.sources import StoredModel, StoredVector
from writer.domain.sources import Passage
from writer.storage.database import Database
from writer.storage.job_rows import QUIET
from writer.storage.rows import CounterRow, PassageRow, SourceChangeRow, VectorRow
from writer.storage.source_rows import AT_ONCE, owners_of, passages_of, reading_order, vector_values

_FEED = "source_changes"


class VectorRows:
    """The half of a SourceStore that keeps vectors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def without_vector(self, source_id: int, model: str) -> list[Passage]:
        has = select(VectorRow.passage_id).where(VectorRow.source_id == source_id, VectorRow.model == model)
        missing = reading_order().where(PassageRow.source_id == source_id, PassageRow.id.not_in(has))
        with self._database.reading() as session:
            return passages_of(session, missing)

    def put_vectors(self, model: str, vectors: Sequence[StoredVector]) -> None:
        """NotFound when a source or passage was deleted meanwhile; then none of them is stored."""
        if not vectors:
            return
        with self._database.writing() as session:
            owners = owners_of(session, {vector.source_id for vector in vectors})
            rows = [vector_values(model, vector, owners) for vector in vectors]
            insert = self._database.inserting(VectorRow)
            changed = {"vector": insert.excluded.vector, "digest": insert.excluded.digest}
            session.execute(insert.on_conflict_do_update(index_elements=["passage_id", "model"], set_=changed), rows)
            for source_id in sorted(owners):
                tell(self._database, session, owners[source_id], source_id, "vectors")

    def vectors(self, model: str, source_ids: Sequence[int] | None = None) -> list[StoredVector]:
        statement = (
            select(VectorRow.passage_id, VectorRow.source_id, VectorRow.vector)
            .join(PassageRow, PassageRow.id == VectorRow.passage_id)
            .where(VectorRow.model == model)
            .order_by(PassageRow.source_id, PassageRow.ordinal)
        )
        with self._database.reading() as session:
            if source_ids is None:
                return [StoredVector(*row) for row in session.execute(statement)]
            found: list[StoredVector] = []
            wanted = sorted(set(source_ids))
            for start in range(0, len(wanted), AT_ONCE):
                some = statement.where(VectorRow.source_id.in_(wanted[start : start + AT_ONCE]))
                found += [StoredVector(*row) for row in session.execute(some)]
            return found

    def vectors_by_id(self, model: str, passage_ids: Sequence[str]) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        wanted = select(VectorRow.passage_id, VectorRow.vector).where(VectorRow.model == model)
        with self._database.reading() as session:
            for start in range(0, len(passage_ids), AT_ONCE):
                some = wanted.where(VectorRow.passage_id.in_(passage_ids[start : start + AT_ONCE]))
                found |= {row.passage_id: row.vector for row in session.execute(some)}
        return found

    def vectors_of_texts(self, owner_id: str, model: str, digests: Sequence[str]) -> dict[str, bytes]:
        wanted = sorted(set(filter(None, digests)))
        found: dict[str, bytes] = {}
        with self._database.reading() as session:
            for start in range(0, len(wanted), AT_ONCE):
                some = VectorRow.digest.in_(wanted[start : start + AT_ONCE])
                mine = (VectorRow.owner_id == owner_id, VectorRow.model == model, some)
                found |= {
                    row.digest: row.vector
                    for row in session.execute(select(VectorRow.digest, VectorRow.vector).where(*mine))
                }
        return found

    def lacking(self, model: str) -> list[int]:
        has = select(VectorRow.passage_id).where(VectorRow.passage_id == PassageRow.id, VectorRow.model == model)
        wanted = select(PassageRow.source_id).where(~has.exists()).distinct().order_by(PassageRow.source_id)
        with self._database.reading() as session:
            return list(session.scalars(wanted))

    def stored_models(self) -> list[StoredModel]:
        count = func.count()
        room = func.sum(func.length(VectorRow.vector))
        wanted = select(VectorRow.model, count, room).group_by(VectorRow.model).order_by(count.desc(), VectorRow.model)
        with self._database.reading() as session:
            return [StoredModel(model, vectors, int(size)) for model, vectors, size in session.execute(wanted)]

    def drop_vectors(self, model: str) -> None:
        with self._database.writing() as session:
            session.execute(delete(VectorRow).where(VectorRow.model == model), execution_options=QUIET)

    def ids_with_vectors(self, model: str) -> list[int]:
        with self._database.reading() as session:
            return list(session.scalars(select(VectorRow.source_id).where(VectorRow.model == model).distinct()))

    def counts(self, model: str) -> tuple[int, int]:
        with self._database.reading() as session:
            passages = session.scalar(select(func.count()).select_from(PassageRow))
            vectors = session.scalar(select(func.count()).select_from(VectorRow).where(VectorRow.model == model))
            return passages or 0, vectors or 0


def tell(database: Database, session: Session, owner_id: str, source_id: int, action: str) -> None:
    """The counter's row stays locked until the commit, so numbers become visible in their order."""
    insert = database.inserting(CounterRow).values(name=_FEED, value=1)
    raised = insert.on_conflict_do_update(
        index_elements=["name"], set_={"value": CounterRow.__table__.c.value + 1}
    ).returning(CounterRow.value)
    number = session.execute(raised).scalar_one()
    session.execute(
        database.inserting(SourceChangeRow).values(number=number, owner_id=owner_id, source_id=source_id, action=action)
    )
