"""Sources, passages and vectors as rows. Deleting a source deletes what came of it, and tells the indexes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, select, update
from sqlalchemy.orm import Session

from writer.domain.drafts import count_words
from writer.domain.errors import NotFound
from writer.domain.ports.sources import SourceChange
from writer.domain.scopes import EVERYTHING, Scope
from writer.domain.sources import Document, NewPassage, NewSource, Passage, Source, SourceState, Tally
from writer.storage import scoping
from writer.storage.collections import join_new
from writer.storage.job_rows import QUIET
from writer.storage.passage_vectors import VectorRows, tell
from writer.storage.rewriting import planned, rewrite_passages
from writer.storage.rows import PassageRow, SourceChangeRow, SourceRow, SourceTagRow
from writer.storage.rows.base import now_micros
from writer.storage.source_rows import (
    AT_ONCE,
    NO_SOURCE,
    passages_of,
    reading_order,
    source_from,
    tags_of,
    version_values,
)


class Sources(VectorRows):
    def add(self, owner_id: str, new: NewSource) -> Source:
        row = SourceRow(
            owner_id=owner_id,
            title=new.title,
            titled=False,
            created_at=now_micros(),
            retrieved_at=now_micros() if new.url else None,
            authors=new.authors,
            published=new.published,
            licence=new.licence,
            words=0,
            pages=0,
            passages=0,
            revision=1,
            last_passage=0,
            language="",
            **version_values(new),
        )
        with self._database.writing() as session:
            session.add(row)
            session.flush()
            session.refresh(row)
            if new.collection_id is not None:
                join_new(session, owner_id, row.id, new.collection_id)
            return source_from(row)

    def get(self, source_id: int) -> Source:
        with self._database.reading() as session:
            row = session.get(SourceRow, source_id)
            if row is None:
                raise NotFound(NO_SOURCE)
            return source_from(row, tags_of(session, SourceTagRow.source_id == source_id).get(source_id, ()))

    def by_digest(self, owner_id: str, digest: str) -> Source | None:
        return self._first(SourceRow.owner_id == owner_id, SourceRow.digest == digest)

    def by_origin(self, owner_id: str, origin: str) -> Source | None:
        return self._first(SourceRow.owner_id == owner_id, SourceRow.origin == origin) if origin else None

    def by_canonical_url(self, owner_id: str, url: str) -> Source | None:
        return self._first(SourceRow.owner_id == owner_id, SourceRow.canonical_url == url) if url else None

    def below_origin(self, owner_id: str, start: str) -> dict[str, Source]:
        here = SourceRow.origin.startswith(start, autoescape=True)
        wanted = select(SourceRow).where(SourceRow.owner_id == owner_id, here).order_by(SourceRow.id.desc())
        with self._database.reading() as session:
            return {row.origin: source_from(row) for row in session.scalars(wanted)}

    def renew(self, source_id: int, new: NewSource) -> str:
        with self._database.writing() as session:
            source = session.get(SourceRow, source_id, with_for_update=True)
            if source is None:
                raise NotFound(NO_SOURCE)
            old_blob = source.blob
            retrieved = {"retrieved_at": now_micros()} if new.url else {}
            _change(session, source_id, **version_values(new), **retrieved, revision=source.revision + 1)
            return old_blob

    def set_stamp(self, source_id: int, stamp: str) -> None:
        with self._database.writing() as session:
            retrieved = case((SourceRow.url != "", now_micros()), else_=SourceRow.retrieved_at)
            _change(session, source_id, stamp=stamp, retrieved_at=retrieved)

    def listing(
        self, owner_id: str, limit: int | None = None, offset: int = 0, within: Scope = EVERYTHING
    ) -> list[Source]:
        wanted = select(SourceRow).where(*scoping.within(owner_id, within)).order_by(SourceRow.id.desc())
        with self._database.reading() as session:
            rows = list(session.scalars(wanted.limit(limit).offset(offset)))
            some = SourceTagRow.source_id.in_([row.id for row in rows]) if limit else SourceTagRow.owner_id == owner_id
            tags = tags_of(session, some)
            return [source_from(row, tags.get(row.id, ())) for row in rows]

    def tally(self, owner_id: str, within: Scope = EVERYTHING) -> Tally:
        at_work = SourceRow.state.not_in([state.value for state in SourceState if state.is_settled])
        counts = (
            func.count(),
            func.coalesce(func.sum(SourceRow.passages), 0),
            func.coalesce(func.sum(case((at_work, 1), else_=0)), 0),
            func.coalesce(func.sum(case((SourceRow.origin.startswith("http"), 1), else_=0)), 0),
        )
        with self._database.reading() as session:
            row = session.execute(select(*counts).where(*scoping.within(owner_id, within))).one()
            return Tally(*map(int, row))

    def ready_ids(self, owner_id: str) -> list[int]:
        wanted = select(SourceRow.id).where(SourceRow.owner_id == owner_id, SourceRow.state == SourceState.READY.value)
        with self._database.reading() as session:
            return list(session.scalars(wanted.order_by(SourceRow.id)))

    def in_scope(self, owner_id: str, scope: Scope) -> list[int]:
        with self._database.reading() as session:
            return list(session.scalars(scoping.ready_in_scope(owner_id, scope)))

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
        facts = {
            "authors": document.authors,
            "published": document.published,
            "title": document.title,
            "language": document.language,
        }
        stated: dict[str, Any] = {name: value for name, value in facts.items() if value}
        with self._database.reading() as session:
            ahead = planned(session, source_id, passages)
        with self._database.writing() as session:
            source = session.get(SourceRow, source_id, with_for_update=True)
            if source is None:
                raise NotFound(NO_SOURCE)
            if source.titled:  # a person's title outranks the file's
                stated.pop("title", None)
            if document.canonical_url and not source.url:  # a saved page that says where it is from
                stated["url"] = document.canonical_url
            stated["last_passage"] = rewrite_passages(self._database, session, source, passages, ahead)
            counts = {"words": count_words(document.text), "pages": document.pages, "passages": len(passages)}
            _change(session, source_id, **stated, **counts)
            tell(self._database, session, source.owner_id, source_id, "put")

    def passages(self, source_id: int) -> list[Passage]:
        with self._database.reading() as session:
            return passages_of(session, reading_order().where(PassageRow.source_id == source_id))

    def passages_by_id(self, owner_id: str, ids: Sequence[str]) -> dict[str, Passage]:
        wanted = list(dict.fromkeys(ids))
        found: dict[str, Passage] = {}
        with self._database.reading() as session:
            for start in range(0, len(wanted), AT_ONCE):
                some = wanted[start : start + AT_ONCE]
                statement = reading_order().where(PassageRow.owner_id == owner_id, PassageRow.id.in_(some))
                found |= {passage.id: passage for passage in passages_of(session, statement)}
        return {id_: found[id_] for id_ in wanted if id_ in found}

    def delete(self, source_id: int) -> None:
        with self._database.writing() as session:
            statement = delete(SourceRow).where(SourceRow.id == source_id).returning(SourceRow.owner_id)
            owner = session.execute(statement, execution_options=QUIET).scalar()
            if owner is None:
                raise NotFound(NO_SOURCE)
            tell(self._database, session, owner, source_id, "delete")

    def changes(self, after: int, limit: int = 1000) -> list[SourceChange]:
        wanted = select(SourceChangeRow).where(SourceChangeRow.number > after)
        with self._database.reading() as session:
            rows = session.scalars(wanted.order_by(SourceChangeRow.number).limit(limit))
            return [SourceChange(row.number, row.source_id, row.action) for row in rows]

    def last_change(self) -> int:
        with self._database.reading() as session:
            return session.scalar(select(func.max(SourceChangeRow.number))) or 0

    def _first(self, *where: ColumnElement[bool]) -> Source | None:
        with self._database.reading() as session:
            row = session.scalar(select(SourceRow).where(*where).order_by(SourceRow.id).limit(1))
            return source_from(row) if row else None


def _change(session: Session, source_id: int, **values: Any) -> None:
    statement = update(SourceRow).where(SourceRow.id == source_id).values(**values).returning(SourceRow.id)
    if session.execute(statement, execution_options=QUIET).first() is None:
        raise NotFound(NO_SOURCE)
