"""What was proposed and what became of it: counts and figures, no text. Not tied to the draft, which may go."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Float, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from writer.storage.rows.base import Base, CleanText, Instant, Json


class SuggestionRow(Base):
    """`changes` are [old words, new words] for each hunk; `decisions` holds the numbers of accepted and rejected hunks
    and the words of edited ones. The counts beside them are what sums are made of."""

    __tablename__ = "suggestions"
    __table_args__ = (Index("ix_suggestions_owner", "owner_id", "created_at"),)

    draft_id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    created_at: Mapped[datetime] = mapped_column(Instant)
    action: Mapped[str] = mapped_column(CleanText)
    route: Mapped[str] = mapped_column(CleanText)
    prompt_version: Mapped[str] = mapped_column(CleanText)
    cost_micros: Mapped[int | None] = mapped_column(BigInteger)
    input_tokens: Mapped[int] = mapped_column(Integer)
    output_tokens: Mapped[int] = mapped_column(Integer)
    first_token_ms: Mapped[float | None] = mapped_column(Float)
    total_ms: Mapped[float] = mapped_column(Float)
    hunks: Mapped[int] = mapped_column(Integer)
    accepted: Mapped[int] = mapped_column(Integer)
    rejected: Mapped[int] = mapped_column(Integer)
    kept_words: Mapped[int] = mapped_column(Integer)
    saved: Mapped[bool] = mapped_column(Boolean)
    changes: Mapped[Any] = mapped_column(Json)
    decisions: Mapped[Any] = mapped_column(Json)
