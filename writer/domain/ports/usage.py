from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from writer.domain.usage import UsageEvent


class UsageLedger(Protocol):
    """One row per vendor call. Times are UTC; `since` is included, `until` is not."""

    def record(self, events: Sequence[UsageEvent]) -> None:
        """The same event id twice is one row."""
        ...

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
