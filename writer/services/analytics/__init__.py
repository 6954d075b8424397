"""Questions to the ledger of calls."""

from writer.services.analytics.service import Analytics

__all__ = ["Analytics"]
