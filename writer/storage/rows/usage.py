"""One row per vendor call, sums over them, and how many of the words that they wrote are still there."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ColumnElement, Float, Index, Integer, false, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from writer.storage.rows.base import Base, CleanText, Instant

TOO_LONG = 10_000
"""Characters of a row's histograms; what has every bucket once is a third of that."""

TOO_LONG_TIMES: ColumnElement[bool] = literal_column(f"length(first_times) + length(total_times) > {TOO_LONG}")
"""In the very words of its index: SQLite finds it by no others."""


class UsageRow(Base):
    """`folded` once it is part of the roll-ups."""

    __tablename__ = "usage_events"
    __table_args__ = (
        Index("ix_usage_owner", "owner_id", "at", "id"),
        Index("ix_usage_job", "job_id"),
        Index("ix_usage_draft", "draft_id", "at"),
        Index(
            "ix_usage_failed",
            "owner_id",
            "at",
            sqlite_where=text("outcome <> 'ok'"),
            postgresql_where=text("outcome <> 'ok'"),
        ),
        Index("ix_usage_pending", "owner_id", sqlite_where=text("NOT folded"), postgresql_where=text("NOT folded")),
    )

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
    action: Mapped[str] = mapped_column(CleanText, server_default="")
    content_type: Mapped[str] = mapped_column(CleanText, server_default="")
    folded: Mapped[bool] = mapped_column(Boolean, server_default=false())


class RollupRow(Base):
    """Sums over the calls of one day (since 1970, UTC) that share what `cube` tells apart; the other keys are empty
    (`hour` and `cached` -1). `first_times` and `total_times` are histograms (see `usage_times.py`).

    What is filtered by comes before the day: the rows of a filter over a long time lie together.
    """

    __tablename__ = "usage_rollups"
    __table_args__ = (
        Index("ix_rollups_long", "owner_id", sqlite_where=TOO_LONG_TIMES, postgresql_where=TOO_LONG_TIMES),
        {"sqlite_with_rowid": False},
    )

    owner_id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    cube: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    outcome: Mapped[str] = mapped_column(CleanText, primary_key=True)
    purpose: Mapped[str] = mapped_column(CleanText, primary_key=True)
    route: Mapped[str] = mapped_column(CleanText, primary_key=True)
    day: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hour: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    action: Mapped[str] = mapped_column(CleanText, primary_key=True)
    content_type: Mapped[str] = mapped_column(CleanText, primary_key=True)
    error: Mapped[str] = mapped_column(CleanText, primary_key=True)
    cached: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    draft_id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    calls: Mapped[int] = mapped_column(BigInteger)
    failed: Mapped[int] = mapped_column(BigInteger)
    stopped: Mapped[int] = mapped_column(BigInteger)
    cached_calls: Mapped[int] = mapped_column(BigInteger)
    estimated: Mapped[int] = mapped_column(BigInteger)
    input_tokens: Mapped[int] = mapped_column(BigInteger)
    output_tokens: Mapped[int] = mapped_column(BigInteger)
    cached_input: Mapped[int] = mapped_column(BigInteger)
    cost_micros: Mapped[int] = mapped_column(BigInteger)
    wasted_micros: Mapped[int] = mapped_column(BigInteger)
    unpriced: Mapped[int] = mapped_column(BigInteger)
    words_kept: Mapped[int] = mapped_column(BigInteger)
    first_times: Mapped[str] = mapped_column(CleanText)
    total_times: Mapped[str] = mapped_column(CleanText)


class KeptWordsRow(Base):
    """How many words a draft still has of what was written for it on a day (since 1970, UTC)."""

    __tablename__ = "usage_kept_words"

    draft_id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    day: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    route: Mapped[str] = mapped_column(CleanText, primary_key=True)
    purpose: Mapped[str] = mapped_column(CleanText, primary_key=True)
    action: Mapped[str] = mapped_column(CleanText, primary_key=True)
    content_type: Mapped[str] = mapped_column(CleanText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    words: Mapped[int] = mapped_column(Integer)


class CountedDraftRow(Base):
    """Up to which revision a draft's words were counted. Outlives the draft until its words are taken back."""

    __tablename__ = "usage_counted_drafts"

    draft_id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    revision: Mapped[int] = mapped_column(Integer)
