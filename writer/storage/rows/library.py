"""Where drafts stand in their writer's library, and vectors of titles, which can be made anew at any time."""

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from writer.storage.rows.base import Base, CleanText


class PlaceRow(Base):
    """A draft without a row stands in no folder and is planned for no day. `planned` is an ISO date."""

    __tablename__ = "draft_places"
    __table_args__ = (Index("ix_draft_places_owner", "owner_id"),)

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    folder: Mapped[str] = mapped_column(CleanText)
    planned: Mapped[str | None] = mapped_column(CleanText)


class TitleVectorRow(Base):
    """`title` is what the vector was made of: it is out of date when the draft has another."""

    __tablename__ = "title_vectors"
    __table_args__ = (Index("ix_title_vectors_owner", "owner_id", "model"),)

    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True)
    model: Mapped[str] = mapped_column(CleanText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    title: Mapped[str] = mapped_column(CleanText)
    vector: Mapped[bytes] = mapped_column(LargeBinary)
