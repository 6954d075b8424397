"""Derived indexes: all of them follow the source store's feed of changes, and any of them can be thrown away."""

from writer.storage.index.chroma import ChromaIndex
from writer.storage.index.chroma_home import ChromaFolder, ChromaServer, collection_name
from writer.storage.index.exact import ExactIndex
from writer.storage.index.keyword import FtsIndex

__all__ = ["ChromaFolder", "ChromaIndex", "ChromaServer", "ExactIndex", "FtsIndex", "collection_name"]
