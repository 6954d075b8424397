"""What the writer's sources hold: taking them in, finding passages in them, letting them go."""

from writer.services.knowledge.ingestion import JOB_KIND, Ingestion
from writer.services.knowledge.library import SourceLibrary
from writer.services.knowledge.search import HybridSearch
from writer.services.knowledge.sources import Reindexed, SearchStatus, Sources

__all__ = ["JOB_KIND", "HybridSearch", "Ingestion", "Reindexed", "SearchStatus", "SourceLibrary", "Sources"]
