"""Sources, passages and vectors as rows. Deleting a source deletes what came of it, and tells the indexes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from writer.domain.drafts import count_words
from writer.domain.errors import NotFound
from writer.domain.ports.sources import SourceChange, StoredVector
from writer.domain.sources import Document, NewPassage, NewSource, Passage, Source, SourceState, passage_id
from writer.storage.database import Database
from writer.storage.job_rows import QUIET
from writer.storage.rows import CounterRow, PassageRow, SourceChangeRow, SourceRow, VectorRow
from writer.storage.rows.base import now_micros

NO_SOURCE = "There is no such source."
_FEED = "source_changes"
_AT_ONCE = 500  # ids in one statement: SQLite allows 32,766 parameters, and long statements compile slowly


class Sources:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, owner_id: str, new: NewSource) -> Source:
        row = SourceRow(
            owner_id=owner_id,
            kind=new.kind,
            title=new.title,
            titled=False,
            filename=new.filename,
            digest=new.digest,
            state=SourceState.QUEUED.value,
            created_at=now_micros(),
            authors=new.authors,
            published=new.published,
            url=new.url,
            licence=new.licence,
            words=0,
            pages=0,
            passages=0,
            note="",
            blob=new.blob,
        )
        with self._database.writing() as session:
            session.add(row)
            session.flush()
            session.refresh(row)
            return _source(row)

    def get(self, source_id: int) -> Source:
        with self._database.reading() as session:
            row = session.get(SourceRow, source_id)
            if row is None:
                raise NotFound(NO_SOURCE)
            return _source(row)

    def by_digest(self, owner_id: str, digest: str) -> Source | None:
        wanted = select(SourceRow).where(SourceRow.owner_id == owner_id, SourceRow.digest == digest)
        with self._database.reading() as session:
            row = session.scalar(wanted.order_by(SourceRow.id).limit(1))
            return _source(row) if row else None

    def listing(self, owner_id: str) -> list[Source]:
        with self._database.reading() as session:
            rows = session.scalars(
                select(SourceRow).where(SourceRow.owner_id == owner_id).order_by(SourceRow.id.desc())
            )
            return [_source(row) for row in rows]

    def ready_ids(self, owner_id: str) -> list[int]:
        wanted = select(SourceRow.id).where(SourceRow.owner_id == owner_id, SourceRow.state == SourceState.READY.value)
        with self._database.reading() as session:
            return list(session.scalars(wanted.order_by(SourceRow.id)))

    def queued_ids(self) -> list[int]:
        with self._database.reading() as session:
            queued = select(SourceRow.id).where(SourceRow.state == SourceState.QUEUED.value).order_by(SourceRow.id)
            return list(session.scalars(queued))

    def all_ids(self) -> list[int]:
        with self._database.reading() as session:
            return list(session.scalars(select(SourceRow.id).order_by(SourceRow.id)))

    def set_state(self, source_id: int, state: SourceState, note: str = "") -> None:
        with self._database.writing() as session:
            _change(session, source_id, state=state.value, note=note)

    def set_title(self, source_id: int, title: str) -> None:
        with self._database.writing() as session:
            _change(session, source_id, title=title, titled=True)

    def put_document(self, source_id: int, document: Document, passages: Sequence[NewPassage]) -> None:
        facts = {"authors": document.authors, "published": document.published, "title": document.title}
        stated = {name: value for name, value in facts.items() if value}
        with self._database.writing() as session:
            source = session.get(SourceRow, source_id, with_for_update=True)
            if source is None:
                raise NotFound(NO_SOURCE)
            if source.titled:  # a person's title outranks the file's
                stated.pop("title", None)
            counts = {"words": count_words(document.text), "pages": document.pages, "passages": len(passages)}
            _change(session, source_id, **stated, **counts)
            session.execute(delete(PassageRow).where(PassageRow.source_id == source_id), execution_options=QUIET)
            if passages:
                rows = [_passage_values(source, passage) for passage in passages]
                session.execute(self._database.inserting(PassageRow), rows)
            self._tell(session, source.owner_id, source_id, "put")

    def passages(self, source_id: int) -> list[Passage]:
        with self._database.reading() as session:
            return _passages(session, _reading_order().where(PassageRow.source_id == source_id))

    def passages_by_id(self, owner_id: str, ids: Sequence[str]) -> dict[str, Passage]:
        wanted = list(dict.fromkeys(ids))
        found: dict[str, Passage] = {}
        with self._database.reading() as session:
            for start in range(0, len(wanted), _AT_ONCE):
                some = wanted[start : start + _AT_ONCE]
                statement = _reading_order().where(PassageRow.owner_id == owner_id, PassageRow.id.in_(some))
                found |= {passage.id: passage for passage in _passages(session, statement)}
        return {id_: found[id_] for id_ in wanted if id_ in found}

    def without_vector(self, source_id: int, model: str) -> list[Passage]:
        has = select(VectorRow.passage_id).where(VectorRow.source_id == source_id, VectorRow.model == model)
        missing = _reading_order().where(PassageRow.source_id == source_id, PassageRow.id.not_in(has))
        with self._database.reading() as session:
            return _passages(session, missing)

    def put_vectors(self, model: str, vectors: Sequence[StoredVector]) -> None:
        """NotFound when a source or passage was deleted meanwhile; then none of them is stored."""
        if not vectors:
            return
        with self._database.writing() as session:
            owners = _owners(session, {vector.source_id for vector in vectors})
            rows = [_vector_values(model, vector, owners) for vector in vectors]
            insert = self._database.inserting(VectorRow)
            changed = {"vector": insert.excluded.vector}
            session.execute(insert.on_conflict_do_update(index_elements=["passage_id", "model"], set_=changed), rows)
            for source_id in sorted(owners):
                self._tell(session, owners[source_id], source_id, "put")

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
            for start in range(0, len(wanted), _AT_ONCE):
                some = statement.where(VectorRow.source_id.in_(wanted[start : start + _AT_ONCE]))
                found += [StoredVector(*row) for row in session.execute(some)]
            return found

    def counts(self, model: str) -> tuple[int, int]:
        with self._database.reading() as session:
            passages = session.scalar(select(func.count()).select_from(PassageRow))
            vectors = session.scalar(select(func.count()).select_from(VectorRow).where(VectorRow.model == model))
            return passages or 0, vectors or 0

    def delete(self, source_id: int) -> None:
        with self._database.writing() as session:
            statement = delete(SourceRow).where(SourceRow.id == source_id).returning(SourceRow.owner_id)
            owner = session.execute(statement, execution_options=QUIET).scalar()
            if owner is None:
                raise NotFound(NO_SOURCE)
            self._tell(session, owner, source_id, "delete")

    def changes(self, after: int, limit: int = 1000) -> list[SourceChange]:
        wanted = select(SourceChangeRow).where(SourceChangeRow.number > after)
        with self._database.reading() as session:
            rows = session.scalars(wanted.order_by(SourceChangeRow.number).limit(limit))
            return [SourceChange(row.number, row.source_id, row.action) for row in rows]

    def last_change(self) -> int:
        with self._database.reading() as session:
            return session.scalar(select(func.max(SourceChangeRow.number))) or 0

    def _tell(self, session: Session, owner_id: str, source_id: int, action: str) -> None:
        """The counter's row stays locked until the commit, so numbers become visible in their order."""
        insert = self._database.inserting(CounterRow).values(name=_FEED, value=1)
        raised = insert.on_conflict_do_update(
            index_elements=["name"], set_={"value": CounterRow.__table__.c.value + 1}
        ).returning(CounterRow.value)
        number = session.execute(raised).scalar_one()
        session.execute(
            self._database.inserting(SourceChangeRow).values(
                number=number, owner_id=owner_id, source_id=source_id, action=action
            )
        )


