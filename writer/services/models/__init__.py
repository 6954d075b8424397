"""Models: those on this machine and their downloads, Ollama's, other servers here, and what each provider offers."""

from writer.services.models.job import DownloadJob, PullJob
from writer.services.models.local import LocalModel, Models
from writer.services.models.offers import Offer, OfferedModel, Offers
from writer.services.models.progress import ProgressBoard
from writer.services.models.served import Ollamas, Pull, ServedModels
from writer.services.models.servers import LocalServers

__all__ = [
    "DownloadJob",
    "LocalModel",
    "LocalServers",
    "Models",
    "Offer",
    "OfferedModel",
    "Offers",
    "Ollamas",
    "ProgressBoard",
    "Pull",
    "PullJob",
    "ServedModels",
]
