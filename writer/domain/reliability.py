"""What is remembered of providers that failed: when their breakers opened."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Opening:
    """A breaker opened: `route` was not asked for `open_for` seconds, because of `reason` (its last failure). About a
    service, not about a person; each opening is told once, by the process whose call failed."""

    at: datetime
    route: str
    open_for: float
    reason: str
