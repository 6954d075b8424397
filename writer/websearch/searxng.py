"""SearXNG, somebody's own instance: GET {base}/search?q=…&format=json (docs.searxng.org/dev/search_api)."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from writer.domain.ports.web_search import Found
from writer.security.fetch import Ask
from writer.websearch.calling import Calling
from writer.websearch.results import found, found_in, query_text

HINT = "In its settings.yml, “json” must be among the search formats."


@dataclass(frozen=True, slots=True)
class SearXNG:
    calling: Calling
    base: str

    @property
    def name(self) -> str:
        return self.calling.name

    @property
    def host(self) -> str:
        return urlsplit(self.base).netloc

    def search(self, query: str, limit: int) -> list[Found]:
        asked = urlencode({"q": query_text(query), "format": "json"})
        # A header of its own, though there is no secret: a redirect to another host is not followed.
        ask = Ask(headers=(("X-Requested-With", "Writer"),))
        reply = self.calling.json_of(f"{self.base.rstrip('/')}/search?{asked}", ask)
        return found_in(reply.get("results"), limit, self._found)

    def _found(self, row: dict[str, Any]) -> Found:
        return found(row.get("title"), row.get("url"), row.get("content"), row.get("publishedDate"), self.name)
