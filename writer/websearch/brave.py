"""Brave Search: GET /res/v1/web/search with X-Subscription-Token (api-dashboard.search.brave.com)."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from writer.domain.ports.web_search import Found
from writer.security.fetch import Ask
from writer.websearch.calling import Calling
from writer.websearch.results import MOST, found, found_in, query_text

BASE = "https://api.search.brave.com"


@dataclass(frozen=True, slots=True)
class Brave:
    calling: Calling
    ask: Ask
    base: str = BASE

    @property
    def name(self) -> str:
        return self.calling.name

    @property
    def host(self) -> str:
        return urlsplit(self.base).netloc

    def search(self, query: str, limit: int) -> list[Found]:
        asked = {"q": query_text(query), "count": min(limit, MOST), "text_decorations": "false"}
        reply = self.calling.json_of(f"{self.base}/res/v1/web/search?{urlencode(asked)}", self.ask)
        web = reply.get("web")
        return found_in(web.get("results") if isinstance(web, dict) else None, limit, self._found)

    def _found(self, row: dict[str, Any]) -> Found:
        return found(
            row.get("title"), row.get("url"), row.get("description"), row.get("page_age") or row.get("age"), self.name
        )


def brave(calling: Calling, key: str, base: str = BASE) -> Brave:
    return Brave(calling, Ask(headers=(("X-Subscription-Token", key), ("Accept", "application/json"))), base)
