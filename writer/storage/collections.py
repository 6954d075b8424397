"""Collections, their members, and tags as rows."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, select, type_coerce, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from writer.domain.collections import Collection, Cut
from writer.domain.errors import NotFound, UserMistake
from writer.domain.ports.collections import Recut
from writer.storage.database import Database
from writer.storage.job_rows import QUIET
from writer.storage.outcomes import add_job
from writer.storage.rows import CollectionRow, MemberRow, SourceRow, SourceTagRow
from writer.storage.rows.base import Instant, now_micros
from writer.storage.source_rows import AT_ONCE

NO_COLLECTION = "There is no such collection."
_BY_JOINING = (MemberRow.joined_at, MemberRow.collection_id)


class Collections:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, owner_id: str, name: str, description: str = "", cut: Cut | None = None) -> Collection:
        cut = cut or Cut()
        insert = self._database.inserting(CollectionRow).values(
            owner_id=owner_id,
            name=name,
            folded=folded(name),
            description=description,
            tokens=cut.tokens,
            overlap=cut.overlap,
            created_at=now_micros(),
        )
        new = insert.on_conflict_do_nothing(index_elements=["owner_id", "folded"]).returning(CollectionRow.id)
        with self._database.writing() as session:
            added = session.execute(new).scalar()
            if added is None:
                raise UserMistake(_taken(name))
            return _one(session, CollectionRow.id == added)

    def get(self, collection_id: int) -> Collection:
        with self._database.reading() as session:
            return _one(session, CollectionRow.id == collection_id)

    def by_name(self, owner_id: str, name: str) -> Collection | None:
        named = (CollectionRow.owner_id == owner_id, CollectionRow.folded == folded(name))
        with self._database.reading() as session:
            return next(iter(_counted(session, *named)), None)

    def listing(self, owner_id: str) -> list[Collection]:
        with self._database.reading() as session:
            return sorted(_counted(session, CollectionRow.owner_id == owner_id), key=lambda one: folded(one.name))

    def change(
        self,
        collection_id: int,
        *,
        name: str | None = None,
        description: str | None = None,
        cut: Cut | None = None,
        recut: Recut | None = None,
    ) -> Collection:
        values: dict[str, Any] = {"name": name, "folded": folded(name)} if name is not None else {}
        values |= {"description": description} if description is not None else {}
        values |= {"tokens": cut.tokens, "overlap": cut.overlap} if cut is not None else {}
        with self._database.writing() as session:
            before = _one(session, CollectionRow.id == collection_id)
            if name is not None and _is_taken(session, before, name):
                raise UserMistake(_taken(name))
            if values:
                statement = update(CollectionRow).where(CollectionRow.id == collection_id).values(**values)
                with self._recut(session, _members(session, collection_id), recut):
                    _run_with_free_name(session, statement, name or before.name)
            return _one(session, CollectionRow.id == collection_id)

    def delete(self, collection_id: int, recut: Recut | None = None) -> None:
        statement = delete(CollectionRow).where(CollectionRow.id == collection_id).returning(CollectionRow.id)
        with (
            self._database.writing() as session,
            self._recut(session, _members(session, collection_id), recut),
        ):
            if session.execute(statement, execution_options=QUIET).first() is None:
                raise NotFound(NO_COLLECTION)

    def join(self, collection_id: int, source_ids: Sequence[int], recut: Recut | None = None) -> int:
        with self._database.writing() as session, self._recut(session, source_ids, recut):
            owner = _one(session, CollectionRow.id == collection_id).owner_id
            before = _size(session, collection_id)
            for some in _owned(session, owner, source_ids):
                rows = [{"collection_id": collection_id, "source_id": id_, "owner_id": owner} for id_ in some]
                insert = self._database.inserting(MemberRow).values(joined_at=after_all_others(session, owner))
                session.execute(insert.on_conflict_do_nothing(), rows)
            return _size(session, collection_id) - before

    def leave(self, collection_id: int, source_ids: Sequence[int], recut: Recut | None = None) -> int:
        with self._database.writing() as session, self._recut(session, source_ids, recut):
            before = _size(session, collection_id)
            for some in _in_parts(source_ids):
                mine = (MemberRow.collection_id == collection_id, MemberRow.source_id.in_(some))
                session.execute(delete(MemberRow).where(*mine), execution_options=QUIET)
            return before - _size(session, collection_id)

    def members(self, collection_id: int) -> list[int]:
        with self._database.reading() as session:
            return _members(session, collection_id)

    def of_source(self, source_id: int) -> list[Collection]:
        joined = select(MemberRow.collection_id).where(MemberRow.source_id == source_id).order_by(*_BY_JOINING)
        with self._database.reading() as session:
            ids = list(session.scalars(joined))
            return sorted(_counted(session, CollectionRow.id.in_(ids)), key=lambda one: ids.index(one.id))

    def merge(self, from_id: int, into_id: int, recut: Recut | None = None) -> None:
        with self._database.writing() as session, self._recut(session, _members(session, from_id), recut):
            for id_ in (from_id, into_id):
                _one(session, CollectionRow.id == id_)
            moving = select(MemberRow.source_id, MemberRow.owner_id, MemberRow.joined_at)
            rows = [
                {"collection_id": into_id, "source_id": row.source_id, "owner_id": row.owner_id, "at": row.joined_at}
                for row in session.execute(moving.where(MemberRow.collection_id == from_id))
            ]
            for row in rows:
                self._move(session, row)
            session.execute(delete(CollectionRow).where(CollectionRow.id == from_id), execution_options=QUIET)

    def cuts(self, source_ids: Sequence[int]) -> dict[int, Cut]:
        with self._database.reading() as session:
            return _cuts(session, source_ids)

    def tag(self, owner_id: str, source_ids: Sequence[int], tags: Sequence[str]) -> None:
        with self._database.writing() as session:
            self._tag(session, owner_id, source_ids, tags)

    def untag(self, owner_id: str, source_ids: Sequence[int], tags: Sequence[str]) -> None:
        with self._database.writing() as session:
            _untag(session, owner_id, source_ids, SourceTagRow.tag.in_(list(tags)))

    def set_tags(self, owner_id: str, source_ids: Sequence[int], tags: Sequence[str]) -> None:
        with self._database.writing() as session:
            _untag(session, owner_id, source_ids, SourceTagRow.tag.not_in(list(tags)))
            self._tag(session, owner_id, source_ids, tags)

    def tags(self, owner_id: str) -> dict[str, int]:
        counted = select(SourceTagRow.tag, func.count()).where(SourceTagRow.owner_id == owner_id)
        with self._database.reading() as session:
            return dict(sorted((tag, number) for tag, number in session.execute(counted.group_by(SourceTagRow.tag))))

    @contextmanager
    def _recut(self, session: Session, source_ids: Sequence[int], recut: Recut | None) -> Iterator[None]:
        """Around a change, in its transaction: the job for what is cut otherwise by it."""
        before = _cuts(session, source_ids) if recut else {}
        yield
        now = _cuts(session, source_ids) if recut else {}
        whole = {id_: before.get(id_, Cut()) for id_ in {**before, **now}}
        job = recut(whole, {id_: now.get(id_, Cut()) for id_ in whole}) if recut else None
        if job:
            add_job(self._database, session, job)

    def _move(self, session: Session, row: dict[str, Any]) -> None:
        values = {"joined_at" if name == "at" else name: value for name, value in row.items()}
        insert = self._database.inserting(MemberRow).values(**values)
        earlier = {"joined_at": insert.excluded.joined_at}
        session.execute(
            insert.on_conflict_do_update(
                index_elements=["collection_id", "source_id"],
                set_=earlier,
                where=MemberRow.joined_at > insert.excluded.joined_at,
            )
        )

    def _tag(self, session: Session, owner_id: str, source_ids: Sequence[int], tags: Sequence[str]) -> None:
        for some in _owned(session, owner_id, source_ids):
            rows = [{"source_id": id_, "tag": tag, "owner_id": owner_id} for id_ in some for tag in tags]
            if rows:
                session.execute(self._database.inserting(SourceTagRow).on_conflict_do_nothing(), rows)


def join_new(session: Session, owner_id: str, source_id: int, collection_id: int) -> None:
    """A source that is being added joins its owner's collection; one that is not there is passed over."""
    theirs = (CollectionRow.id == collection_id, CollectionRow.owner_id == owner_id)
    if session.scalar(select(CollectionRow.id).where(*theirs)) is not None:
        at = after_all_others(session, owner_id)
        session.add(MemberRow(collection_id=collection_id, source_id=source_id, owner_id=owner_id, joined_at=at))


