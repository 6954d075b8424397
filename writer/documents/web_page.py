"""Web pages: the article without what stands around it, and what the page says of itself."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from writer.documents.markup import blocks_of, html_tree
from writer.documents.plain import decoded
from writer.documents.reading import Reading, stated_day
from writer.domain.sources import Block

if TYPE_CHECKING:
    from lxml.etree import _Element

_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_TITLES = ("og:title", "citation_title", "dc.title", "twitter:title")
_AUTHORS = ("author", "article:author", "citation_author", "dc.creator", "parsely-author")
_DATES = (
    "article:published_time",
    "citation_publication_date",
    "datepublished",
    "dc.date.issued",
    "dc.date",
    "dcterms.date",
    "date",
    "parsely-pub-date",
)
_MAX_JSON = 200_000
_LEAST_ARTICLE = 200
"""Characters: what trafilatura finds below that is a page that is no article, and is read whole."""


def decoded_page(data: bytes) -> str:
    """The page's own word on its encoding counts, unless a byte-order mark says otherwise or it is no encoding."""
    stated = _CHARSET.search(data[:4096])
    if stated and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode(stated.group(1).decode(), "strict")
        except (LookupError, UnicodeDecodeError):
            return decoded(data)
    return decoded(data)


def read_page(text: str, *, whole: bool = False) -> Reading:
    """The article in it; `whole`, all that it says, for a page that somebody wrote as one text."""
    tree = html_tree(text)
    metas, linked = _metas(tree), _linked_data(tree)
    article = [] if whole else _article(text)
    blocks = article or list(blocks_of(tree, whole_page=True))
    return Reading(
        blocks,
        title=_first(metas, _TITLES) or _title_element(tree),
        authors=", ".join(_authors(metas, linked)),
        published=_published(tree, metas, linked),
        canonical_url=_canonical(tree),
        language=next((root.get("lang") or "" for root in tree.iter("html")), ""),
    )


def _article(text: str) -> list[Block]:
    from trafilatura import bare_extraction

    # Its own guesses at author and date are left out: a date in a footer is not the page's.
    found: Any = bare_extraction(text, with_metadata=False, include_comments=False, include_tables=True, fast=True)
    blocks = list(blocks_of(found.body)) if found is not None and found.body is not None else []
    return blocks if sum(len(block.text) for block in blocks) >= _LEAST_ARTICLE else []


def _metas(tree: "_Element") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
        content = " ".join((meta.get("content") or "").split())
        if name and content:
            found.setdefault(name, []).append(content[:500])
    return found


def _first(metas: dict[str, list[str]], names: Iterable[str]) -> str:
    return next((metas[name][0] for name in names if name in metas), "")


def _title_element(tree: "_Element") -> str:
    """The only main heading, else the window's title without the site's name at its end."""
    headings = [" ".join("".join(heading.itertext()).split()) for heading in tree.iter("h1")]
    if len(headings) == 1 and headings[0]:
        return headings[0][:300]
    title = next((" ".join("".join(found.itertext()).split()) for found in tree.iter("title")), "")
    return re.sub(r"\s[|–—·»-]\s[^|–—·»]{1,40}$", "", title)[:300]


def _authors(metas: dict[str, list[str]], linked: list[dict[str, Any]]) -> list[str]:
    named = next((metas[name] for name in _AUTHORS if name in metas), [])
    named = [name for name in named if "://" not in name]  # a profile's address is not a name
    in_data = (list(_names(item.get("author"))) for item in linked)
    return list(dict.fromkeys(named or next(filter(None, in_data), [])))[:10]


def _names(author: Any) -> Iterator[str]:
    for one in author if isinstance(author, list) else [author]:
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str) and name.strip() and "://" not in name:
            yield " ".join(name.split())[:200]


def _published(tree: "_Element", metas: dict[str, list[str]], linked: list[dict[str, Any]]) -> str:
    stated = [value for name in _DATES for value in metas.get(name, ())]
    stated += [item["datePublished"] for item in linked if isinstance(item.get("datePublished"), str)]
    stated += [time.get("datetime", "") for time in tree.iter("time") if time.get("pubdate") is not None]
    stated += [time.get("datetime", "") for time in tree.iter("time") if time.get("itemprop") == "datePublished"]
    return next((day for moment in stated if (day := stated_day(moment.replace("/", "-")))), "")


def _linked_data(tree: "_Element") -> list[dict[str, Any]]:
    """JSON-LD objects of the page, articles before others."""
    found: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        written = script.text or ""
        if (script.get("type") or "").strip().lower() != "application/ld+json" or len(written) > _MAX_JSON:
            continue
        try:
            stated = json.loads(written)
        except (ValueError, RecursionError):
            continue
        found += [item for item in _objects(stated) if isinstance(item, dict)]
    return sorted(found, key=lambda item: "Article" not in str(item.get("@type", "")))


def _objects(stated: Any) -> list[Any]:
    if isinstance(stated, dict) and isinstance(stated.get("@graph"), list):
        return [stated, *stated["@graph"]]
    return stated if isinstance(stated, list) else [stated]


def _canonical(tree: "_Element") -> str:
    links = (link for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    address = next((link.get("href", "").strip() for link in links), "")
    return address if re.fullmatch(r"https?://[^\s<>\"\\]{1,2000}", address) else ""
