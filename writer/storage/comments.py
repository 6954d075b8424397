"""Comments as rows."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from writer.domain.anchors import Anchor
from writer.domain.comments import MAX_REPLIES, Comment, Reply
from writer.domain.errors import NotFound, UserMistake
from writer.storage.database import Database
from writer.storage.job_rows import QUIET
from writer.storage.rows import CommentRow
from writer.storage.rows.base import now_micros

OPEN, RESOLVED = "open", "resolved"


class Comments:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, draft_id: str, owner_id: str, *, section_key: str, anchor: Anchor, body: str, author: str) -> Comment:
        comment_id = uuid4().hex
        values = {"section_key": section_key, **_anchor_values(anchor), "body": body, "author": author}
        times = {"created_at": now_micros(), "updated_at": now_micros()}
        insert = self._database.inserting(CommentRow)
        with self._database.writing() as session:
            session.execute(
                insert.values(
                    id=comment_id, draft_id=draft_id, owner_id=owner_id, state=OPEN, replies=[], **values, **times
                )
            )
            return _comment(_row(session, draft_id, comment_id))

    def get(self, draft_id: str, comment_id: str) -> Comment:
        with self._database.reading() as session:
            return _comment(_row(session, draft_id, comment_id))

    def of_draft(self, draft_id: str) -> list[Comment]:
        oldest = (CommentRow.created_at, CommentRow.id)
        with self._database.reading() as session:
            rows = session.scalars(select(CommentRow).where(CommentRow.draft_id == draft_id).order_by(*oldest))
            return [_comment(row) for row in rows]

    def reply(self, draft_id: str, comment_id: str, body: str, author: str) -> Comment:
        with self._database.writing() as session:
            row = _row(session, draft_id, comment_id, lock=True)
            if len(row.replies) >= MAX_REPLIES:
                raise UserMistake(f"A comment has at most {MAX_REPLIES} replies. Begin another one.")
            said = {"author": author, "body": body, "at": datetime.now(UTC).isoformat()}
            row.replies = [*row.replies, said]
            return _comment(row)

    def set_resolved(self, draft_id: str, comment_id: str, resolved: bool) -> Comment:
        with self._database.writing() as session:
            row = _row(session, draft_id, comment_id, lock=True)
            row.state = RESOLVED if resolved else OPEN
            return _comment(row)

    def move(self, draft_id: str, places: Mapping[str, tuple[str, Anchor]]) -> None:
        with self._database.writing() as session:
            mine = select(CommentRow).where(CommentRow.draft_id == draft_id, CommentRow.id.in_(places))
            for row in session.scalars(mine.with_for_update()):
                row.section_key, anchor = places[row.id]
                for name, value in _anchor_values(anchor).items():
                    setattr(row, name, value)

    def delete(self, draft_id: str, comment_id: str) -> None:
        with self._database.writing() as session:
            _row(session, draft_id, comment_id, lock=True)
            session.execute(delete(CommentRow).where(CommentRow.id == comment_id), execution_options=QUIET)


def _row(session: Session, draft_id: str, comment_id: str, *, lock: bool = False) -> CommentRow:
    wanted = select(CommentRow).where(CommentRow.id == comment_id, CommentRow.draft_id == draft_id)
    row = session.scalar(wanted.with_for_update() if lock else wanted)
    if row is None:
        raise NotFound("There is no such comment.")
    return row


def _anchor_values(anchor: Anchor) -> dict[str, Any]:
    return {"quote": anchor.quote, "prefix": anchor.prefix, "suffix": anchor.suffix, "start": anchor.start}


def _comment(row: CommentRow) -> Comment:
    return Comment(
        id=row.id,
        draft_id=row.draft_id,
        owner_id=row.owner_id,
        section_key=row.section_key,
        anchor=Anchor(row.quote, row.prefix, row.suffix, row.start),
        body=row.body,
        author=row.author,
        created_at=row.created_at,
        resolved=row.state == RESOLVED,
        replies=tuple(Reply(said["author"], said["body"], datetime.fromisoformat(said["at"])) for said in row.replies),
    )