def after_all_others(session: Session, owner_id: str) -> datetime:
    """Now, and later than whatever joined before: which collection was first must not hang on the clock's grain."""
    last = session.scalar(select(func.max(MemberRow.joined_at)).where(MemberRow.owner_id == owner_id))
    now = session.scalar(select(type_coerce(now_micros(), Instant))) or datetime.now(UTC)
    return max(now, last + timedelta(microseconds=1)) if last else now


def folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _taken(name: str) -> str:
    return f"There is a collection called “{name}” already: choose another name."


def _is_taken(session: Session, before: Collection, name: str) -> bool:
    others = (CollectionRow.owner_id == before.owner_id, CollectionRow.id != before.id)
    return bool(session.scalar(select(exists().where(*others, CollectionRow.folded == folded(name)))))


def _run_with_free_name(session: Session, statement: Any, name: str) -> None:
    """On Postgres somebody may take the name between our look and our write."""
    try:
        session.execute(statement, execution_options=QUIET)
    except IntegrityError as error:
        raise UserMistake(_taken(name)) from error


def _one(session: Session, *where: ColumnElement[bool]) -> Collection:
    found = next(iter(_counted(session, *where)), None)
    if found is None:
        raise NotFound(NO_COLLECTION)
    return found


def _counted(session: Session, *where: ColumnElement[bool]) -> list[Collection]:
    counts = (
        select(
            MemberRow.collection_id,
            func.count().label("sources"),
            func.coalesce(func.sum(SourceRow.passages), 0).label("passages"),
        )
        .join(SourceRow, SourceRow.id == MemberRow.source_id)
        .group_by(MemberRow.collection_id)
        .subquery()
    )
    wanted = (
        select(CollectionRow, counts.c.sources, counts.c.passages)
        .outerjoin(counts, counts.c.collection_id == CollectionRow.id)
        .where(*where)
    )
    return [_collection(row, sources or 0, passages or 0) for row, sources, passages in session.execute(wanted)]


