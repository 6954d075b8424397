"""Where drafts were published. A job begins in the transaction that names it, and a step's news of the site are stored
in the transaction that ends the step."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from writer.domain.errors import NotFound
from writer.domain.jobs import JobState, NewJob
from writer.domain.publishing import NewPublication, Publication, Stage
from writer.storage.database import Database
from writer.storage.outcomes import add_job
from writer.storage.rows import JobRow, PublicationRow
from writer.storage.rows.base import now_micros

_AFRESH: dict[str, Any] = {
    "remote_id": "",
    "version": "",
    "url": "",
    "slug": "",
    "stage": Stage.DRAFT.value,
    "sent": {},
    "begun": [],
    "sent_at": None,
}


class Publications:
    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, new: NewPublication, job: NewJob) -> Publication:
        first = {
            "id": new.id,
            "owner_id": new.owner_id,
            "draft_id": new.draft_id,
            "site_id": new.site_id,
            "mark": new.mark,
            "job_id": "",
            "created_at": now_micros(),
            **_AFRESH,
        }
        here = (PublicationRow.draft_id == new.draft_id, PublicationRow.site_id == new.site_id)
        with self._database.writing() as session:
            session.execute(self._database.inserting(PublicationRow).values(**first).on_conflict_do_nothing())
            id_, held = session.execute(
                select(PublicationRow.id, PublicationRow.job_id).where(*here).with_for_update()
            ).one()
            if not _is_at_work(session, held):
                # Somebody may have begun it between our caller's look and this transaction: it has its own id then.
                begun = add_job(self._database, session, replace(job, args={**job.args, "publication": id_}))
                afresh = {"mark": new.mark, **_AFRESH} if new.afresh else {}
                _change(session, id_, job_id=begun.id, **afresh)
            return _read(session, id_)

    def get(self, publication_id: str) -> Publication:
        with self._database.reading() as session:
            return _read(session, publication_id)

    def of_draft(self, draft_id: str) -> Sequence[Publication]:
        in_order = PublicationRow.created_at, PublicationRow.id
        rows = select(PublicationRow).where(PublicationRow.draft_id == draft_id).order_by(*in_order)
        with self._database.reading() as session:
            return [_publication(row) for row in session.scalars(rows)]


def _is_at_work(session: Session, job_id: str) -> bool:
    state = session.scalar(select(JobRow.state).where(JobRow.id == job_id))
    return state is not None and not JobState(state).is_over


def _change(session: Session, publication_id: str, **values: Any) -> None:
    session.execute(update(PublicationRow).where(PublicationRow.id == publication_id).values(**values))


def _read(session: Session, publication_id: str) -> Publication:
    row = session.scalar(
        select(PublicationRow).where(PublicationRow.id == publication_id).execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound("There is no such publication.")
    return _publication(row)


def _publication(row: PublicationRow) -> Publication:
    return Publication(
        id=row.id,
        owner_id=row.owner_id,
        draft_id=row.draft_id,
        site_id=row.site_id,
        mark=row.mark,
        created_at=row.created_at,
        remote_id=row.remote_id,
        version=row.version,
        url=row.url,
        slug=row.slug,
        stage=Stage(row.stage),
        sent=row.sent,
        begun=tuple(row.begun),
        job_id=row.job_id,
        sent_at=row.sent_at,
    )
