"""Replies of models that are kept for whoever asks the same again. In clear, as drafts are."""

from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from writer.domain.completions import Completion, Finished, StopReason, Tokens, ToolCall
from writer.domain.ports.replies import Kept
from writer.storage.database import Database
from writer.storage.job_rows import QUIET
from writer.storage.rows import CachedReplyRow
from writer.storage.rows.base import from_now, now_micros

MOST_REPLIES = 2_000
MOST_CHARACTERS = 1_000_000
"""Of one reply: a longer one is not kept."""
KEPT_S = 30 * 86_400


class Replies:
    """Of each person the latest used `most`, for at most thirty days since they came."""

    def __init__(self, database: Database, most: int = MOST_REPLIES) -> None:
        self._database = database
        self._most = most

    def get(self, key: str) -> Completion | None:
        """A look that finds nothing writes nothing."""
        fresh = (CachedReplyRow.key == key, CachedReplyRow.created_at > from_now(-KEPT_S))
        with self._database.reading() as session:
            found = session.scalar(select(CachedReplyRow.reply).where(*fresh))
        if found is None:
            return None
        used = update(CachedReplyRow).where(CachedReplyRow.key == key).values(used_at=now_micros())
        with self._database.writing(durable=False) as session:
            session.execute(used, execution_options=QUIET)
        return _completion(found)

    def put(self, key: str, reply: Completion, owner_id: str = "") -> None:
        if len(reply.text) > MOST_CHARACTERS:
            return
        values = {"reply": _json(reply), "size": len(reply.text), "created_at": now_micros(), "used_at": now_micros()}
        insert = self._database.inserting(CachedReplyRow).values(key=key, owner_id=owner_id, **values)
        with self._database.writing(durable=False) as session:
            session.execute(insert.on_conflict_do_update(index_elements=["key"], set_=values))
            self._make_room(session, owner_id)

    def kept(self, owner_id: str) -> Kept:
        sums = select(func.count(), func.coalesce(func.sum(CachedReplyRow.size), 0))
        with self._database.reading() as session:
            count, size = session.execute(sums.where(CachedReplyRow.owner_id == owner_id)).one()
        return Kept(int(count), int(size))

    def clear(self, owner_id: str) -> int:
        gone = delete(CachedReplyRow).where(CachedReplyRow.owner_id == owner_id).returning(CachedReplyRow.key)
        with self._database.writing() as session:
            return len(session.scalars(gone).all())

    def _make_room(self, session: Session, owner_id: str) -> None:
        mine = CachedReplyRow.owner_id == owner_id
        session.execute(delete(CachedReplyRow).where(mine, CachedReplyRow.created_at < from_now(-KEPT_S)))
        latest = (CachedReplyRow.used_at.desc(), CachedReplyRow.key)
        too_many = select(CachedReplyRow.key).where(mine).order_by(*latest).offset(self._most)
        if oldest := session.scalars(too_many.limit(self._most)).all():
            session.execute(delete(CachedReplyRow).where(CachedReplyRow.key.in_(oldest)), execution_options=QUIET)


def _json(reply: Completion) -> dict[str, Any]:
    tokens = reply.finished.tokens
    return {
        "text": reply.text,
        "route": reply.finished.route,
        "stop_reason": reply.finished.stop_reason.value,
        "tokens": [tokens.input, tokens.output, tokens.cached_input, tokens.estimated],
        "tool_calls": [[call.id, call.name, call.arguments] for call in reply.tool_calls],
    }


def _completion(kept: dict[str, Any]) -> Completion:
    finished = Finished(Tokens(*kept["tokens"]), kept["route"], StopReason(kept["stop_reason"]))
    return Completion(kept["text"], finished, tuple(ToolCall(*call) for call in kept["tool_calls"]))