def _collection(row: CollectionRow, sources: int, passages: int) -> Collection:
    return Collection(
        id=row.id,
        owner_id=row.owner_id,
        name=row.name,
        created_at=row.created_at,
        description=row.description,
        cut=Cut(row.tokens, row.overlap),
        sources=sources,
        passages=passages,
    )


def _members(session: Session, collection_id: int) -> list[int]:
    of = MemberRow.collection_id == collection_id
    return list(session.scalars(select(MemberRow.source_id).where(of).order_by(MemberRow.source_id)))


def _cuts(session: Session, source_ids: Sequence[int]) -> dict[int, Cut]:
    found: dict[int, Cut] = {}
    wanted = select(MemberRow.source_id, CollectionRow.tokens, CollectionRow.overlap).join(
        CollectionRow, CollectionRow.id == MemberRow.collection_id
    )
    for some in _in_parts(source_ids):
        for row in session.execute(wanted.where(MemberRow.source_id.in_(some)).order_by(*_BY_JOINING)):
            found.setdefault(row.source_id, Cut(row.tokens, row.overlap))
    return found


def _size(session: Session, collection_id: int) -> int:
    of = MemberRow.collection_id == collection_id
    return session.scalar(select(func.count()).select_from(MemberRow).where(of)) or 0


def _untag(session: Session, owner_id: str, source_ids: Sequence[int], which: ColumnElement[bool]) -> None:
    for some in _in_parts(source_ids):
        mine = (SourceTagRow.owner_id == owner_id, SourceTagRow.source_id.in_(some), which)
        session.execute(delete(SourceTagRow).where(*mine), execution_options=QUIET)


def _owned(session: Session, owner_id: str, source_ids: Sequence[int]) -> Iterator[list[int]]:
    """Those that are there and the owner's, in parts that a statement can hold."""
    for some in _in_parts(source_ids):
        mine = select(SourceRow.id).where(SourceRow.owner_id == owner_id, SourceRow.id.in_(some))
        if found := list(session.scalars(mine.order_by(SourceRow.id))):
            yield found


def _in_parts(source_ids: Sequence[int]) -> Iterator[list[int]]:
    ids = sorted(set(source_ids))
    yield from (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
