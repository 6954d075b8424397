"""Word documents: headings, lists, tables, quotes, captions and notes from the parts of the package.

Read straight from the XML: libraries for it lose tables, or text silently where the XML is hostile, and parse without
guard against entities.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from writer.documents.archive import Archive, archive
from writer.documents.limits import Limits
from writer.documents.reading import Reading, stated_day, stated_title
from writer.documents.safe_xml import local, text_at, xml_of
from writer.domain.errors import SourceRefused
from writer.domain.sources import Block

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"
_MAIN = "word/document.xml"
_WRAPPERS = frozenset({"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"})
_NOT_TEXT = frozenset({"del", "moveFrom", "Fallback", "txbxContent", "pPr", "rPr", "instrText"})
_HEADING = re.compile(r"heading (\d)")
_STYLE_KINDS = (("caption", "caption"), ("quote", "quote"), ("code", "code"), ("preformatted", "code"))
_MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class _Style:
    name: str = ""
    parent: str = ""
    outline: int = 0
    numbering: str = ""


@dataclass(slots=True)
class _Look:
    """What paragraphs refer to: styles by id, and which lists are numbered."""

    styles: dict[str, _Style]
    numbered: set[tuple[str, str]]
    counted: Counter[tuple[str, str]] = field(default_factory=Counter)


def read_docx(path: Path, limits: Limits) -> Reading:
    with archive(path, limits) as package:
        if _MAIN not in package:
            raise SourceRefused("The file is not a Word document, whatever its name says.")
        body = xml_of(package.part(_MAIN)).find(f"{W}body")
        look = _Look(_styles(package), _numbered(package))
        blocks = _merged(_blocks(body, look)) if body is not None else []
        blocks += [Block("reference", text) for part in ("footnotes", "endnotes") for text in _notes(package, part)]
        return _stated(package, blocks)


def _stated(package: Archive, blocks: list[Block]) -> Reading:
    if "docProps/core.xml" not in package:
        return Reading(blocks, stated_title("", blocks))
    core = xml_of(package.part("docProps/core.xml"))
    day = stated_day(text_at(core, f"{_TERMS}modified") or text_at(core, f"{_TERMS}created"))
    title = stated_title(text_at(core, f"{_DC}title"), blocks)
    return Reading(blocks, title, text_at(core, f"{_DC}creator"), day, language=text_at(core, f"{_DC}language"))


def _styles(package: Archive) -> dict[str, _Style]:
    if "word/styles.xml" not in package:
        return {}
    found = xml_of(package.part("word/styles.xml")).iter(f"{W}style")
    return {_attribute(style, "styleId"): _style(style) for style in found}


def _style(style: "Element") -> _Style:
    outline = _value(style, f"{W}pPr/{W}outlineLvl")
    level = int(outline) + 1 if outline.isdecimal() and int(outline) < 9 else 0
    numbering = _value(style, f"{W}pPr/{W}numPr/{W}numId")
    return _Style(_value(style, f"{W}name").lower(), _value(style, f"{W}basedOn"), level, numbering)


def _numbered(package: Archive) -> set[tuple[str, str]]:
    """(numbering id, level) of lists that count; the others have bullets."""
    if "word/numbering.xml" not in package:
        return set()
    root = xml_of(package.part("word/numbering.xml"))
    formats = {
        (_attribute(kind, "abstractNumId"), _attribute(level, "ilvl")): _value(level, f"{W}numFmt")
        for kind in root.iter(f"{W}abstractNum")
        for level in kind.iter(f"{W}lvl")
    }
    kinds = {_attribute(num, "numId"): _value(num, f"{W}abstractNumId") for num in root.iter(f"{W}num")}
    return {
        (number, level)
        for number, kind in kinds.items()
        for (of, level), shape in formats.items()
        if of == kind and shape not in ("bullet", "none", "")
    }


def _blocks(parent: "Element", look: _Look, depth: int = 0) -> Iterator[Block]:
    for child in parent if depth < _MAX_DEPTH else ():
        name = local(child.tag)
        if name == "p":
            yield _paragraph(child, look)
            for box in _text_boxes(child):
                yield from _blocks(box, look, depth + 1)
        elif name == "tbl":
            yield Block("table", _table(child))
        elif name in _WRAPPERS:
            yield from _blocks(child, look, depth + 1)


def _text_boxes(paragraph: "Element") -> Iterator["Element"]:
    """Each once: Word stores boxes a second time for old programs."""
    old = {id(box) for part in paragraph.iter() if local(part.tag) == "Fallback" for box in part.iter()}
    yield from (box for box in paragraph.iter(f"{W}txbxContent") if id(box) not in old)


def _paragraph(paragraph: "Element", look: _Look) -> Block:
    text = _text(paragraph)
    lineage = _lineage(_value(paragraph, f"{W}pPr/{W}pStyle"), look.styles)
    own_level = _value(paragraph, f"{W}pPr/{W}outlineLvl")
    level = int(own_level) + 1 if own_level.isdecimal() and int(own_level) < 9 else _level(lineage)
    if level:
        return Block("heading", text, level=min(6, level))
    kind = next((kind for style in lineage for word, kind in _STYLE_KINDS if word in style.name), "")
    if kind:
        return Block(kind, text)
    number = _value(paragraph, f"{W}pPr/{W}numPr/{W}numId") or next((s.numbering for s in lineage if s.numbering), "")
    if number not in ("", "0") and text:
        depth = _value(paragraph, f"{W}pPr/{W}numPr/{W}ilvl") or "0"
        return Block("list", _mark(number, depth, look) + text)
    return Block("paragraph", text)


def _lineage(style_id: str, styles: dict[str, _Style]) -> list[_Style]:
    """The style and those it is based on; a circle ends it."""
    seen: dict[str, _Style] = {}
    while style_id in styles and style_id not in seen:
        seen[style_id] = styles[style_id]
        style_id = styles[style_id].parent
    return list(seen.values())


def _level(lineage: Iterable[_Style]) -> int:
    for style in lineage:
        heading = _HEADING.fullmatch(style.name)
        if heading or style.outline or style.name == "title":
            return int(heading.group(1)) if heading else style.outline or 1
    return 0


def _mark(number: str, depth: str, look: _Look) -> str:
    indent = "  " * min(int(depth), 8) if depth.isdecimal() else ""
    if (number, depth) not in look.numbered:
        return f"{indent}- "
    look.counted[number, depth] += 1
    for deeper in [key for key in look.counted if key[0] == number and key[1] > depth]:
        del look.counted[deeper]
    return f"{indent}{look.counted[number, depth]}. "


def _text(element: "Element") -> str:
    """Without deleted and moved-away text, field codes, and what text boxes hold."""
    pieces: list[str] = []
    waiting = [element]
    while waiting:
        part = waiting.pop()
        name = local(part.tag)
        if name == "t":
            pieces.append(part.text or "")
        elif name in ("tab", "br", "cr"):
            pieces.append(" ")
        elif name == "noBreakHyphen":
            pieces.append("-")
        elif name not in _NOT_TEXT or part is element:
            waiting.extend(reversed(part))
    return " ".join("".join(pieces).split())


def _table(table: "Element") -> str:
    rows = ([_cell(cell) for cell in row.iter(f"{W}tc")] for row in table.iter(f"{W}tr"))
    return "\n".join(" | ".join(row) for row in rows if any(row))


def _cell(cell: "Element") -> str:
    return " ".join(filter(None, (_text(paragraph) for paragraph in cell.iter(f"{W}p"))))


def _notes(package: Archive, part: str) -> Iterator[str]:
    if f"word/{part}.xml" in package:
        for note in xml_of(package.part(f"word/{part}.xml")):
            if not note.get(f"{W}type"):  # lines that separate notes have one
                yield _text(note)


def _merged(blocks: Iterable[Block]) -> list[Block]:
    """Neighbouring items as one list, lines of code as one block."""
    found: list[Block] = []
    for kind, alike in groupby((block for block in blocks if block.text), key=lambda block: block.kind):
        group = list(alike)
        joined = kind in ("list", "code")
        found += [Block(kind, "\n".join(block.text for block in group))] if joined else group
    return found


def _attribute(element: "Element", name: str) -> str:
    return element.get(f"{W}{name}", "")


def _value(element: "Element", path: str) -> str:
    found = element.find(path)
    return "" if found is None else _attribute(found, "val")
