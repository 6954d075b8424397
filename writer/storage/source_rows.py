"""Rows of sources and passages to and from domain values."""

from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from writer.domain.errors import NotFound
from writer.domain.ports.sources import StoredVector
from writer.domain.sources import NewPassage, NewSource, Passage, Source, SourceState, passage_id
from writer.storage.rows import PassageRow, SourceRow, SourceTagRow

NO_SOURCE = "There is no such source."
AT_ONCE = 500  # ids in one statement: SQLite allows 32,766 parameters, and long statements compile slowly


def owners_of(session: Session, source_ids: set[int]) -> dict[int, str]:
    rows = session.execute(select(SourceRow.id, SourceRow.owner_id).where(SourceRow.id.in_(source_ids)))
    owners = {row.id: row.owner_id for row in rows}
    if owners.keys() != source_ids:
        raise NotFound(NO_SOURCE)
    return owners


def reading_order() -> Select[*tuple[Any, ...]]:
    """Columns, not rows of the ORM: a search reads hundreds of passages, and those would take four times as long."""
    return (
        select(
            PassageRow.id,
            PassageRow.source_id,
            SourceRow.title,
            PassageRow.ordinal,
            PassageRow.text,
            PassageRow.heading_path,
            PassageRow.page,
            PassageRow.start,
            PassageRow.end,
            PassageRow.digest,
            SourceRow.published,
        )
        .join(SourceRow, SourceRow.id == PassageRow.source_id)
        .order_by(PassageRow.source_id, PassageRow.ordinal)
    )


def passages_of(session: Session, statement: Select[*tuple[Any, ...]]) -> list[Passage]:
    return [_passage(*row) for row in session.execute(statement)]


def _passage(id_: str, source_id: int, title: str, ordinal: int, text: str, headings: list[str], *rest: Any) -> Passage:
    page, start, end, digest, published = rest
    return Passage(id_, source_id, title, ordinal, text, tuple(headings), page, start, end, digest, published)


def passage_values(source: SourceRow, passage: NewPassage, number: int, ordinal: int) -> dict[str, Any]:
    """`number` is that of the id, `ordinal` the place in reading order."""
    return {
        "id": passage_id(source.id, number),
        "source_id": source.id,
        "owner_id": source.owner_id,
        "ordinal": ordinal,
        "page": passage.page,
        "start": passage.start,
        "end": passage.end,
        "digest": passage.digest,
        "heading_path": list(passage.heading_path),
        "text": passage.text,
    }


def vector_values(model: str, vector: StoredVector, owners: dict[int, str]) -> dict[str, Any]:
    return {
        "passage_id": vector.passage_id,
        "model": model,
        "owner_id": owners[vector.source_id],
        "source_id": vector.source_id,
        "digest": vector.digest,
        "vector": vector.vector,
    }


def source_from(row: SourceRow, tags: tuple[str, ...] = ()) -> Source:
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
        origin=row.origin,
        stamp=row.stamp,
        canonical_url=row.canonical_url,
        retrieved_at=row.retrieved_at,
        revision=row.revision,
        language=row.language,
        tags=tags,
    )


def tags_of(session: Session, which: ColumnElement[bool]) -> dict[int, tuple[str, ...]]:
    """By source, in the order of the alphabet."""
    found: dict[int, tuple[str, ...]] = {}
    rows = session.execute(select(SourceTagRow.source_id, SourceTagRow.tag).where(which).order_by(SourceTagRow.tag))
    for source_id, tag in rows:
        found[source_id] = (*found.get(source_id, ()), tag)
    return found


def version_values(new: NewSource) -> dict[str, Any]:
    """What a new version brings with it, the first or a later one."""
    return {
        "kind": new.kind,
        "filename": new.filename,
        "digest": new.digest,
        "blob": new.blob,
        "origin": new.origin,
        "stamp": new.stamp,
        "canonical_url": new.canonical_url,
        "url": new.url,
        "state": SourceState.QUEUED.value,
        "note": "",
    }
