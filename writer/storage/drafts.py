"""Drafts as rows: optimistic revisions, a trash, and a version at every save."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.orm import Session

from writer.domain.briefs import Brief
from writer.domain.drafts import (
    Draft,
    DraftState,
    DraftSummary,
    Origin,
    Section,
    SectionState,
    Version,
    VersionSummary,
    content_digest,
)
from writer.domain.errors import EditConflict, NotFound
from writer.domain.outlines import Outline
from writer.domain.text import joined_surrogates
from writer.domain.versions import VersionFilter
from writer.storage.database import Database
from writer.storage.job_rows import end_jobs_of_draft, forget_draft
from writer.storage.matching import matching
from writer.storage.rows import DraftRow, SectionRow
from writer.storage.rows.base import MICROS, now_micros
from writer.storage.sections import put_sections, sections_of
from writer.storage.serial import (
    brief_from_json,
    brief_to_json,
    cleaned_section,
    due_from_json,
    outline_from_json,
    outline_to_json,
)
from writer.storage.versions import newest_version, read_version, summaries, write_version

NO_DRAFT = "There is no such draft."
CHANGED_MEANWHILE = "This draft was changed in the meantime. Load it again to see the change; your text is not lost."
_DAY = int(timedelta(days=1).total_seconds()) * MICROS


class Drafts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, owner_id: str, brief: Brief, title: str, state: DraftState = DraftState.BRIEFED) -> Draft:
        draft_id = uuid4().hex
        with self._database.writing() as session:
            session.execute(
                self._database.inserting(DraftRow).values(
                    id=draft_id,
                    owner_id=owner_id,
                    title=title,
                    description="",
                    slug="",
                    state=state.value,
                    revision=1,
                    content_type=brief.content_type,
                    tags=[],
                    created_at=now_micros(),
                    updated_at=now_micros(),
                    brief=brief_to_json(brief),
                )
            )
            return _read(session, draft_id)

    def get(self, draft_id: str) -> Draft:
        with self._database.reading() as session:
            return _read(session, draft_id)

    def listing(
        self, owner_id: str, query: str = "", *, trashed: bool = False, limit: int | None = None, offset: int = 0
    ) -> list[DraftSummary]:
        """Sections are counted for the drafts of this part of the list alone."""
        columns = [column for column in DraftRow.__table__.columns if column.name != "outline"]
        newest = (DraftRow.updated_at.desc(), DraftRow.id)
        part = (
            select(DraftRow.id)
            .where(DraftRow.owner_id == owner_id, DraftRow.deleted_at.is_not(None) == trashed, *matching(query))
            .order_by(*newest)
            .limit(limit)
            .offset(offset or None)
        ).subquery()
        done = func.sum(case((SectionRow.state == SectionState.DONE.value, 1), else_=0))
        words = func.coalesce(func.sum(SectionRow.word_count), 0)
        statement = (
            select(*columns, words.label("words"), func.count(SectionRow.key).label("sections"), done.label("done"))
            .outerjoin(SectionRow, SectionRow.draft_id == DraftRow.id)
            .where(DraftRow.id.in_(select(part.c.id)))
            .group_by(DraftRow.id)
            .order_by(*newest)
        )
        with self._database.reading() as session:
            return [_summary(row) for row in session.execute(statement)]

    def save(
        self, draft_id: str, revision: int, origin: Origin, *, title: str, sections: Sequence[Section], note: str = ""
    ) -> Draft:
        title, wanted = joined_surrogates(title), tuple(cleaned_section(section) for section in sections)
        with self._database.writing() as session:
            now = _locked(session, draft_id, revision)
            if (now.title, now.sections) == (title, wanted):
                return now
            put_sections(self._database, session, draft_id, now.owner_id, wanted)
            if content_digest(now.title, now.sections) != content_digest(title, wanted):
                self._keep_unversioned(session, now)
                write_version(self._database, session, draft_id, now.owner_id, title, wanted, origin, note)
                _change(session, draft_id, title=title, revision=revision + 1)
            return _read(session, draft_id)

    def set_brief(self, draft_id: str, revision: int, brief: Brief) -> Draft:
        values = {"brief": brief_to_json(brief), "content_type": brief.content_type}
        return self._revise(draft_id, revision, lambda draft: draft.brief == brief, values)

    def set_outline(self, draft_id: str, revision: int, outline: Outline) -> Draft:
        return self._revise(
            draft_id, revision, lambda draft: draft.outline == outline, {"outline": outline_to_json(outline)}
        )

    def set_state(self, draft_id: str, state: DraftState) -> Draft:
        return self._set(draft_id, {"state": state.value})

    def set_details(self, draft_id: str, *, description: str, slug: str) -> Draft:
        return self._set(draft_id, {"description": description, "slug": slug})

    def set_tags(self, draft_id: str, tags: Sequence[str]) -> Draft:
        return self._set(draft_id, {"tags": list(dict.fromkeys(tags))})

    def trash(self, draft_id: str) -> None:
        """Its jobs end: nobody pays for text that was thrown away."""
        with self._database.writing() as session:
            end_jobs_of_draft(session, draft_id, "The draft was moved to the trash.")
            _change(session, draft_id, deleted_at=now_micros())

    def untrash(self, draft_id: str) -> None:
        self._set(draft_id, {"deleted_at": None})

    def purge(self, older_than_days: int) -> int:
        with self._database.writing() as session:
            before = now_micros() - older_than_days * _DAY
            old = session.scalars(
                select(DraftRow.id).where(DraftRow.deleted_at.is_not(None), DraftRow.deleted_at <= before)
            ).all()
            for draft_id in old:
                forget_draft(session, draft_id)
                session.execute(delete(DraftRow).where(DraftRow.id == draft_id))
            return len(old)

    def versions(self, draft_id: str) -> list[VersionSummary]:
        with self._database.reading() as session:
            _owner(session, draft_id)
            return summaries(session, draft_id, VersionFilter())

    def version(self, draft_id: str, number: int) -> Version:
        with self._database.reading() as session:
            return read_version(session, draft_id, number)

    def _keep_unversioned(self, session: Session, now: Draft) -> None:
        """What a step wrote without asking for a version would be gone after this save."""
        if any(section.text for section in now.sections) and newest_version(session, now.id)[1] != content_digest(
            now.title, now.sections
        ):
            origin = Origin("generated", now.owner_id)
            write_version(self._database, session, now.id, now.owner_id, now.title, now.sections, origin)

    def _revise(self, draft_id: str, revision: int, same: Callable[[Draft], bool], values: dict[str, Any]) -> Draft:
        with self._database.writing() as session:
            now = _locked(session, draft_id, revision)
            if same(now):
                return now
            _change(session, draft_id, revision=revision + 1, **values)
            return _read(session, draft_id)

    def _set(self, draft_id: str, values: dict[str, Any]) -> Draft:
        with self._database.writing() as session:
            _change(session, draft_id, **values)
            return _read(session, draft_id)


def _locked(session: Session, draft_id: str, revision: int) -> Draft:
    """The draft, held until the transaction ends; EditConflict when it is not at `revision` any more."""
    current = session.scalar(select(DraftRow.revision).where(DraftRow.id == draft_id).with_for_update())
    if current is None:
        raise NotFound(NO_DRAFT)
    if current != revision:
        raise EditConflict(CHANGED_MEANWHILE, revision=current)
    return _read(session, draft_id)


def _change(session: Session, draft_id: str, **values: Any) -> None:
    changed = session.execute(
        update(DraftRow)
        .where(DraftRow.id == draft_id)
        .values(updated_at=now_micros(), **values)
        .returning(DraftRow.id),
        execution_options={"synchronize_session": False},
    ).first()
    if changed is None:
        raise NotFound(NO_DRAFT)


def _owner(session: Session, draft_id: str) -> str:
    owner = session.scalar(select(DraftRow.owner_id).where(DraftRow.id == draft_id))
    if owner is None:
        raise NotFound(NO_DRAFT)
    return owner


def _read(session: Session, draft_id: str) -> Draft:
    row = session.scalar(select(DraftRow).where(DraftRow.id == draft_id), execution_options={"populate_existing": True})
    if row is None:
        raise NotFound(NO_DRAFT)
    return Draft(
        id=row.id,
        owner_id=row.owner_id,
        title=row.title,
        state=DraftState(row.state),
        revision=row.revision,
        brief=brief_from_json(row.brief),
        outline=outline_from_json(row.outline),
        sections=sections_of(session, draft_id),
        created_at=row.created_at,
        updated_at=row.updated_at,
        description=row.description,
        tags=tuple(row.tags),
        deleted_at=row.deleted_at,
        slug=row.slug,
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
        due=due_from_json(row.brief),
        slug=row.slug,
    )
