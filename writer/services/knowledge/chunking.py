"""Cuts documents into passages: whole sentences, at most as many tokens as asked for, never across a heading.

Passages do not overlap. A passage is what a reader sees cited and what the built-in drafter quotes from, and the same
sentence in two of them would be counted, quoted and listed twice. The overlap that retrieval gains from (two sentences
before: one to two points of nDCG) goes only into the text that is embedded, with the title and heading path in front.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from writer.domain.collections import DEFAULT_OVERLAP, DEFAULT_TOKENS, Cut
from writer.domain.sources import Block, Document, NewPassage, Passage
from writer.domain.text import sentences

_AS_USUAL = Cut()
_LONGEST_SENTENCE = 1600
_CUT_AT = 1000
# The tokenizer makes one "unknown" of a word of any length: without a floor a passage could have millions of letters.
_MOST_CHARACTERS_PER_TOKEN = 12

CountTokens = Callable[[Sequence[str]], list[int]]

_APART = frozenset({"caption", "reference"})  # never packed together with prose
_BY_LINE = frozenset({"list", "table", "code"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence, or a line of a list, table or code: what packing never cuts unless it is too long by itself."""

    start: int
    end: int
    page: int
    kind: str
    tokens: int = 0


def chunked(document: Document, count_tokens: CountTokens, cut: Cut = _AS_USUAL) -> list[NewPassage]:
    found: list[NewPassage] = []
    for path, blocks in _by_heading(document.blocks):
        whole = [unit for block in blocks for unit in _units(block)]
        units = _counted(whole, document.text, count_tokens, cut.tokens)
        for _, alike in groupby(units, key=lambda unit: unit.kind if unit.kind in _APART else ""):
            for packed in _packed(list(alike), cut.tokens):
                found.append(_passage(len(found) + 1, packed, path, document.text))
    return found


def estimated_tokens(texts: Sequence[str]) -> list[int]:
    """For when there is no model whose tokenizer could count: English has about 4 characters to a token."""
    return [max(len(text.split()), len(text) // 4) for text in texts]


def _by_heading(blocks: Iterable[Block]) -> Iterator[tuple[tuple[str, ...], list[Block]]]:
    """Blocks under the same heading, with the path of headings above them."""
    open_headings: list[Block] = []
    under: list[Block] = []
    for block in blocks:
        if block.kind != "heading":
            under.append(block)
            continue
        if under:
            yield _path(open_headings), under
            under = []
        open_headings = [*(heading for heading in open_headings if heading.level < block.level), block]
    if under:
        yield _path(open_headings), under


def _path(headings: Iterable[Block]) -> tuple[str, ...]:
    return tuple(heading.text[:200] for heading in headings)


def _units(block: Block) -> Iterator[Unit]:
    pieces = block.text.splitlines() if block.kind in _BY_LINE else sentences(block.text)
    position = 0
    for piece in pieces:
        if not piece.strip():
            continue
        position = block.text.index(piece, position)
        for start, end in _readable(block.text, position, position + len(piece)):
            yield Unit(block.start + start, block.start + end, block.page, block.kind)
        position += len(piece)


def _readable(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans that can be counted at once: text without full stops, or without spaces, comes in pieces."""
    while end - start > _LONGEST_SENTENCE:
        gap = text.rfind(" ", start + 1, start + _CUT_AT)
        cut = gap if gap > start else start + _CUT_AT
        yield start, cut
        start = cut
    yield start, end


def _counted(units: Sequence[Unit], text: str, count_tokens: CountTokens, most: int) -> Iterator[Unit]:
    counts = count_tokens([text[unit.start : unit.end] for unit in units]) if units else []
    for unit, tokens in zip(units, counts, strict=True):
        if tokens <= most:
            floor = (unit.end - unit.start) // _MOST_CHARACTERS_PER_TOKEN
            yield Unit(unit.start, unit.end, unit.page, unit.kind, max(tokens, floor))
        else:
            yield from _counted(_halves(unit, text), text, count_tokens, most)


def _halves(unit: Unit, text: str) -> list[Unit]:
    """Cut near the middle: between words where there are any, else between characters."""
    middle = (unit.start + unit.end) // 2
    gap = re.compile(r"\s").search(text, middle, unit.end - 1)
    cut = gap.start() if gap else middle
    return [Unit(unit.start, cut, unit.page, unit.kind), Unit(cut, unit.end, unit.page, unit.kind)]


def _packed(units: Sequence[Unit], most: int) -> Iterator[list[Unit]]:
    """As many neighbours as fit; evenly, so that no passage is left with one short sentence."""
    total = sum(unit.tokens for unit in units)
    share = total / max(1, -(-total // most))
    chunk: list[Unit] = []
    used = 0
    for unit in units:
        if chunk and (used + unit.tokens > most or used >= share):
            yield chunk
            chunk, used = [], 0
        chunk.append(unit)
        used += unit.tokens
    if chunk:
        yield chunk


def _passage(ordinal: int, units: Sequence[Unit], path: tuple[str, ...], text: str) -> NewPassage:
    raw = text[units[0].start : units[-1].end]
    start = units[0].start + len(raw) - len(raw.lstrip())
    quoted = raw.strip()
    digest = hashlib.sha256(quoted.encode()).hexdigest()
    return NewPassage(ordinal, quoted, path, units[0].page, start, start + len(quoted), digest)


def embedded_texts(
    passages: Sequence[Passage], before: Sequence[str], count_tokens: CountTokens, readable: int = DEFAULT_TOKENS
) -> list[str]:
    """What is embedded for each passage: the passage, and in front of it what a model that reads so many tokens can
    still read of "title > headings" and the sentences before it (`before`, one text per passage)."""
    places = [_place(passage) for passage in passages]
    fronts = [f"{place}\n{sentences_before}".strip() for place, sentences_before in zip(places, before, strict=True)]
    texts = [passage.text for passage in passages]
    counts = [count_tokens(part) for part in (texts, fronts, places)]
    return [
        _fitting(text, (front, whole), (place, short), readable - tokens)
        for text, front, place, tokens, whole, short in zip(texts, fronts, places, *counts, strict=True)
    ]


def _fitting(text: str, front: tuple[str, int], place: tuple[str, int], room: int) -> str:
    fits = (words for words, cost in (front, place) if cost <= room)
    return f"{next(fits, '')}\n{text}".strip()


def _place(passage: Passage) -> str:
    headings = [heading for heading in passage.heading_path if heading != passage.source_title]
    return " > ".join([passage.source_title, *headings])


def overlaps(passages: Sequence[Passage], number: int = DEFAULT_OVERLAP) -> list[str]:
    """For each passage of one source, in reading order: the last sentences before it under the same heading."""
    found = [""]
    for before, passage in pairwise(passages):
        same_part = before.heading_path == passage.heading_path
        found.append(" ".join(sentences(before.text)[-number:]) if same_part and number else "")
    return found[: len(passages)]
