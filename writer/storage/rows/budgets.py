"""Budgets, what was spent of them, what is set aside for calls in flight, and replies that are kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from writer.storage.rows.base import Base, CleanText, Instant, Json


class BudgetRow(Base):
    """`owner_id` set it; `person`, `route` and `month` are what it is for, "" for all."""

    __tablename__ = "budgets"
    __table_args__ = (Index("ix_budgets_person", "person"),)

    id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    person: Mapped[str] = mapped_column(CleanText)
    route: Mapped[str] = mapped_column(CleanText)
    month: Mapped[str] = mapped_column(CleanText)
    limit_micros: Mapped[int] = mapped_column(BigInteger)
    unpriced: Mapped[str] = mapped_column(CleanText)
    created_at: Mapped[datetime] = mapped_column(Instant)


class SpendingRow(Base):
    """`lost_micros` was set aside for calls whose end nobody knows: their process died."""

    __tablename__ = "spending"

    month: Mapped[str] = mapped_column(CleanText, primary_key=True)
    person: Mapped[str] = mapped_column(CleanText, primary_key=True)
    route: Mapped[str] = mapped_column(CleanText, primary_key=True)
    micros: Mapped[int] = mapped_column(BigInteger)
    lost_micros: Mapped[int] = mapped_column(BigInteger)


class JobCapRow(Base):
    """A job without a row has no cap. `spent_micros` includes what was lost."""

    __tablename__ = "job_caps"

    job_id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    cap_micros: Mapped[int] = mapped_column(BigInteger)
    spent_micros: Mapped[int] = mapped_column(BigInteger)


class ReservationRow(Base):
    """What a call in flight may cost at most. One that is past `expires_at` belongs to a process that died."""

    __tablename__ = "reservations"
    __table_args__ = (Index("ix_reservations_expiry", "expires_at"), Index("ix_reservations_job", "job_id"))

    id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    month: Mapped[str] = mapped_column(CleanText)
    person: Mapped[str] = mapped_column(CleanText)
    route: Mapped[str] = mapped_column(CleanText)
    job_id: Mapped[str] = mapped_column(CleanText)
    micros: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[datetime] = mapped_column(Instant)


class CachedReplyRow(Base):
    """`key` is a digest of who asked which routes for what: what was asked is not kept."""

    __tablename__ = "cached_replies"
    __table_args__ = (Index("ix_cached_replies_used", "owner_id", "used_at"),)

    key: Mapped[str] = mapped_column(CleanText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    created_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime] = mapped_column(Instant)
    size: Mapped[int] = mapped_column(Integer)
    reply: Mapped[Any] = mapped_column(Json)
