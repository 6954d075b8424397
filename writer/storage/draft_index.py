"""Paragraphs of drafts with their vectors. Derived from the drafts: all of it can be made anew."""

from collections.abc import Sequence

from sqlalchemy import delete, or_, select

from writer.domain.ports.draft_index import DraftPassage, StaleDraft
from writer.storage.database import Database
from writer.storage.job_rows import QUIET
from writer.storage.rows import DraftIndexRow, DraftPassageRow, DraftRow


class DraftIndex:
    def __init__(self, database: Database) -> None:
        self._database = database

    def stale(self, model: str, limit: int) -> list[StaleDraft]:
        indexed = (DraftIndexRow.draft_id == DraftRow.id) & (DraftIndexRow.model == model)
        behind = or_(DraftIndexRow.revision.is_(None), DraftIndexRow.revision != DraftRow.revision)
        wanted = (
            select(DraftRow.id, DraftRow.owner_id, DraftRow.revision)
            .outerjoin(DraftIndexRow, indexed)
            .where(DraftRow.deleted_at.is_(None), behind)
            .order_by(DraftRow.updated_at, DraftRow.id)
            .limit(limit)
        )
        with self._database.reading() as session:
            return [StaleDraft(*row) for row in session.execute(wanted)]

    def vectors(self, draft_id: str, model: str) -> dict[str, bytes]:
        mine = (DraftPassageRow.draft_id == draft_id, DraftPassageRow.model == model)
        with self._database.reading() as session:
            rows = session.execute(select(DraftPassageRow.digest, DraftPassageRow.vector).where(*mine))
            return {row.digest: row.vector for row in rows}

    def put(self, draft: StaleDraft, model: str, passages: Sequence[DraftPassage]) -> None:
        key = {"draft_id": draft.id, "model": model}
        with self._database.writing(durable=False) as session:
            if session.scalar(select(DraftRow.id).where(DraftRow.id == draft.id).with_for_update()) is None:
                return
            for table in (DraftPassageRow, DraftIndexRow):
                mine = (table.draft_id == draft.id, table.model == model)
                session.execute(delete(table).where(*mine), execution_options=QUIET)
            rows = [
                {
                    **key,
                    "owner_id": draft.owner_id,
                    "position": position,
                    "section_key": passage.section_key,
                    "start": passage.start,
                    "end": passage.end,
                    "digest": passage.digest,
                    "vector": passage.vector,
                }
                for position, passage in enumerate(passages)
            ]
            if rows:
                session.execute(self._database.inserting(DraftPassageRow), rows)
            indexed = {**key, "owner_id": draft.owner_id, "revision": draft.revision}
            session.execute(self._database.inserting(DraftIndexRow).values(**indexed))

    def of_owner(self, owner_id: str, model: str) -> list[DraftPassage]:
        columns = (
            DraftPassageRow.draft_id,
            DraftPassageRow.section_key,
            DraftPassageRow.start,
            DraftPassageRow.end,
            DraftPassageRow.digest,
            DraftPassageRow.vector,
        )
        live = (DraftRow.owner_id == owner_id, DraftRow.deleted_at.is_(None))
        wanted = (
            select(*columns)
            .join(DraftRow, DraftRow.id == DraftPassageRow.draft_id)
            .where(DraftPassageRow.owner_id == owner_id, DraftPassageRow.model == model, *live)
            .order_by(DraftPassageRow.draft_id, DraftPassageRow.position)
        )
        with self._database.reading() as session:
            return [DraftPassage(*row) for row in session.execute(wanted)]
