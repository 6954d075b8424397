"""Before the outline: what should be known, what the sources hold of it, and which pages might hold the rest."""

from writer.services.research.job import ResearchJob
from writer.services.research.service import ResearchDesk

__all__ = ["ResearchDesk", "ResearchJob"]
