"""What the writer's sources hold: taking them in, finding passages in them, letting them go."""

from writer.services.knowledge.folders import Files
from writer.services.knowledge.import_desk import ImportDesk
from writer.services.knowledge.imports import Imports
from writer.services.knowledge.ingestion import JOB_KIND, Ingestion
from writer.services.knowledge.intake import Intake
from writer.services.knowledge.library import SourceLibrary
from writer.services.knowledge.search import HybridSearch
from writer.services.knowledge.sources import Sources
from writer.services.knowledge.status import Reindexed, SearchStatus

__all__ = [
    "JOB_KIND",
    "Files",
    "HybridSearch",
    "ImportDesk",
    "Imports",
    "Ingestion",
    "Intake",
    "Reindexed",
    "SearchStatus",
    "SourceLibrary",
    "Sources",
]
