"""The look of Word files: Pandoc's own reference document with our fonts, sizes and colours."""

import io
import zipfile
from dataclasses import dataclass
from typing import Any

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True, slots=True)
class _Look:
    """`size` in points; `before` and `after` are the room round a paragraph, in points."""

    font: str
    size: float
    colour: str = "1F2328"
    bold: bool = False
    before: float = 0
    after: float = 6


_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP file can say
_TEXT, _HEADINGS, _CODE = "Georgia", "Arial", "Consolas"
_LOOKS = {
    "Normal": _Look(_TEXT, 11),
    "BodyText": _Look(_TEXT, 11, after=8),
    "FirstParagraph": _Look(_TEXT, 11, after=8),
    "Compact": _Look(_TEXT, 11, after=3),
    "Title": _Look(_HEADINGS, 24, bold=True, after=18),
    "Heading1": _Look(_HEADINGS, 16, bold=True, before=20, after=6),
    "Heading2": _Look(_HEADINGS, 13, bold=True, before=16, after=4),
    "Heading3": _Look(_HEADINGS, 11.5, bold=True, before=12, after=4),
    "Heading4": _Look(_HEADINGS, 11, bold=True, before=10, after=4),
    "Heading5": _Look(_HEADINGS, 11, before=10, after=4),
    "BlockText": _Look(_TEXT, 10.5, "57606A", before=4, after=8),
    "FootnoteText": _Look(_TEXT, 9, after=2),
    "VerbatimChar": _Look(_CODE, 9.5),
}


def with_our_look(reference: bytes) -> bytes:
    """The same document with other styles. Pandoc stamps its parts with the time of day and hands some of them on: the
    stamp is taken off, so that the same draft makes the same file."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(reference)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            entry.date_time = _NO_TIME
            new.writestr(entry, _restyled(content) if entry.filename == "word/styles.xml" else content)
    return made.getvalue()


def _restyled(styles: bytes) -> bytes:
    from lxml import etree

    root = etree.fromstring(styles)
    for style in root.iter(f"{_WORD}style"):
        look = _LOOKS.get(str(style.get(f"{_WORD}styleId")))
        if look:
            _dress(style, look)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _dress(style: Any, look: _Look) -> None:
    """The order of elements is the schema's: Word refuses another."""
    from lxml import etree

    for letters in style.findall(f"{_WORD}rPr"):
        style.remove(letters)
    if style.get(f"{_WORD}type") == "paragraph":
        _space(style, look)
    letters = etree.SubElement(style, f"{_WORD}rPr")
    _add(letters, "rFonts", ascii=look.font, hAnsi=look.font, cs=look.font)
    if look.bold:
        _add(letters, "b")
        _add(letters, "bCs")
    _add(letters, "color", val=look.colour)
    _add(letters, "sz", val=str(round(look.size * 2)))
    _add(letters, "szCs", val=str(round(look.size * 2)))


def _space(style: Any, look: _Look) -> None:
    from lxml import etree

    paragraph = style.find(f"{_WORD}pPr")
    if paragraph is None:
        paragraph = etree.SubElement(style, f"{_WORD}pPr")
    for name in ("spacing", "contextualSpacing", "jc"):
        for element in paragraph.findall(f"{_WORD}{name}"):
            paragraph.remove(element)
    spacing = etree.Element(f"{_WORD}spacing")
    for side, points in (("before", look.before), ("after", look.after)):
        spacing.set(f"{_WORD}{side}", str(round(points * 20)))
    level = paragraph.find(f"{_WORD}outlineLvl")
    indent = paragraph.find(f"{_WORD}ind")
    ahead = indent if indent is not None else level
    paragraph.append(spacing) if ahead is None else ahead.addprevious(spacing)


def _add(parent: Any, name: str, **attributes: str) -> None:
    from lxml import etree

    element = etree.SubElement(parent, f"{_WORD}{name}")
    for key, value in attributes.items():
        element.set(f"{_WORD}{key}", value)
