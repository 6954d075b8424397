"""Adapters to web search: SearXNG, Brave and Tavily, each in one file, over the one fetcher."""

from writer.websearch.choice import ENGINES, EngineKind, make_engine

__all__ = ["ENGINES", "EngineKind", "make_engine"]
