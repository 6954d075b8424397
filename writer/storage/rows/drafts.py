"""Drafts, their sections, versions stored as what they changed, and which draft is a variant of which."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from writer.storage.rows.base import Base, CleanText, Digest, Instant, Json


class DraftRow(Base):
    __tablename__ = "drafts"
    __table_args__ = (Index("ix_drafts_owner", "owner_id", "updated_at"),)

    id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    title: Mapped[str] = mapped_column(CleanText)
    description: Mapped[str] = mapped_column(CleanText, default="")
    slug: Mapped[str] = mapped_column(CleanText, default="", server_default="")
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
    """`changes` makes its sections of those of version `base`, or alone where there is none (see `packing.py`); `steps`
    says how many versions are read for that. Without a row id SQLite keeps each row once, in the order of its key."""

    __tablename__ = "versions"
    __table_args__ = ({"sqlite_with_rowid": False},)

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    owner_id: Mapped[str] = mapped_column(CleanText)
    digest: Mapped[str] = mapped_column(Digest)
    title: Mapped[str] = mapped_column(CleanText)
    word_count: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(CleanText)
    name: Mapped[str] = mapped_column(CleanText)
    kind: Mapped[str] = mapped_column(CleanText)
    origin: Mapped[Any] = mapped_column(Json)
    session: Mapped[int] = mapped_column(Integer)
    base: Mapped[int | None] = mapped_column(Integer)
    steps: Mapped[int] = mapped_column(Integer)
    changes: Mapped[bytes] = mapped_column(LargeBinary)


class VariantRow(Base):
    """A draft that began as a copy of a version of another, which may be deleted without it."""

    __tablename__ = "variants"
    __table_args__ = (Index("ix_variants_parent", "parent_id"),)

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    parent_id: Mapped[str] = mapped_column(CleanText)
    parent_version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Instant)
