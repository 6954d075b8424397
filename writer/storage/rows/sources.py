"""Sources, passages, vectors, and the feed that derived indexes follow."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from writer.storage.rows.base import Base, CleanText, Instant, Json


class SourceRow(Base):
    """Ids are never given twice, those of passages neither (`last_passage` is the highest so far): old drafts cite by
    them. `titled` is true once a person chose the title."""

    __tablename__ = "sources"
    __table_args__ = (
        Index("ix_sources_owner", "owner_id"),
        Index("ix_sources_digest", "owner_id", "digest"),
        Index("ix_sources_origin", "owner_id", "origin"),
        Index("ix_sources_canonical", "owner_id", "canonical_url"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    kind: Mapped[str] = mapped_column(CleanText)
    title: Mapped[str] = mapped_column(CleanText)
    titled: Mapped[bool] = mapped_column(Boolean)
    filename: Mapped[str] = mapped_column(CleanText)
    digest: Mapped[str] = mapped_column(CleanText)
    state: Mapped[str] = mapped_column(CleanText)
    created_at: Mapped[datetime] = mapped_column(Instant)
    authors: Mapped[str] = mapped_column(CleanText)
    published: Mapped[str] = mapped_column(CleanText)
    url: Mapped[str] = mapped_column(CleanText)
    licence: Mapped[str] = mapped_column(CleanText)
    words: Mapped[int] = mapped_column(Integer)
    pages: Mapped[int] = mapped_column(Integer)
    passages: Mapped[int] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(CleanText)
    blob: Mapped[str] = mapped_column(CleanText)
    origin: Mapped[str] = mapped_column(CleanText)
    stamp: Mapped[str] = mapped_column(CleanText)
    canonical_url: Mapped[str] = mapped_column(CleanText)
    retrieved_at: Mapped[datetime | None] = mapped_column(Instant)
    revision: Mapped[int] = mapped_column(Integer)
    last_passage: Mapped[int] = mapped_column(Integer)
    language: Mapped[str] = mapped_column(CleanText)


class PassageRow(Base):
    __tablename__ = "passages"
    __table_args__ = (Index("ix_passages_source", "source_id", "ordinal", unique=True),)

    id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"))
    owner_id: Mapped[str] = mapped_column(CleanText)
    ordinal: Mapped[int] = mapped_column(Integer)
    page: Mapped[int] = mapped_column(Integer)
    start: Mapped[int] = mapped_column(Integer)
    end: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(CleanText)
    heading_path: Mapped[Any] = mapped_column(Json)
    text: Mapped[str] = mapped_column(CleanText)


class VectorRow(Base):
    """float32, little-endian, of unit length. `digest` is the sha256 of the text that was embedded: the same text again
    takes the vector that is there."""

    __tablename__ = "vectors"
    __table_args__ = (
        Index("ix_vectors_source", "source_id", "model"),
        Index("ix_vectors_model", "model"),
        Index("ix_vectors_digest", "digest", "model"),
    )

    passage_id: Mapped[str] = mapped_column(ForeignKey("passages.id", ondelete="CASCADE"), primary_key=True)
    model: Mapped[str] = mapped_column(CleanText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    source_id: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(CleanText)
    vector: Mapped[bytes] = mapped_column(LargeBinary)


class SourceChangeRow(Base):
    """Numbered by CounterRow, not by a sequence: a follower must never see number 6 before 5 is committed."""

    __tablename__ = "source_changes"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    owner_id: Mapped[str] = mapped_column(CleanText)
    source_id: Mapped[int] = mapped_column(Integer)
    action: Mapped[str] = mapped_column(CleanText)


class CounterRow(Base):
    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(CleanText, primary_key=True)
    value: Mapped[int] = mapped_column(Integer)


class SourceTagRow(Base):
    __tablename__ = "source_tags"
    __table_args__ = (Index("ix_source_tags_owner", "owner_id", "tag"),)

    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(CleanText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
