"""Plain text: decoding, and paragraphs, lists and headings by the shape of lines."""

import codecs
import re

from writer.documents.sniffing import is_binary
from writer.domain.errors import SourceRefused
from writer.domain.sources import Block

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DETECTED_BYTES = 200_000
_ITEM = re.compile(r"\s*(?:[-*•–]|\d{1,3}[.)]|[a-z][.)])\s+\S")
_NUMBERED = re.compile(r"\d{1,2}(?:\.\d{1,2})*\.?\s+\S")
_RULE = re.compile(r"\s*[-=*_~]{3,}\s*")
_MARKED_HEADING = re.compile(r"(#{1,6})\s+(\S.*)")
_LONG_LINE = 160  # nobody wraps that wide by hand: each such line is a paragraph
_MAX_HEADING = 90


def decoded(data: bytes) -> str:
    """Byte-order mark, else UTF-8, else what charset-normalizer finds, else Windows-1252."""
    text = _decoded_by_mark(data)
    if text is None:
        if is_binary(data):
            raise SourceRefused("The file is not text: it holds binary data.")
        text = _decoded_by_trial(data)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _decoded_by_mark(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    return None


def _decoded_by_trial(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_DETECTED_BYTES]).best()
    return data.decode(best.encoding if best is not None else "cp1252", "replace")


def read_plain(text: str) -> list[Block]:
    blocks: list[Block] = []
    groups = [group for group in re.split(r"\n[ \t]*(?:\n[ \t]*)+", text.expandtabs(4)) if group.strip()]
    for n, group in enumerate(groups):
        lines = [line.rstrip() for line in group.split("\n") if not _RULE.fullmatch(line)]
        is_last = n == len(groups) - 1
        blocks.extend(_blocks_of(lines, is_last=is_last))
    return blocks


def _blocks_of(lines: list[str], *, is_last: bool) -> list[Block]:
    if not lines:
        return []
    marked = _MARKED_HEADING.fullmatch(lines[0].strip())
    if marked:
        heading = Block("heading", marked.group(2), level=len(marked.group(1)))
        return [heading, *_blocks_of(lines[1:], is_last=is_last)]
    if len(lines) == 1 and not is_last and looks_like_heading(lines[0]):
        return [Block("heading", lines[0].strip(), level=level_of(lines[0]))]
    if any(len(line) > _LONG_LINE for line in lines):
        return [Block("list" if _ITEM.match(line) else "paragraph", line) for line in lines]
    if sum(1 for line in lines if _ITEM.match(line)) >= max(1, len(lines) / 2):
        return [Block("list", "\n".join(lines))]
    return [Block("paragraph", " ".join(line.strip() for line in lines))]


def looks_like_heading(line: str) -> bool:
    """A short line that ends like no sentence and starts like a title. A guess."""
    line = line.strip()
    if not 2 < len(line) <= _MAX_HEADING or line[-1] in '.,;:!…)"”' or not any(c.isalpha() for c in line):
        return False
    if _NUMBERED.match(line):
        return len(line.split()) <= 12
    return line[0].isupper() and len(line.split()) <= 10


def level_of(heading: str) -> int:
    """1.2.3 is level 4, since level 1 belongs to titles; without a number, level 2."""
    numbers = re.match(r"\d{1,2}((?:\.\d{1,2})*)", heading.strip())
    return min(6, 2 + numbers.group(1).count(".")) if numbers else 2
