"""Questions to the ledger of calls."""

from writer.services.analytics.kept import Counting
from writer.services.analytics.service import Analytics

__all__ = ["Analytics", "Counting"]
