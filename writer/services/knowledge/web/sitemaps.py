"""Sitemaps: lists of a site's addresses, and lists of such lists."""

import zlib
from dataclasses import dataclass
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from writer.domain.errors import SourceRefused

SITEMAP_BYTES = 10_000_000
_UNPACKED = 10_000_000


@dataclass(frozen=True, slots=True)
class Sitemap:
    """`pages` and `sitemaps` in the order of the file."""

    pages: list[str]
    sitemaps: list[str]


def read_sitemap(content: bytes) -> Sitemap:
    """XML, packed or not, or plain text with an address on each line. SourceRefused when it is neither."""
    data = _unpacked(content)
    if data.lstrip()[:1] != b"<":
        lines = [line.strip() for line in data.decode("utf-8-sig", "replace").splitlines()]
        pages = [line for line in lines if line.startswith(("http://", "https://"))]
        if not pages:
            raise SourceRefused("This is no sitemap: it lists no addresses.")
        return Sitemap(pages, [])
    return _from_xml(data)


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        data = zlib.decompressobj(wbits=31).decompress(content, _UNPACKED + 1)
    except zlib.error as error:
        raise SourceRefused("The sitemap is packed and broken.") from error
    if len(data) > _UNPACKED:
        raise SourceRefused("The sitemap is too large. Give a part of it, or a list of addresses.")
    return data


def _from_xml(data: bytes) -> Sitemap:
    try:
        root = fromstring(data)
    except DefusedXmlException as error:
        raise SourceRefused("The sitemap defines XML entities, which no sitemap needs, so it was not read.") from error
    except (ParseError, ValueError, LookupError) as error:
        raise SourceRefused(
            "This is no sitemap that can be read. Give addresses of pages as a list instead."
        ) from error
    kind = root.tag.rpartition("}")[2]
    if kind not in ("urlset", "sitemapindex"):
        raise SourceRefused("This is no sitemap. To add one page, give its address as a web page.")
    found = [" ".join((place.text or "").split()) for entry in root for place in entry if place.tag.endswith("}loc")]
    found = found or [" ".join((place.text or "").split()) for place in root.iter("loc")]
    return Sitemap(found, []) if kind == "urlset" else Sitemap([], found)
