"""The sentences of a section with their places, out of Markdown: headings, tables and code state no claims."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from writer.domain.citations import TOKEN, cited_ids
from writer.domain.text import sentences

_FENCE = re.compile(r"\s*(?:```|~~~)")
_NO_PROSE = re.compile(r"\s*(?:#{1,6}\s|\||<|!\[|\[[^\]]+\]:|(?:-{3,}|\*{3,}|_{3,})\s*$)")
_MARKER = re.compile(r"\s*(?:(?:[-*+•]|\d{1,3}[.)])\s+)?")
_QUOTE_MARKER = re.compile(r"\s{0,3}(?:>\s?)+")
_STARTS_BLOCK = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_QUOTED = re.compile(r"“[^“”]*”|(?<!\w)\"[^\"\n]+\"(?!\w)")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_EMPHASIS = re.compile(r"(?<![\w\\])(\*{1,3}|_{1,3}|`)(?=\S)(.{1,300}?)(?<=\S)\1(?!\w)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()<>#+\-.!|~$:^=&\"'/@])")
_REMARK = re.compile(r"\s*\((?:p\. ?\d+|also in|[\s,;])+\)\.?")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is what stands in the section from `start` to `end`; `plain` is what a reader takes from it, without
    tokens and marks. `quoted` is true for a line of a block quotation."""

    start: int
    end: int
    text: str
    plain: str
    passage_ids: tuple[str, ...]
    quoted: bool = False


def sentences_of(markdown: str) -> list[Sentence]:
    found: list[Sentence] = []
    for start, end, quoted in _blocks(markdown):
        for first, last in _merged(markdown[start:end]):
            text = markdown[start + first : start + last]
            plain = plain_text(text)
            if any(character.isalnum() for character in plain):
                found.append(Sentence(start + first, start + last, text, plain, tuple(cited_ids(text)), quoted))
    return found


def plain_text(text: str) -> str:
    """One line without citation tokens, emphasis, link targets, escapes and remarks on pages."""
    bare = _REMARK.sub("", TOKEN.sub("", re.sub(r"\n\s*>\s?", "\n", text)))
    bare = _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", bare))
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(_ESCAPED.sub(r"\1", bare).split()))


def quotations(text: str) -> list[str]:
    """What stands between quotation marks."""
    return [match.group(0)[1:-1].strip() for match in _QUOTED.finditer(text)]


def without_quotations(text: str) -> str:
    return _QUOTED.sub(" ", text)


def _blocks(markdown: str) -> Iterator[tuple[int, int, bool]]:
    """(start, end, whether it is a block quotation) of each run of lines that are one paragraph or list item."""
    start, end, quoted, fenced, at = -1, -1, False, False, 0
    for line in markdown.splitlines(keepends=True):
        bare = line.rstrip("\r\n")
        marker = _QUOTE_MARKER.match(bare)
        lead = marker.end() if marker else 0
        fence = _FENCE.match(bare) is not None
        prose = not (fenced or fence) and bool(bare[lead:].strip()) and not _NO_PROSE.match(bare[lead:])
        fenced ^= fence
        new = not prose or start < 0 or _STARTS_BLOCK.match(bare[lead:]) is not None or quoted != bool(marker)
        if new and start >= 0:
            yield start, end, quoted
            start = -1
        if prose:
            if start < 0:
                item = _MARKER.match(bare, lead)
                start, quoted = at + (item.end() if item else lead), bool(marker)
            end = at + len(bare)
        at += len(line)
    if start >= 0:
        yield start, end, quoted


def _merged(block: str) -> Iterator[tuple[int, int]]:
    """Places of the sentences. A quotation of several sentences is one claim: the citation behind it is for all."""
    inside = [match.span() for match in _QUOTED.finditer(block)]
    start, at = -1, 0
    for sentence in sentences(block):
        first = block.index(sentence, at)
        at = first + len(sentence)
        start = first if start < 0 else start
        cited_next = block[at:].lstrip().startswith("[[")
        if not cited_next and not any(a < at < b for a, b in inside):
            yield start, at
            start = -1
    if start >= 0:
        yield start, at
