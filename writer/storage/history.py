"""What pages and API ask about a draft's versions, and which draft is a variant of which."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import func, select

from writer.domain.drafts import VersionSummary
from writer.domain.versions import Sitting, Touched, Variant, VersionFilter
from writer.storage import versions
from writer.storage.database import Database
from writer.storage.rows import DraftRow, SectionRow, VariantRow
from writer.storage.rows.base import now_micros


class Versions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def listing(self, draft_id: str, wanted: VersionFilter, *, limit: int, offset: int = 0) -> list[VersionSummary]:
        with self._database.reading() as session:
            return versions.summaries(session, draft_id, wanted, limit, offset)

    def sittings(self, draft_id: str, wanted: VersionFilter, *, limit: int, offset: int = 0) -> list[Sitting]:
        with self._database.reading() as session:
            return versions.sittings(session, draft_id, wanted, limit, offset)

    def count(self, draft_id: str, wanted: VersionFilter) -> int:
        with self._database.reading() as session:
            return versions.count_versions(session, draft_id, wanted)

    def describe(
        self, draft_id: str, number: int, *, name: str | None = None, note: str | None = None
    ) -> VersionSummary:
        given = {"name": name, "note": note}
        values = {column: value for column, value in given.items() if value is not None}
        with self._database.writing() as session:
            return versions.describe_version(session, draft_id, number, values)

    def summaries(self, draft_id: str, numbers: set[int]) -> dict[int, VersionSummary]:
        with self._database.reading() as session:
            return versions.some_summaries(session, draft_id, numbers)

    @contextmanager
    def touched(self, draft_id: str) -> Iterator[Iterator[Touched]]:
        with self._database.reading() as session, closing(versions.touched_lines(session, draft_id)) as lines:
            yield lines

    def add_variant(self, draft_id: str, owner_id: str, parent_id: str, parent_version: int) -> None:
        values = {"draft_id": draft_id, "owner_id": owner_id, "parent_id": parent_id, "parent_version": parent_version}
        with self._database.writing() as session:
            session.execute(self._database.inserting(VariantRow).values(**values, created_at=now_micros()))

    def variants(self, draft_id: str) -> list[Variant]:
        words = (
            select(func.coalesce(func.sum(SectionRow.word_count), 0))
            .where(SectionRow.draft_id == VariantRow.draft_id)
            .scalar_subquery()
        )
        asked = (
            select(VariantRow, DraftRow.title, words.label("words"))
            .join(DraftRow, DraftRow.id == VariantRow.draft_id)
            .where(VariantRow.parent_id == draft_id, DraftRow.deleted_at.is_(None))
            .order_by(VariantRow.created_at, VariantRow.draft_id)
        )
        with self._database.reading() as session:
            return [_variant(row.VariantRow, row.title, int(row.words)) for row in session.execute(asked)]

    def parent(self, draft_id: str) -> Variant | None:
        asked = (
            select(VariantRow, DraftRow.title)
            .outerjoin(DraftRow, (DraftRow.id == VariantRow.parent_id) & DraftRow.deleted_at.is_(None))
            .where(VariantRow.draft_id == draft_id)
        )
        with self._database.reading() as session:
            row = session.execute(asked).first()
            return _variant(row.VariantRow, row.title or "") if row else None


def _variant(row: Any, title: str, words: int = 0) -> Variant:
    return Variant(row.draft_id, title, row.parent_id, row.parent_version, row.created_at, words)
