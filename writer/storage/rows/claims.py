"""What the check said of each sentence of a draft. Derived: it can be computed anew from draft and passages."""

from typing import Any

from sqlalchemy import Float, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from writer.storage.rows.base import Base, CleanText, Json


class CheckRow(Base):
    """Up to which revision a draft's claims were checked."""

    __tablename__ = "claim_checks"

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    revision: Mapped[int] = mapped_column(Integer)


class ClaimRow(Base):
    """`baseline` and `changed` tell which passages the sentence rests on have other text since."""

    __tablename__ = "claims"

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    owner_id: Mapped[str] = mapped_column(CleanText)
    section_key: Mapped[str] = mapped_column(CleanText)
    start: Mapped[int] = mapped_column(Integer)
    end: Mapped[int] = mapped_column(Integer)
    sentence: Mapped[str] = mapped_column(CleanText)
    passage_ids: Mapped[Any] = mapped_column(Json)
    status: Mapped[str] = mapped_column(CleanText)
    score: Mapped[float | None] = mapped_column(Float)
    reasons: Mapped[Any] = mapped_column(Json)
    quote: Mapped[str] = mapped_column(CleanText)
    quote_passage: Mapped[str] = mapped_column(CleanText)
    key: Mapped[str] = mapped_column(CleanText)
    baseline: Mapped[Any] = mapped_column(Json)
    changed: Mapped[Any] = mapped_column(Json)
