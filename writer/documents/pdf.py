"""PDF: lines with page, position and letter size, and from them headings, paragraphs, captions and references."""

import ctypes
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from writer.documents.limits import Limits
from writer.domain.errors import SourceRefused
from writer.domain.sources import Block

_MIN_CHARACTERS_PER_PAGE = 20
_HYPHEN = re.compile(r"[\x02\ufffe]\s*")  # how pdfium marks a hyphen that only the line break needed
_CAPTION = re.compile(r"(?:Figure|Fig\.|Table|Plate|Photo|Chart|Box|Exhibit)\s+[A-Z]?\d+", re.IGNORECASE)
_REFERENCES = re.compile(
    r"(?:\d+\.?\s+)?(?:references|bibliography|works cited|literature cited|literature)", re.IGNORECASE
)
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2})*)\.?\s+[A-ZÀ-Þ]")
_ITEM = re.compile(r"(?:[-*•–▪◦]|\(?\d{1,2}[.)])\s+\S")
_JUNK_TITLE = re.compile(r"untitled|microsoft word|\.(?:docx?|pdf|tex|indd|pptx?)$|^\W*$", re.IGNORECASE)
_BOLD = 600
_HEADING_SIZE = 1.12  # times the size of body text
_MAX_HEADING = 160
_PARAGRAPH_GAP = 1.7  # times the letter size, from line to line
_EDGE_LINES = 3
_CHAPTER_PAGES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """`size` and `y` (from the bottom of the page) are 0 where the PDF does not say."""

    text: str
    page: int
    size: float = 0.0
    y: float = 0.0
    bold: bool = False


@dataclass(frozen=True, slots=True)
class PdfText:
    title: str
    authors: str
    pages: int
    blocks: list[Block]


def read_pdf(path: Path, limits: Limits) -> PdfText:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise SourceRefused(_why_not_opened(error)) from error
    with document:
        pages = len(document)
        if pages > limits.pages:
            raise SourceRefused(f"The PDF has {pages:,} pages; Writer reads up to {limits.pages:,}. Split it first.")
        lines = [list(_lines(document, number)) for number in range(1, pages + 1)]
        characters = sum(len(line.text) for page in lines for line in page)
        if characters < _MIN_CHARACTERS_PER_PAGE * max(1, pages):
            raise SourceRefused(
                "This PDF has no text layer: it holds pictures of pages. OCR it first, then add it again."
            )
        if characters > limits.characters:
            raise SourceRefused("The PDF holds more text than Writer reads in one piece. Split it first.")
        stated = document.get_metadata_dict()
    blocks = list(_blocks([line for page in _without_edges(lines) for line in page]))
    title = " ".join(stated.get("Title", "").split())
    return PdfText("" if _JUNK_TITLE.search(title) else title, stated.get("Author", "").strip(), pages, blocks)


def _why_not_opened(error: Exception) -> str:
    if "password" in str(error).lower():
        return "The PDF is password-protected. Remove the password, then add it again."
    return "The PDF is broken and cannot be opened. Save or download it anew, then add it again."


def _lines(document: Any, number: int) -> Iterator[Line]:
    """One page's lines. A page that cannot be read is skipped: the others are worth having."""
    import pypdfium2

    try:
        page = document[number - 1]
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError:
        return
    try:
        text = text_page.get_text_range()
        offset = 0
        for piece in re.split(r"(\r\n|\r|\n)", text):
            if piece.strip():
                yield _line(text_page, piece, offset + len(piece) - len(piece.lstrip()), number)
            offset += len(piece)
    finally:
        text_page.close()
        page.close()


def _line(text_page: Any, text: str, first: int, page: int) -> Line:
    import pypdfium2.raw as pdfium

    visible = text.strip()
    # Positions in the text and in the page's list of characters drift apart in rare files: then nothing is known.
    if pdfium.FPDFText_GetUnicode(text_page, first) != ord(visible[0]):
        return Line(visible, page)
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    pdfium.FPDFText_GetCharBox(text_page, first, left, right, bottom, top)
    scale = _scale(text_page, first)
    size = round(pdfium.FPDFText_GetFontSize(text_page, first) * scale, 1)
    return Line(visible, page, size, bottom.value, pdfium.FPDFText_GetFontWeight(text_page, first) >= _BOLD)


def _scale(text_page: Any, first: int) -> float:
    """Many PDFs set letters at size 1 and enlarge them by a matrix."""
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFText_GetMatrix(text_page, first, matrix):
        return 1.0
    return float(abs(matrix.d) or abs(matrix.b) or 1.0)


