"""What is known of services and of runners: about machines, not about people."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from writer.storage.rows.base import Base, CleanText, Instant


class OpeningRow(Base):
    __tablename__ = "breaker_openings"
    __table_args__ = (Index("ix_breaker_openings_at", "at"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    route: Mapped[str] = mapped_column(CleanText)
    open_ms: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(CleanText)


class BeatRow(Base):
    """When a runner was last heard of, on the database's clock."""

    __tablename__ = "runner_beats"

    worker: Mapped[str] = mapped_column(CleanText, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
