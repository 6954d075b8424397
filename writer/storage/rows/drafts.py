"""Drafts, their sections, and versions whose sections are stored once however many versions share them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from writer.storage.rows.base import Base, CleanText, Instant, Json


class DraftRow(Base):
    __tablename__ = "drafts"
    __table_args__ = (Index("ix_drafts_owner", "owner_id", "updated_at"),)

    id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    title: Mapped[str] = mapped_column(CleanText)
    description: Mapped[str] = mapped_column(CleanText, default="")
    state: Mapped[str] = mapped_column(CleanText)
    revision: Mapped[int] = mapped_column(Integer)
    content_type: Mapped[str] = mapped_column(CleanText)
    tags: Mapped[Any] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    brief: Mapped[Any] = mapped_column(Json)
    outline: Mapped[Any | None] = mapped_column(Json)


class SectionRow(Base):
    """`text` comes last: SQLite then counts words without reading bodies."""

    __tablename__ = "sections"

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(CleanText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    position: Mapped[int] = mapped_column(Integer)
    role: Mapped[str] = mapped_column(CleanText)
    state: Mapped[str] = mapped_column(CleanText)
    word_count: Mapped[int] = mapped_column(Integer)
    heading: Mapped[str] = mapped_column(CleanText)
    route: Mapped[str] = mapped_column(CleanText)
    flags: Mapped[Any] = mapped_column(Json)
    gap: Mapped[Any | None] = mapped_column(Json)
    text: Mapped[str] = mapped_column(CleanText)


class VersionRow(Base):
    """`contents` lists the digests of its sections in order."""

    __tablename__ = "versions"

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    owner_id: Mapped[str] = mapped_column(CleanText)
    digest: Mapped[str] = mapped_column(CleanText)
    title: Mapped[str] = mapped_column(CleanText)
    word_count: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(CleanText)
    origin: Mapped[Any] = mapped_column(Json)
    contents: Mapped[Any] = mapped_column(Json)


class ContentRow(Base):
    """A section as some version of this draft has it. Kept per draft, so that deleting a draft deletes every word."""

    __tablename__ = "contents"
    __table_args__ = (ForeignKeyConstraint(["draft_id"], ["drafts.id"], ondelete="CASCADE"),)

    draft_id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    digest: Mapped[str] = mapped_column(CleanText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    section: Mapped[Any] = mapped_column(Json)
