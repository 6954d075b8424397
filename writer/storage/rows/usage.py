"""One row per vendor call."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Float, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from writer.storage.rows.base import Base, CleanText, Instant


class UsageRow(Base):
    __tablename__ = "usage_events"
    __table_args__ = (Index("ix_usage_owner", "owner_id", "at"), Index("ix_usage_job", "job_id"))

    id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    owner_id: Mapped[str] = mapped_column(CleanText)
    job_id: Mapped[str] = mapped_column(CleanText)
    step: Mapped[str] = mapped_column(CleanText)
    draft_id: Mapped[str] = mapped_column(CleanText)
    route: Mapped[str] = mapped_column(CleanText)
    purpose: Mapped[str] = mapped_column(CleanText)
    input_tokens: Mapped[int] = mapped_column(Integer)
    output_tokens: Mapped[int] = mapped_column(Integer)
    cached_input: Mapped[int] = mapped_column(Integer)
    estimated: Mapped[bool] = mapped_column(Boolean)
    cost_micros: Mapped[int | None] = mapped_column(BigInteger)
    first_token_ms: Mapped[float | None] = mapped_column(Float)
    total_ms: Mapped[float] = mapped_column(Float)
    outcome: Mapped[str] = mapped_column(CleanText)
    error: Mapped[str] = mapped_column(CleanText)
    cached: Mapped[bool] = mapped_column(Boolean)
    wasted: Mapped[bool] = mapped_column(Boolean)
    price_version: Mapped[str] = mapped_column(CleanText)
    prompt_version: Mapped[str] = mapped_column(CleanText)
