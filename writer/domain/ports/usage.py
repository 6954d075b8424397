from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from writer.domain.usage import UsageBucket, UsageEvent

UsageKey = Literal["day", "route", "purpose", "outcome", "error", "draft"]


class UsageLedger(Protocol):
    """One row per vendor call. Times are UTC; `since` is included, `until` is not."""

    def record(self, events: Sequence[UsageEvent]) -> None:
        """The same event id twice is one row."""
        ...

    def buckets(
        self, owner_id: str, by: UsageKey, since: datetime | None = None, until: datetime | None = None
    ) -> list[UsageBucket]:
        """Days in order, other keys by calls, most first."""
        ...

    def total(self, owner_id: str, since: datetime | None = None, until: datetime | None = None) -> UsageBucket: ...

    def calls(
        self,
        owner_id: str,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        job_id: str = "",
        limit: int = 200,
    ) -> list[UsageEvent]:
        """Newest first."""
        ...
