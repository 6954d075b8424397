"""Comparisons of routes with the votes on them, and the prompts that are kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from writer.storage.rows.base import Base, CleanText, Instant, Json


class ComparisonRow(Base):
    """`filling` are the values of the prompt's variables. The replies are the steps of its job. `stopped` are the
    columns that somebody stopped."""

    __tablename__ = "comparisons"
    __table_args__ = (Index("ix_comparisons_owner", "owner_id", "number"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[str] = mapped_column(CleanText, unique=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    prompt: Mapped[Any] = mapped_column(Json)
    filling: Mapped[Any] = mapped_column(Json)
    contenders: Mapped[Any] = mapped_column(Json)
    blind: Mapped[bool] = mapped_column(Boolean)
    revealed: Mapped[bool] = mapped_column(Boolean)
    prompt_mark: Mapped[str] = mapped_column(CleanText)
    job_id: Mapped[str] = mapped_column(CleanText)
    stopped: Mapped[Any] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Instant)


class BallotRow(Base):
    """Without a foreign key: a vote counts on when its comparison is deleted. It holds no text."""

    __tablename__ = "ballots"
    __table_args__ = (Index("ix_ballots_owner", "owner_id", "at"),)

    comparison_id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    first: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    second: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    owner_id: Mapped[str] = mapped_column(CleanText)
    contenders: Mapped[Any] = mapped_column(Json)
    verdict: Mapped[str] = mapped_column(CleanText)
    at: Mapped[datetime] = mapped_column(Instant)


class PromptRow(Base):
    """`versions` is the number of its newest version."""

    __tablename__ = "prompts"
    __table_args__ = (Index("ix_prompts_owner", "owner_id", "folder", "name"),)

    id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    name: Mapped[str] = mapped_column(CleanText)
    folder: Mapped[str] = mapped_column(CleanText)
    tags: Mapped[Any] = mapped_column(Json)
    versions: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class PromptVersionRow(Base):
    """Only ever added. Names are those of `PromptText` in writer/domain/prompt_library.py."""

    __tablename__ = "prompt_versions"

    prompt_id: Mapped[str] = mapped_column(ForeignKey("prompts.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    system: Mapped[str] = mapped_column(CleanText)
    user: Mapped[str] = mapped_column("prompt", CleanText)
    temperature: Mapped[float] = mapped_column(Float)
    max_output_tokens: Mapped[int] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(CleanText)
    created_at: Mapped[datetime] = mapped_column(Instant)
