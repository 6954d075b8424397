"""Tavily: POST /search with a bearer token (docs.tavily.com/api-reference/endpoint/search)."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from writer.domain.ports.web_search import Found
from writer.security.fetch import Ask
from writer.websearch.calling import Calling
from writer.websearch.results import MOST, found, found_in, query_text

BASE = "https://api.tavily.com"


@dataclass(frozen=True, slots=True)
class Tavily:
    """`headers` hold the key: they are not shown."""

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
        body = {"query": query_text(query), "max_results": min(limit, MOST), "search_depth": "basic"}
        ask = Ask("POST", self.ask.headers, json.dumps(body).encode())
        return found_in(self.calling.json_of(f"{self.base}/search", ask).get("results"), limit, self._found)

    def _found(self, row: dict[str, Any]) -> Found:
        return found(row.get("title"), row.get("url"), row.get("content"), row.get("published_date"), self.name)


def tavily(calling: Calling, key: str, base: str = BASE) -> Tavily:
    headers = (("Authorization", f"Bearer {key}"), ("Content-Type", "application/json"))
    return Tavily(calling, Ask("POST", headers), base)
