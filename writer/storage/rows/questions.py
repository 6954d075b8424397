"""Questions that were asked and kept, with the answer of the last time."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from writer.storage.rows.base import Base, CleanText, Instant, Json


class QuestionRow(Base):
    """`scope` is what it was asked of. `job_id` is the job that answered last; `answer` what came of it, null while
    there is none. `fingerprint` is of the sources as they were then: where it is another now, asking again is worth
    it."""

    __tablename__ = "questions"
    __table_args__ = (Index("ix_questions_owner", "owner_id", "asked_at"),)

    id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    text: Mapped[str] = mapped_column(CleanText)
    scope: Mapped[Any] = mapped_column(Json)
    route: Mapped[str] = mapped_column(CleanText)
    kept: Mapped[int] = mapped_column(Integer)
    job_id: Mapped[str] = mapped_column(CleanText)
    answer: Mapped[Any | None] = mapped_column(Json)
    fingerprint: Mapped[str] = mapped_column(CleanText)
    created_at: Mapped[datetime] = mapped_column(Instant)
    asked_at: Mapped[datetime] = mapped_column(Instant)
