"""Jobs, steps and kept results. A job names its draft or source without a foreign key: it outlives them, to say so."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from writer.storage.rows.base import Base, CleanText, Instant, Json

_OPEN_STEP = text("state IN ('ready', 'running')")
_OPEN_JOB = text("state = 'running'")


class JobRow(Base):
    """`paused` is true from an outcome that waits for the writer until the job proceeds."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_owner", "owner_id", "number"),
        Index("ix_jobs_fingerprint", "owner_id", "fingerprint"),
        Index("ix_jobs_draft", "draft_id"),
        Index("ix_jobs_source", "source_id"),
        Index("ix_jobs_open", "number", sqlite_where=_OPEN_JOB, postgresql_where=_OPEN_JOB),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[str] = mapped_column(CleanText, unique=True)
    kind: Mapped[str] = mapped_column(CleanText)
    owner_id: Mapped[str] = mapped_column(CleanText)
    draft_id: Mapped[str] = mapped_column(CleanText)
    source_id: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(CleanText)
    paused: Mapped[bool] = mapped_column(Boolean)
    fingerprint: Mapped[str] = mapped_column(CleanText)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    error: Mapped[str] = mapped_column(CleanText)
    args: Mapped[Any] = mapped_column(Json)


class StepRow(Base):
    """`worker` holds the lease, `owner_id` pays. `ordinal` is the order in which a job's steps were added."""

    __tablename__ = "steps"
    __table_args__ = (
        Index("ix_steps_wave", "job_id", "wave", "state"),
        Index("ix_steps_open", "state", "job_id", sqlite_where=_OPEN_STEP, postgresql_where=_OPEN_STEP),
    )

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(CleanText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    ordinal: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(CleanText)
    wave: Mapped[int] = mapped_column(Integer)
    label: Mapped[str] = mapped_column(CleanText)
    state: Mapped[str] = mapped_column(CleanText)
    attempt: Mapped[int] = mapped_column(Integer)
    worker: Mapped[str] = mapped_column(CleanText)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    not_before: Mapped[datetime | None] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str] = mapped_column(CleanText)
    error_kind: Mapped[str] = mapped_column(CleanText)
    args: Mapped[Any] = mapped_column(Json)
    partial: Mapped[str] = mapped_column(CleanText)
    result: Mapped[Any | None] = mapped_column(Json)


class KeptRow(Base):
    """A result kept for whoever needs the same thing again; it goes when its draft is deleted for good."""

    __tablename__ = "kept_results"
    __table_args__ = (Index("ix_kept_results_draft", "draft_id"),)

    key: Mapped[str] = mapped_column(CleanText, primary_key=True)
    owner_id: Mapped[str] = mapped_column(CleanText)
    draft_id: Mapped[str] = mapped_column(CleanText)
    created_at: Mapped[datetime] = mapped_column(Instant)
    result: Mapped[Any] = mapped_column(Json)
