"""Versions of a draft, addressed by content: sections that did not change between versions are stored once."""

import hashlib
import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from writer.domain.drafts import Origin, Section, Version, VersionSummary, content_digest
from writer.domain.errors import NotFound
from writer.storage.database import Database
from writer.storage.rows import ContentRow, VersionRow
from writer.storage.rows.base import now_micros
from writer.storage.serial import origin_from_json, origin_to_json, section_from_json, section_to_json


def write_version(
    database: Database,
    session: Session,
    draft_id: str,
    owner_id: str,
    title: str,
    sections: tuple[Section, ...],
    origin: Origin,
    note: str = "",
) -> None:
    """Does nothing when the newest version has the same content. The caller holds the draft's row lock."""
    digest = content_digest(title, sections)
    number, newest = newest_version(session, draft_id)
    if newest == digest:
        return
    stored = [section_to_json(section) for section in sections]
    addresses = [_address(section) for section in stored]
    contents = [
        {"draft_id": draft_id, "digest": address, "owner_id": owner_id, "section": section}
        for address, section in zip(addresses, stored, strict=True)
    ]
    if contents:
        session.execute(database.inserting(ContentRow).on_conflict_do_nothing(), contents)
    session.execute(
        database.inserting(VersionRow).values(
            draft_id=draft_id,
            number=number + 1,
            owner_id=owner_id,
            digest=digest,
            title=title,
            word_count=sum(section.word_count for section in sections),
            created_at=now_micros(),
            note=note,
            origin=origin_to_json(origin),
            contents=addresses,
        )
    )


def newest_version(session: Session, draft_id: str) -> tuple[int, str]:
    """(number, digest); (0, "") before the first."""
    newest = session.execute(
        select(VersionRow.number, VersionRow.digest)
        .where(VersionRow.draft_id == draft_id)
        .order_by(VersionRow.number.desc())
        .limit(1)
    ).first()
    return (newest.number, newest.digest) if newest else (0, "")


def summaries(session: Session, draft_id: str) -> list[VersionSummary]:
    columns = [column for column in VersionRow.__table__.columns if column.name not in ("contents", "owner_id")]
    found = session.execute(select(*columns).where(VersionRow.draft_id == draft_id).order_by(VersionRow.number.desc()))
    return [_summary(row) for row in found]  # type: ignore[arg-type]  # a Row has the columns as attributes


def read_version(session: Session, draft_id: str, number: int) -> Version:
    row = session.get(VersionRow, (draft_id, number))
    if row is None:
        raise NotFound("There is no such version.")
    wanted = select(ContentRow).where(ContentRow.draft_id == draft_id, ContentRow.digest.in_(set(row.contents)))
    by_digest = {content.digest: content.section for content in session.scalars(wanted)}
    return Version(_summary(row), row.title, tuple(section_from_json(by_digest[digest]) for digest in row.contents))


def _summary(row: VersionRow) -> VersionSummary:
    return VersionSummary(
        draft_id=row.draft_id,
        number=row.number,
        digest=row.digest,
        title=row.title,
        origin=origin_from_json(row.origin),
        word_count=row.word_count,
        created_at=row.created_at,
        note=row.note,
    )


def _address(section: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(section, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
