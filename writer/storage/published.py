"""What a step of publishing changes, in the transaction of its outcome."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from writer.domain.publishing import PublicationChange
from writer.storage.rows import PublicationRow
from writer.storage.rows.base import now_micros


def keep_publication(session: Session, change: PublicationChange) -> None:
    wanted = {
        "remote_id": change.remote_id,
        "version": change.version,
        "url": change.url,
        "slug": change.slug,
        "stage": change.stage.value if change.stage else None,
        "begun": list(change.begun) if change.begun is not None else None,
    }
    values: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
    if change.sent is not None:
        values |= {"sent": dict(change.sent), "begun": [], "sent_at": now_micros()}
    session.execute(update(PublicationRow).where(PublicationRow.id == change.id).values(**values))
