"""A Markdown text as the pieces that are checked: headings, paragraphs, list items, quotations, tables, code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,4}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_QUOTE = re.compile(r" {0,3}(?:>[ \t]?)+")
_RULE = re.compile(r"[ \t]*(?:[-*_=][ \t]*){3,}$")
_NO_PROSE = re.compile(r"[ \t]*(?:\[[^\]\n]{1,300}\]:|</?[A-Za-z!]|<!--)")
_INDENTED = re.compile(r"(?: {4}|\t)")


class Kind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    QUOTE = "quote"
    TABLE = "table"
    CODE = "code"
    OTHER = "other"

    @property
    def is_prose(self) -> bool:
        return self in (Kind.HEADING, Kind.PARAGRAPH, Kind.ITEM, Kind.QUOTE)


@dataclass(frozen=True, slots=True)
class Block:
    """`text` is what stands from `start` on, without the marks of its kind before it; `level` is a heading's."""

    kind: Kind
    start: int
    text: str
    level: int = 0

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str
    kind: Kind
    lead: int = 0
    level: int = 0
    begins: bool = False


def blocks_of(text: str) -> list[Block]:
    """In order. Line ends are "\\n"."""
    found: list[Block] = []
    run: list[_Line] = []
    for line in [*_lines(text), _Line(len(text), "", Kind.OTHER, begins=True)]:
        if run and (line.begins or line.kind is not run[-1].kind):
            found += _block(text, run)
            run = []
        if line.text.strip():
            run.append(line)
    return found


def _block(text: str, run: list[_Line]) -> list[Block]:
    first, last = run[0], run[-1]
    start, end = first.start + first.lead, last.start + len(last.text.rstrip())
    return [Block(first.kind, start, text[start:end], first.level)] if start < end else []


def _lines(text: str) -> Iterator[_Line]:
    start, fence, before = 0, "", _Line(0, "", Kind.OTHER)
    for bare in text.split("\n"):
        opened = _FENCE.fullmatch(bare)
        if fence:
            line = _Line(start, bare, Kind.CODE)
            if opened and opened[1].startswith(fence) and not opened[2].strip():
                fence = ""
        elif opened and not (opened[1][0] == "`" and "`" in opened[2]):
            fence, line = opened[1], _Line(start, bare, Kind.CODE, begins=True)
        else:
            line = _plain_line(start, bare, before)
        yield line
        before = line
        start += len(bare) + 1


def _plain_line(start: int, bare: str, before: _Line) -> _Line:
    if not bare.strip():
        return _Line(start, bare, Kind.OTHER, begins=True)
    if heading := _HEADING.match(bare):
        return _Line(start, bare, Kind.HEADING, heading.end(), len(heading[1]), begins=True)
    blank_before = not before.text.strip()
    if _INDENTED.match(bare) and (before.kind is Kind.CODE or blank_before) and not _ITEM.match(bare):
        return _Line(start, bare, Kind.CODE, begins=blank_before)
    if _RULE.match(bare) or _NO_PROSE.match(bare):
        return _Line(start, bare, Kind.OTHER, begins=True)
    if item := _ITEM.match(bare):
        return _Line(start, bare, Kind.ITEM, item.end(), begins=True)
    if quote := _QUOTE.match(bare):
        return _Line(start, bare, Kind.QUOTE, quote.end())
    if bare.lstrip().startswith("|"):
        return _Line(start, bare, Kind.TABLE)
    goes_on = before.kind in (Kind.ITEM, Kind.QUOTE) and not blank_before
    return _Line(start, bare, before.kind if goes_on else Kind.PARAGRAPH)
