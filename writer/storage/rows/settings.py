"""Provider accounts with sealed keys, plain settings, and what replicas tell each other about routes."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from writer.storage.rows.base import Base, CleanText, Instant, Json


class AccountRow(Base):
    __tablename__ = "provider_accounts"

    owner_id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    name: Mapped[str] = mapped_column(CleanText, primary_key=True)
    preset: Mapped[str] = mapped_column(CleanText)
    base_url: Mapped[str] = mapped_column(CleanText)
    sealed_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    models: Mapped[Any] = mapped_column(Json)


class SettingRow(Base):
    __tablename__ = "settings"

    owner_id: Mapped[str] = mapped_column(CleanText, primary_key=True)
    name: Mapped[str] = mapped_column(CleanText, primary_key=True)
    value: Mapped[str] = mapped_column(CleanText)


class RouteHealthRow(Base):
    """About providers, not about people: the one table without an owner."""

    __tablename__ = "route_health"

    key: Mapped[str] = mapped_column(CleanText, primary_key=True)
    open_until: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(CleanText)
    probe_owner: Mapped[str] = mapped_column(CleanText)
    probe_until: Mapped[datetime | None] = mapped_column(Instant)
