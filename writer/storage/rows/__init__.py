"""The tables. Private to storage: callers get domain values."""

from writer.storage.rows.base import Base
from writer.storage.rows.claims import CheckRow, ClaimRow
from writer.storage.rows.drafts import ContentRow, DraftRow, SectionRow, VersionRow
from writer.storage.rows.jobs import JobRow, KeptRow, StepRow
from writer.storage.rows.settings import AccountRow, RouteHealthRow, SettingRow
from writer.storage.rows.sources import CounterRow, PassageRow, SourceChangeRow, SourceRow, VectorRow
from writer.storage.rows.usage import UsageRow

__all__ = [
    "AccountRow",
    "Base",
    "CheckRow",
    "ClaimRow",
    "ContentRow",
    "CounterRow",
    "DraftRow",
    "JobRow",
    "KeptRow",
    "PassageRow",
    "RouteHealthRow",
    "SectionRow",
    "SettingRow",
    "SourceChangeRow",
    "SourceRow",
    "StepRow",
    "UsageRow",
    "VectorRow",
    "VersionRow",
]