def _without_edges(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Without headers and footers: lines near the edge that, digits masked, stand on more than half of the pages, and
    outermost lines that stand on three or more (a chapter's title above its pages)."""
    if len(pages) < 3:
        return [list(page) for page in pages]
    seen = Counter(mask for page in pages for mask in {_masked(line) for line in _edge(page)})
    outermost = Counter(mask for page in pages for mask in {_masked(line) for line in (*page[:1], *page[-1:])})
    repeated = {mask for mask, count in seen.items() if count > len(pages) / 2}
    repeated |= {mask for mask, count in outermost.items() if count >= _CHAPTER_PAGES}
    kept: list[list[Line]] = []
    for page in pages:
        drop = {id(line) for line in _edge(page) if _masked(line) in repeated}
        kept.append([line for line in page if id(line) not in drop])
    return kept


def _edge(page: Sequence[Line]) -> list[Line]:
    return [*page[:_EDGE_LINES], *page[max(_EDGE_LINES, len(page) - _EDGE_LINES) :]]


def _masked(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text).casefold()


def _blocks(lines: Sequence[Line]) -> Iterator[Block]:
    body = _body_size(lines)
    levels = _heading_levels(lines, body)
    in_references = False
    for group in _groups(lines, levels, body):
        text = _HYPHEN.sub("", "\n".join(line.text for line in group))
        page = group[0].page
        if _heading_level(group[0], levels, body):
            heading = " ".join(text.split())
            in_references = bool(_REFERENCES.fullmatch(heading.strip(" .:")))
            yield Block("heading", heading, level=_heading_level(group[0], levels, body), page=page)
        elif _ITEM.match(text):
            yield Block("reference" if in_references else "list", _items(text), page=page)
        else:
            kind = "reference" if in_references else "caption" if _CAPTION.match(text) else "paragraph"
            yield Block(kind, " ".join(text.split()), page=page)


def _items(text: str) -> str:
    """One line per item: a wrapped line goes to the item that it continues."""
    items: list[str] = []
    for line in text.split("\n"):
        if items and not _ITEM.match(line):
            items[-1] += " " + line.strip()
        else:
            items.append(line.strip())
    return "\n".join(items)


def _body_size(lines: Iterable[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _heading_levels(lines: Iterable[Line], body: float) -> dict[float, int]:
    """Letter sizes that headings have, largest first, as levels from 1."""
    if not body:
        return {}
    sizes = sorted({line.size for line in lines if _is_large(line, body)}, reverse=True)
    return {size: min(6, level) for level, size in enumerate(sizes, start=1)}


def _is_large(line: Line, body: float) -> bool:
    return line.size >= body * _HEADING_SIZE and _could_head(line.text)


def _could_head(text: str) -> bool:
    letters = sum(character.isalpha() for character in text)
    return 2 < len(text) <= _MAX_HEADING and letters >= len(text) / 2 and not text.endswith((".", ",", ";"))


def _heading_level(line: Line, levels: dict[float, int], body: float) -> int:
    """0 for what is no heading. By size, else bold and short; "References" counts by itself."""
    if body and _is_large(line, body):
        return levels[line.size]
    deepest = max(levels.values(), default=1)
    if _REFERENCES.fullmatch(line.text.strip(" .:")):
        return min(6, deepest + 1)
    numbered = _NUMBERED.match(line.text)
    short = len(line.text) <= 80 and _could_head(line.text)
    if numbered and short and line.bold:
        return min(6, deepest + 1 + numbered.group(1).count("."))
    return min(6, deepest + 1) if line.bold and short and line.text[0].isupper() and len(line.text.split()) <= 8 else 0


def _groups(lines: Sequence[Line], levels: dict[float, int], body: float) -> Iterator[list[Line]]:
    """Lines that belong together: a heading with its second line, a paragraph also over a page break."""
    width = _usual_width(lines)
    group: list[Line] = []
    for line in lines:
        if group and _starts_anew(group[-1], line, levels, body, width):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _usual_width(lines: Sequence[Line]) -> int:
    lengths = sorted(len(line.text) for line in lines)
    return lengths[int(len(lengths) * 0.75)] if lengths else 0


def _starts_anew(before: Line, line: Line, levels: dict[float, int], body: float, width: int) -> bool:
    was, now = _heading_level(before, levels, body), _heading_level(line, levels, body)
    if was or now:
        same_heading = was == now and before.size == line.size and before.page == line.page
        return not same_heading or _NUMBERED.match(line.text) is not None
    if _CAPTION.match(line.text) or (_ITEM.match(line.text) and _ended(before)):
        return True
    if before.page != line.page:
        return _ended(before)
    fall = before.y - line.y
    if before.size and fall > before.size * _PARAGRAPH_GAP:
        return _ended(before) or line.text[0].isupper()
    return _ended(before) and len(before.text) < width * 0.8


def _ended(line: Line) -> bool:
    return line.text.rstrip("\"'”’)]").endswith((".", "!", "?", ":", "…"))
