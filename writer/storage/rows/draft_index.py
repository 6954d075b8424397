"""Paragraphs of drafts as search finds them by meaning. Derived: made anew from the drafts at any time."""

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from writer.storage.rows.base import Base, CleanText


class DraftPassageRow(Base):
    """A paragraph of a draft with its vector: what makes drafts searchable by meaning. Derived from the draft."""

    __tablename__ = "draft_passages"
    __table_args__ = (Index("ix_draft_passages_owner", "owner_id", "model"),)

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    model: Mapped[str] = mapped_column(CleanText, primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    owner_id: Mapped[str] = mapped_column(CleanText)
    section_key: Mapped[str] = mapped_column(CleanText)
    start: Mapped[int] = mapped_column(Integer)
    end: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(CleanText)
    vector: Mapped[bytes] = mapped_column(LargeBinary)


class DraftIndexRow(Base):
    """Up to which revision a draft's paragraphs have their vectors."""

    __tablename__ = "draft_indexes"

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    model: Mapped[str] = mapped_column(CleanText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    revision: Mapped[int] = mapped_column(Integer)
