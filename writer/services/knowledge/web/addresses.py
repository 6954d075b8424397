"""Addresses of pages: one form for each, so that the same page is known again."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit

from writer.domain.errors import SourceRefused
from writer.security.fetch import parsed

_TRACKING = re.compile(r"utm_\w+|gclid|fbclid|dclid|msclkid|mc_[ce]id|igshid|_hs(?:enc|mi)|yclid", re.IGNORECASE)
_LINK = re.compile(rb"<link\b[^<>]{0,3000}>", re.IGNORECASE)
_REL = re.compile(rb"\brel\s*=\s*[\"']?[^\"'>]{0,100}\bcanonical\b", re.IGNORECASE)
_HREF = re.compile(rb"\bhref\s*=\s*(?:\"([^\"]{1,2000})\"|'([^']{1,2000})'|([^\s\"'>]{1,2000}))", re.IGNORECASE)
_HEAD_BYTES = 300_000


def normalised(url: str) -> str:
    """Without fragment, default port and parameters that only track; host in lower case. SourceRefused when it is no
    address at all."""
    address = parsed(url.strip())
    parts = urlsplit(address.url)
    kept = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(name)
    ]
    if len(kept) == len(parse_qsl(parts.query, keep_blank_values=True)):
        return address.url
    return parts._replace(query=urlencode(kept)).geturl()


def addresses_in(text: str) -> list[str]:
    """One for each line that is not empty, in order, each once. The first that cannot be read is named."""
    found: dict[str, None] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            found[normalised(line)] = None
        except SourceRefused as error:
            raise SourceRefused(f"“{line[:80]}” is no address: {error}") from error
    return list(found)


def readable(urls: Iterable[str]) -> list[str]:
    """Those that are addresses, each once: for lists that machines made."""
    found: dict[str, None] = {}
    for url in urls:
        try:
            found[normalised(url)] = None
        except SourceRefused:
            continue
    return list(found)


def host_of(url: str) -> str:
    return urlsplit(url).netloc


def same_site(one: str, other: str) -> bool:
    return host_of(one).removeprefix("www.") == host_of(other).removeprefix("www.")


def canonical_of(url: str, page: bytes) -> str:
    """Where the page says it really is, else where it was found. Only within its own site: a page cannot pass itself
    off as somebody else's."""
    for link in _LINK.findall(page[:_HEAD_BYTES]):
        if _REL.search(link) and (href := _HREF.search(link)):
            stated = next(filter(None, href.groups())).decode("utf-8", "replace").replace("&amp;", "&")
            for address in readable([urljoin(url, stated.strip())]):
                if same_site(address, url):
                    return address
    return url


def filename_of(url: str, suffix: str) -> str:
    """The last part of the path with the suffix of what it holds."""
    name = PurePosixPath(unquote(urlsplit(url).path)).name
    stem = name.removesuffix(PurePosixPath(name).suffix) if name else ""
    return f"{stem or urlsplit(url).hostname or 'page'}{suffix}"


def suffix_of(url: str) -> str:
    return PurePosixPath(urlsplit(url).path).suffix.lower()
