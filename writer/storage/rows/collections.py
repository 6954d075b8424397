"""Collections, and which sources are in them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from writer.storage.rows.base import Base, CleanText, Instant


class CollectionRow(Base):
    """`folded` is the name as it is compared: one owner's collections differ in it."""

    __tablename__ = "collections"
    __table_args__ = (
        Index("ix_collections_name", "owner_id", "folded", unique=True),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    name: Mapped[str] = mapped_column(CleanText)
    folded: Mapped[str] = mapped_column(CleanText)
    description: Mapped[str] = mapped_column(CleanText)
    tokens: Mapped[int] = mapped_column(Integer)
    overlap: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Instant)


class MemberRow(Base):
    """`joined_at` decides whose cut a source follows: the collection it joined first."""

    __tablename__ = "collection_sources"
    __table_args__ = (Index("ix_collection_sources_source", "source_id"),)

    collection_id: Mapped[int] = mapped_column(ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    joined_at: Mapped[datetime] = mapped_column(Instant)
