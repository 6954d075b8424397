"""The words that drafts keep of what was written for them: rows of each draft, and sums in the roll-ups."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from writer.domain.analytics import KeptWords
from writer.domain.ports.draft_index import StaleDraft
from writer.storage.database import Database
from writer.storage.rows import CountedDraftRow, DraftRow, KeptWordsRow
from writer.storage.rows.base import from_now
from writer.storage.usage_cubes import Additions
from writer.storage.usage_folding import one_at_a_time

_EPOCH = date(1970, 1, 1)
_GONE_AT_ONCE = 200


class Kept:
    def __init__(self, database: Database) -> None:
        self._database = database

    def uncounted(self, rested_s: float, limit: int) -> list[StaleDraft]:
        behind = or_(CountedDraftRow.revision.is_(None), CountedDraftRow.revision != DraftRow.revision)
        rested = DraftRow.updated_at <= from_now(-rested_s)
        wanted = (
            select(DraftRow.id, DraftRow.owner_id, DraftRow.revision)
            .outerjoin(CountedDraftRow, CountedDraftRow.draft_id == DraftRow.id)
            .where(DraftRow.deleted_at.is_(None), behind, rested)
            .order_by(DraftRow.updated_at, DraftRow.id)
            .limit(limit)
        )
        with self._database.reading() as session:
            return [StaleDraft(*row) for row in session.execute(wanted)]

    def put_words(self, draft: StaleDraft, words: Sequence[KeptWords]) -> None:
        with self._database.writing(durable=False) as session:
            one_at_a_time(self._database, session)
            kind = session.scalar(select(DraftRow.content_type).where(DraftRow.id == draft.id))
            if kind is None:
                return
            additions = Additions()
            _take_back(session, draft.id, additions)
            rows = [
                {
                    "draft_id": draft.id,
                    "owner_id": draft.owner_id,
                    "day": (one.day - _EPOCH).days,
                    "route": one.route,
                    "purpose": one.purpose,
                    "action": one.action,
                    "content_type": kind,
                    "words": one.words,
                }
                for one in words
            ]
            if rows:
                session.execute(self._database.inserting(KeptWordsRow), rows)
            _add(session, draft.id, additions, sign=1)
            counted = self._database.inserting(CountedDraftRow).values(draft_id=draft.id, revision=draft.revision)
            session.execute(
                counted.on_conflict_do_update(index_elements=["draft_id"], set_={"revision": draft.revision})
            )
            additions.write(self._database, session)

    def forget_gone(self) -> int:
        gone = (
            select(CountedDraftRow.draft_id)
            .outerjoin(DraftRow, DraftRow.id == CountedDraftRow.draft_id)
            .where(DraftRow.id.is_(None))
            .limit(_GONE_AT_ONCE)
        )
        with self._database.reading() as session:
            if not (ids := list(session.scalars(gone))):
                return 0
        with self._database.writing(durable=False) as session:
            one_at_a_time(self._database, session)
            additions = Additions()
            for draft_id in ids:
                _take_back(session, draft_id, additions)
                session.execute(delete(CountedDraftRow).where(CountedDraftRow.draft_id == draft_id))
            additions.write(self._database, session)
        return len(ids)


def _take_back(session: Session, draft_id: str, additions: Additions) -> None:
    _add(session, draft_id, additions, sign=-1)
    session.execute(delete(KeptWordsRow).where(KeptWordsRow.draft_id == draft_id))


def _add(session: Session, draft_id: str, additions: Additions, *, sign: int) -> None:
    for row in session.execute(select(KeptWordsRow.__table__).where(KeptWordsRow.draft_id == draft_id)):
        place = (row.route, row.purpose, row.action, row.content_type)
        additions.words(row.owner_id, row.day, place, draft_id, sign * row.words)