def _change(session: Session, source_id: int, **values: Any) -> None:
    statement = update(SourceRow).where(SourceRow.id == source_id).values(**values).returning(SourceRow.id)
    if session.execute(statement, execution_options=QUIET).first() is None:
        raise NotFound(NO_SOURCE)


def _owners(session: Session, source_ids: set[int]) -> dict[int, str]:
    rows = session.execute(select(SourceRow.id, SourceRow.owner_id).where(SourceRow.id.in_(source_ids)))
    owners = {row.id: row.owner_id for row in rows}
    if owners.keys() != source_ids:
        raise NotFound(NO_SOURCE)
    return owners


def _reading_order() -> Select[PassageRow, str, str]:
    return (
        select(PassageRow, SourceRow.title, SourceRow.published)
        .join(SourceRow, SourceRow.id == PassageRow.source_id)
        .order_by(PassageRow.source_id, PassageRow.ordinal)
    )


def _passages(session: Session, statement: Select[PassageRow, str, str]) -> list[Passage]:
    return [_passage(row, title, published) for row, title, published in session.execute(statement)]


def _passage(row: PassageRow, title: str, published: str) -> Passage:
    return Passage(
        id=row.id,
        source_id=row.source_id,
        source_title=title,
        ordinal=row.ordinal,
        text=row.text,
        heading_path=tuple(row.heading_path),
        page=row.page,
        start=row.start,
        end=row.end,
        digest=row.digest,
        published=published,
    )


def _passage_values(source: SourceRow, passage: NewPassage) -> dict[str, Any]:
    return {
        "id": passage_id(source.id, passage.ordinal),
        "source_id": source.id,
        "owner_id": source.owner_id,
        "ordinal": passage.ordinal,
        "page": passage.page,
        "start": passage.start,
        "end": passage.end,
        "digest": passage.digest,
        "heading_path": list(passage.heading_path),
        "text": passage.text,
    }


def _vector_values(model: str, vector: StoredVector, owners: dict[int, str]) -> dict[str, Any]:
    return {
        "passage_id": vector.passage_id,
        "model": model,
        "owner_id": owners[vector.source_id],
        "source_id": vector.source_id,
        "vector": vector.vector,
    }


def _source(row: SourceRow) -> Source:
    return Source(
        id=row.id,
        owner_id=row.owner_id,
        kind=row.kind,
        title=row.title,
        filename=row.filename,
        digest=row.digest,
        state=SourceState(row.state),
        created_at=row.created_at,
        authors=row.authors,
        published=row.published,
        url=row.url,
        licence=row.licence,
        words=row.words,
        pages=row.pages,
        passages=row.passages,
        note=row.note,
        blob=row.blob,
    )
