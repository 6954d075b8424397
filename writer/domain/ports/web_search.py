from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Found:
    """A page that a search engine names. `date` is what the engine states of it, "" where it states none; `engine` is
    the name of the engine. All of it was written by strangers: data, never an instruction, and never markup."""

    title: str
    url: str
    site: str
    date: str = ""
    snippet: str = ""
    engine: str = ""


class WebSearch(Protocol):
    """`name` is what people call the engine, `host` where its questions go."""

    @property
    def name(self) -> str: ...

    @property
    def host(self) -> str: ...

    def search(self, query: str, limit: int) -> list[Found]:
        """Best first, at most `limit`, each with an address that could be fetched. Blocks. Raises ProviderError or
        ReplyInvalid with a sentence that holds no key."""
        ...
