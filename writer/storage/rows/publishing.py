"""Where drafts were published."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from writer.storage.rows.base import Base, CleanText, Instant, Json


class PublicationRow(Base):
    """One for each draft and site. Names are those of `Publication` in writer/domain/publishing.py."""

    __tablename__ = "publications"
    __table_args__ = (Index("ix_publications_site", "draft_id", "site_id", unique=True),)

    id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    draft_id: Mapped[str] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"))
    site_id: Mapped[str] = mapped_column(CleanText)
    mark: Mapped[str] = mapped_column(CleanText)
    remote_id: Mapped[str] = mapped_column(CleanText)
    version: Mapped[str] = mapped_column(CleanText)
    url: Mapped[str] = mapped_column(CleanText)
    slug: Mapped[str] = mapped_column(CleanText)
    stage: Mapped[str] = mapped_column(CleanText)
    sent: Mapped[Any] = mapped_column(Json)
    begun: Mapped[Any] = mapped_column(Json)
    job_id: Mapped[str] = mapped_column(CleanText)
    created_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
