from datetime import datetime
from typing import Protocol

from writer.domain.reliability import Opening


class OpeningLog(Protocol):
    """Times are UTC, on the database's clock; `since` is included, `until` is not."""

    def opened(self, route: str, open_for: float, reason: str) -> None: ...

    def openings(self, since: datetime | None = None, until: datetime | None = None) -> list[Opening]:
        """Oldest first; the latest ten thousand when there are more."""
        ...

    def forget_openings(self, older_than_days: int) -> int:
        """Returns how many went."""
        ...
