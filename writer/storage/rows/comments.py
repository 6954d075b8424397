"""What people remark on spans of a draft."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from writer.storage.rows.base import Base, CleanText, Instant, Json


class CommentRow(Base):
    """`quote` with `prefix` and `suffix` is how its place is found again; `start` is where it was seen last. `replies`
    are objects with author, body and time, oldest first."""

    __tablename__ = "comments"
    __table_args__ = (Index("ix_comments_draft", "draft_id", "created_at"),)

    id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"))
    owner_id: Mapped[str] = mapped_column(CleanText)
    section_key: Mapped[str] = mapped_column(CleanText)
    quote: Mapped[str] = mapped_column(CleanText)
    prefix: Mapped[str] = mapped_column(CleanText)
    suffix: Mapped[str] = mapped_column(CleanText)
    start: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(CleanText)
    author: Mapped[str] = mapped_column(CleanText)
    state: Mapped[str] = mapped_column(CleanText)
    replies: Mapped[Any] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
