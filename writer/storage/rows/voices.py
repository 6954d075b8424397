"""Measured voices: figures about samples, never the samples themselves."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from writer.storage.rows.base import Base, CleanText, Instant, Json


class VoiceRow(Base):
    """`digest` says which samples the figures in `profile` were measured on."""

    __tablename__ = "voices"
    __table_args__ = (Index("ix_voices_name", "owner_id", "name", unique=True),)

    id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    name: Mapped[str] = mapped_column(CleanText)
    profile: Mapped[Any] = mapped_column(Json)
    digest: Mapped[str] = mapped_column(CleanText)
    samples: Mapped[int] = mapped_column(Integer)
    words: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Instant)
