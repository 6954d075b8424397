"""Models from elsewhere: the hub, what is on disk of it, Ollama, and servers on this machine."""

from writer.hub.disk import Disk
from writer.hub.huggingface import HuggingFaceHub
from writer.hub.ollama import Ollama
from writer.hub.scout import Scout

__all__ = ["Disk", "HuggingFaceHub", "Ollama", "Scout"]
