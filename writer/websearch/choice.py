"""Which engines there are, and making one of what its owner set."""

from dataclasses import dataclass

from writer.domain.ports.web_search import WebSearch
from writer.websearch import brave, searxng, tavily
from writer.websearch.calling import Calling, Fetch


@dataclass(frozen=True, slots=True)
class EngineKind:
    """`needs` is what its owner gives: the address of their own instance, or a key."""

    name: str
    title: str
    needs: str
    hint: str


ENGINES = (
    EngineKind("searxng", "SearXNG", "address", "Your own instance. " + searxng.HINT),
    EngineKind("brave", "Brave Search", "key", "A key from Brave's API dashboard. Searches may cost money."),
    EngineKind("tavily", "Tavily", "key", "A key from Tavily's dashboard. Searches may cost money."),
)


def make_engine(kind: str, address: str, key: str, fetch: Fetch) -> WebSearch | None:
    """None for a kind that is not known."""
    title = next((engine.title for engine in ENGINES if engine.name == kind), "")
    if kind == "searxng":
        return searxng.SearXNG(Calling(title, fetch, searxng.HINT), address)
    if kind == "brave":
        return brave.brave(Calling(title, fetch), key)
    return tavily.tavily(Calling(title, fetch), key) if kind == "tavily" else None
