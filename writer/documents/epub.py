"""EPUB: the chapters of the package's spine, in its order."""

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from writer.documents.archive import BROKEN, Archive, archive
from writer.documents.limits import Limits
from writer.documents.markup import blocks_of, xhtml_tree
from writer.documents.reading import Reading, stated_day, stated_title
from writer.documents.safe_xml import local, text_at, xml_of
from writer.documents.web_page import decoded_page
from writer.domain.errors import SourceRefused
from writer.domain.sources import Block

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_DC = "{http://purl.org/dc/elements/1.1/}"
_CHAPTERS = frozenset({"application/xhtml+xml", "text/html", "text/x-oeb1-document"})


def read_epub(path: Path, limits: Limits) -> Reading:
    with archive(path, limits) as package:
        if _CONTAINER not in package:
            raise SourceRefused("The file is not an EPUB, whatever its name says.")
        opf_name = _opf_name(package)
        opf = xml_of(package.part(opf_name))
        spine = list(_spine(opf, posixpath.dirname(opf_name)))
        _refuse_locked(package, spine)
        title = next((" ".join((e.text or "").split()) for e in opf.iter(f"{_DC}title")), "")
        blocks = [block for name in spine if name in package for block in _chapter(package, name, title)]
        authors = (" ".join((creator.text or "").split()) for creator in opf.iter(f"{_DC}creator"))
        day = next((stated_day(date.text or "") for date in opf.iter(f"{_DC}date")), "")
        language = next((told.text or "" for told in opf.iter(f"{_DC}language")), "")
        return Reading(blocks, stated_title(title, blocks), ", ".join(filter(None, authors)), day, language=language)


def _opf_name(package: Archive) -> str:
    container = xml_of(package.part(_CONTAINER))
    names = (root.get("full-path", "") for root in container.iter() if local(root.tag) == "rootfile")
    name = next((name for name in names if name in package), "")
    if not name:
        raise SourceRefused(BROKEN)
    return name


def _spine(opf: "Element", folder: str) -> Iterator[str]:
    """Names of parts. Addresses lead nowhere but to other parts of the same package."""
    items = {item.get("id", ""): item for item in opf.iter() if local(item.tag) == "item"}
    for reference in opf.iter():
        item = items.get(reference.get("idref", "")) if local(reference.tag) == "itemref" else None
        if item is not None and _is_chapter(item):
            yield posixpath.normpath(posixpath.join(folder, unquote(item.get("href", "").partition("#")[0])))


def _is_chapter(item: "Element") -> bool:
    return item.get("media-type", "") in _CHAPTERS and "nav" not in item.get("properties", "").split()


def _refuse_locked(package: Archive, spine: list[str]) -> None:
    """Fonts are often scrambled, which does not matter; chapters only by copy protection."""
    if _ENCRYPTION not in package:
        return
    locked = {unquote(e.get("URI", "")) for e in xml_of(package.part(_ENCRYPTION)).iter() if "URI" in e.attrib}
    if locked & set(spine):
        raise SourceRefused("The book is copy-protected, so its text cannot be read. Use a copy without protection.")


def _chapter(package: Archive, name: str, book: str) -> Iterator[Block]:
    tree = xhtml_tree(decoded_page(package.part(name)))
    blocks = list(blocks_of(tree))
    if blocks and not any(block.kind == "heading" for block in blocks):
        title = text_at(tree, ".//title")
        if title and title != book:
            yield Block("heading", title, level=1)
    yield from blocks
