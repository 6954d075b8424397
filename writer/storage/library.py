"""Drafts in their library: cards without text, places, and changes to many at once."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Text, case, func, select, type_coerce, update
from sqlalchemy.orm import Session

from writer.domain.drafts import DraftState, DraftSummary, SectionState
from writer.domain.library import Card, is_within
from writer.domain.ports.library import Titled, TitleVector
from writer.storage.database import Database
from writer.storage.job_rows import QUIET
from writer.storage.matching import matching
from writer.storage.rows import DraftRow, PlaceRow, SectionRow, TitleVectorRow
from writer.storage.rows.base import now_micros
from writer.storage.serial import due_from_json

_AT_ONCE = 400  # below every engine's limit of parameters


class Library:
    def __init__(self, database: Database) -> None:
        self._database = database

    def cards(self, owner_id: str, query: str = "", *, trashed: bool = False) -> list[Card]:
        wanted = (
            select(*_CARD, PlaceRow.folder, PlaceRow.planned)
            .outerjoin(PlaceRow, PlaceRow.draft_id == DraftRow.id)
            .where(DraftRow.owner_id == owner_id, DraftRow.deleted_at.is_not(None) == trashed, *matching(query))
            .order_by(DraftRow.updated_at.desc(), DraftRow.id)
        )
        with self._database.reading() as session:
            return [_card(row) for row in session.execute(wanted)]

    def summaries(self, owner_id: str, ids: Sequence[str]) -> dict[str, DraftSummary]:
        done = func.sum(case((SectionRow.state == SectionState.DONE.value, 1), else_=0))
        words = func.coalesce(func.sum(SectionRow.word_count), 0)
        found: dict[str, DraftSummary] = {}
        with self._database.reading() as session:
            for some in _parts(ids):
                statement = (
                    select(
                        *_CARD, words.label("words"), func.count(SectionRow.key).label("sections"), done.label("done")
                    )
                    .outerjoin(SectionRow, SectionRow.draft_id == DraftRow.id)
                    .where(DraftRow.owner_id == owner_id, DraftRow.id.in_(some))
                    .group_by(DraftRow.id)
                )
                found |= {row.id: _summary(row) for row in session.execute(statement)}
        return found

    def place(self, owner_id: str, ids: Sequence[str], folder: str) -> int:
        return self._put_places(owner_id, ids, {"folder": folder})

    def plan(self, owner_id: str, ids: Sequence[str], planned: date | None) -> int:
        return self._put_places(owner_id, ids, {"planned": planned.isoformat() if planned else None})

    def tag(self, owner_id: str, ids: Sequence[str], add: Sequence[str], remove: Sequence[str]) -> int:
        with self._database.writing() as session:
            mine = _owned(session, owner_id, ids)
            for draft_id in mine:
                row = session.get_one(DraftRow, draft_id, with_for_update=True)
                kept = [tag for tag in row.tags if tag not in remove]
                tags = list(dict.fromkeys([*kept, *add]))
                if tags != list(row.tags):
                    row.tags = tags
            return len(mine)

    def set_state(self, owner_id: str, ids: Sequence[str], state: DraftState) -> int:
        with self._database.writing() as session:
            mine = _owned(session, owner_id, ids)
            for some in _parts(mine):
                changed = {"state": state.value, "updated_at": now_micros()}
                session.execute(
                    update(DraftRow).where(DraftRow.id.in_(some), DraftRow.state != state.value).values(**changed),
                    execution_options=QUIET,
                )
            return len(mine)

    def rename_folder(self, owner_id: str, old: str, new: str) -> int:
        with self._database.writing() as session:
            rows = session.scalars(select(PlaceRow).where(PlaceRow.owner_id == owner_id).with_for_update()).all()
            nested = [row for row in rows if old and is_within(row.folder, old)]
            for row in nested:
                row.folder = f"{new}{row.folder[len(old) :]}".strip("/")
            return len(nested)

    def untitled(self, model: str, limit: int) -> list[Titled]:
        has = (TitleVectorRow.draft_id == DraftRow.id) & (TitleVectorRow.model == model)
        wanted = (
            select(DraftRow.id, DraftRow.owner_id, DraftRow.title)
            .outerjoin(TitleVectorRow, has & (TitleVectorRow.title == DraftRow.title))
            .where(DraftRow.deleted_at.is_(None), TitleVectorRow.draft_id.is_(None))
            .order_by(DraftRow.updated_at, DraftRow.id)
            .limit(limit)
        )
        with self._database.reading() as session:
            return [Titled(*row) for row in session.execute(wanted)]

    def put_titles(self, model: str, titles: Sequence[TitleVector]) -> None:
        with self._database.writing(durable=False) as session:
            owners = _owners(session, [title.draft_id for title in titles])
            for title in titles:
                if title.draft_id in owners:
                    values = {"title": title.title, "vector": title.vector}
                    insert = self._database.inserting(TitleVectorRow).values(
                        draft_id=title.draft_id, model=model, owner_id=owners[title.draft_id], **values
                    )
                    session.execute(insert.on_conflict_do_update(index_elements=["draft_id", "model"], set_=values))

    def titles(self, owner_id: str, model: str) -> list[TitleVector]:
        wanted = (
            select(TitleVectorRow.draft_id, TitleVectorRow.title, TitleVectorRow.vector)
            .join(DraftRow, DraftRow.id == TitleVectorRow.draft_id)
            .where(TitleVectorRow.owner_id == owner_id, TitleVectorRow.model == model, DraftRow.deleted_at.is_(None))
            .where(TitleVectorRow.title == DraftRow.title)
            .order_by(TitleVectorRow.draft_id)
        )
        with self._database.reading() as session:
            return [TitleVector(*row) for row in session.execute(wanted)]

    def _put_places(self, owner_id: str, ids: Sequence[str], values: dict[str, Any]) -> int:
        with self._database.writing() as session:
            mine = _owned(session, owner_id, ids)
            for draft_id in mine:
                fresh = {"draft_id": draft_id, "owner_id": owner_id, "folder": "", "planned": None, **values}
                insert = self._database.inserting(PlaceRow).values(**fresh)
                session.execute(insert.on_conflict_do_update(index_elements=["draft_id"], set_=values))
            return len(mine)


_CARD = (
    DraftRow.id,
    DraftRow.title,
    DraftRow.state,
    DraftRow.content_type,
    DraftRow.created_at,
    DraftRow.updated_at,
    DraftRow.deleted_at,
    DraftRow.tags,
    type_coerce(DraftRow.brief, Text).label("brief"),
)
_NOT_DUE = '"due":null'
"""As it is stored. Inside of a text its quotation marks would be escaped."""


def _due(brief: str) -> date | None:
    """Most briefs have no day, and need not be read for it."""
    return None if _NOT_DUE in brief else due_from_json(json.loads(brief))


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _owned(session: Session, owner_id: str, ids: Sequence[str]) -> list[str]:
    """Those that there are, in the order asked for."""
    owners = _owners(session, ids)
    return [draft_id for draft_id in dict.fromkeys(ids) if owners.get(draft_id) == owner_id]


def _owners(session: Session, ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for some in _parts(ids):
        rows = session.execute(select(DraftRow.id, DraftRow.owner_id).where(DraftRow.id.in_(some)))
        found |= {row.id: row.owner_id for row in rows}
    return found


def _card(row: Any) -> Card:
    return Card(
        id=row.id,
        title=row.title,
        state=DraftState(row.state),
        content_type=row.content_type,
        created_at=row.created_at,
        updated_at=row.updated_at,
        tags=tuple(row.tags),
        folder=row.folder or "",
        planned=date.fromisoformat(row.planned) if row.planned else None,
        due=_due(row.brief),
        deleted_at=row.deleted_at,
    )


def _summary(row: Any) -> DraftSummary:
    return DraftSummary(
        id=row.id,
        title=row.title,
        state=DraftState(row.state),
        content_type=row.content_type,
        word_count=int(row.words),
        section_count=row.sections,
        sections_done=int(row.done or 0),
        updated_at=row.updated_at,
        tags=tuple(row.tags),
        deleted_at=row.deleted_at,
        due=_due(row.brief),
    )
