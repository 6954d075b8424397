"""What engines answer as values: text is text, addresses can be fetched, dates are as stated."""

import html
import re
from collections.abc import Callable
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from writer.domain.errors import SourceRefused
from writer.domain.ports.web_search import Found
from writer.domain.text import joined_surrogates
from writer.security.fetch import parsed

MAX_QUERY = 400
MAX_QUERY_WORDS = 50
MOST = 20
_LOOKED_AT = 200
_TITLE, _SNIPPET, _DATE = 200, 500, 40
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def query_text(query: str) -> str:
    """One line within what every engine takes."""
    return " ".join(joined_surrogates(query).split()[:MAX_QUERY_WORDS])[:MAX_QUERY].strip()


def found_in(rows: object, limit: int, read: Callable[[dict[str, Any]], Found]) -> list[Found]:
    """Those that have an address, each address once."""
    entries = [row for row in islice(rows, _LOOKED_AT) if isinstance(row, dict)] if isinstance(rows, list) else []
    found: dict[str, Found] = {}
    for one in map(read, entries):
        if one.url and len(found) < min(limit, MOST):
            found.setdefault(one.url, one)
    return list(found.values())


def found(title: object, url: object, snippet: object, date: object, engine: str) -> Found:
    address = address_of(url)
    site = (urlsplit(address).hostname or "") if address else ""
    return Found(line(title, _TITLE) or site, address, site, day_of(date), line(snippet, _SNIPPET), engine)


def address_of(url: object) -> str:
    """ "" for what could not be fetched: scripts, data, files, broken ones."""
    if not isinstance(url, str):
        return ""
    try:
        return parsed(url.strip()).url
    except SourceRefused:
        return ""


def line(value: object, limit: int) -> str:
    """One line of visible characters; entities are what they stand for. Not escaped: whoever shows it does that."""
    if not isinstance(value, str):
        return ""
    text = " ".join(_INVISIBLE.sub(" ", html.unescape(joined_surrogates(value[: limit * 8]))).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def day_of(value: object) -> str:
    """The day of a time stamp, any other words as they are."""
    text = line(value, _DATE)
    return text[:10] if _DAY.match(text) else text
