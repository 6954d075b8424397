"""How often providers were found not to work."""

from datetime import datetime

from writer.domain.ports.reliability import OpeningLog
from writer.domain.reliability import Opening

KEPT_DAYS = 400
"""So that a month can be compared with the same one a year before."""


class Reliability:
    """Times are UTC; `since` is included, `until` is not."""

    def __init__(self, log: OpeningLog) -> None:
        self._log = log

    def openings(self, since: datetime | None = None, until: datetime | None = None) -> list[Opening]:
        """Of every service that this installation asks, oldest first."""
        return self._log.openings(since, until)

    def purge(self) -> int:
        return self._log.forget_openings(KEPT_DAYS)
