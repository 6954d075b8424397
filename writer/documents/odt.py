"""OpenDocument text: headings, lists, tables, quotes and notes."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from writer.documents.archive import LOCKED, Archive, archive
from writer.documents.limits import Limits
from writer.documents.reading import Reading, stated_day, stated_title
from writer.documents.safe_xml import local, text_at, xml_of
from writer.domain.errors import SourceRefused
from writer.domain.sources import Block

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TEXT, _OFFICE, _META, _STYLE = (_NS % name for name in ("text", "office", "meta", "style"))
_DC = "{http://purl.org/dc/elements/1.1/}"
_NOT_TEXT = frozenset({"note", "annotation", "tracked-changes", "text-box"})
_KINDS = {"Title": "title", "Quotations": "quote", "Preformatted_20_Text": "code", "Caption": "caption"}
_PARTS = frozenset({"section", "soft-page-break", "text-box"})
_MAX_DEPTH = 20


def read_odt(path: Path, limits: Limits) -> Reading:
    with archive(path, limits) as package:
        if "content.xml" not in package:
            raise SourceRefused("The file is not an OpenDocument text, whatever its name says.")
        if "META-INF/manifest.xml" in package and b"encryption-data" in package.part("META-INF/manifest.xml"):
            raise SourceRefused(LOCKED)
        content = xml_of(package.part("content.xml"))
        body = content.find(f"{_OFFICE}body/{_OFFICE}text")
        if body is None:
            raise SourceRefused("The file is an OpenDocument file, but no text document.")
        blocks = [block for block in _blocks(body, _styles(content)) if block.text]
        blocks += [Block("reference", _text(note)) for note in body.iter(f"{_TEXT}note-body")]
        return _stated(package, blocks)


def _stated(package: Archive, blocks: list[Block]) -> Reading:
    if "meta.xml" not in package:
        return Reading(blocks, stated_title("", blocks))
    meta = xml_of(package.part("meta.xml"))
    told = f"{_OFFICE}meta/"
    authors = text_at(meta, f"{told}{_META}initial-creator") or text_at(meta, f"{told}{_DC}creator")
    day = stated_day(text_at(meta, f"{told}{_DC}date") or text_at(meta, f"{told}{_META}creation-date"))
    language = text_at(meta, f"{told}{_DC}language")
    return Reading(blocks, stated_title(text_at(meta, f"{told}{_DC}title"), blocks), authors, day, language=language)


def _styles(content: "Element") -> dict[str, str]:
    """Names of automatic styles → the named style they vary."""
    found = content.iter(f"{_STYLE}style")
    return {style.get(f"{_STYLE}name", ""): style.get(f"{_STYLE}parent-style-name", "") for style in found}


def _blocks(parent: "Element", styles: dict[str, str], depth: int = 0) -> Iterator[Block]:
    for child in parent if depth < _MAX_DEPTH else ():
        name = local(child.tag)
        if name == "h":
            level = child.get(f"{_TEXT}outline-level", "1")
            yield Block("heading", _text(child), level=min(6, int(level)) if level.isdecimal() else 1)
        elif name == "p":
            yield _paragraph(child, styles)
            for box in child.iter():
                if local(box.tag) == "text-box":
                    yield from _blocks(box, styles, depth + 1)
        elif name == "list":
            yield Block("list", "\n".join(_items(child)))
        elif name == "table":
            yield Block("table", _table(child))
        elif name in _PARTS:
            yield from _blocks(child, styles, depth + 1)


def _paragraph(paragraph: "Element", styles: dict[str, str]) -> Block:
    style = paragraph.get(f"{_TEXT}style-name", "")
    kind = _KINDS.get(style) or _KINDS.get(styles.get(style, ""), "paragraph")
    return Block("heading", _text(paragraph), level=1) if kind == "title" else Block(kind, _text(paragraph))


def _items(listed: "Element", depth: int = 0) -> Iterator[str]:
    """One line for each item. What kind of mark it has is a matter of styles that we do not follow."""
    for item in listed if depth < _MAX_DEPTH else ():
        for child in item:
            if local(child.tag) == "list":
                yield from _items(child, depth + 1)
            elif text := _text(child):
                yield f"{'  ' * depth}- {text}"


def _table(table: "Element") -> str:
    rows = ([_text(cell) for cell in row if local(cell.tag) == "table-cell"] for row in _rows(table))
    return "\n".join(" | ".join(row) for row in rows if any(row))


def _rows(table: "Element") -> Iterator["Element"]:
    yield from (row for row in table.iter() if local(row.tag) == "table-row")


def _text(element: "Element") -> str:
    """Without notes, comments and text boxes. Spaces that XML would swallow are elements."""
    pieces: list[str] = []
    waiting: list[Element | str] = [element]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            pieces.append(part)
            continue
        name = local(part.tag)
        if name in ("s", "tab", "line-break"):
            pieces.append(" ")
        elif name not in _NOT_TEXT or part is element:
            pieces.append(" " if name == "p" else "")
            pieces.append(part.text or "")
            for child in reversed(part):
                waiting += [child.tail or "", child]
    return " ".join("".join(pieces).split())
