"""Finding a quoted span again in a text that was edited: exactly, else nearby and nearly, else not at all."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

CONTEXT = 60  # characters kept on either side
_ALIKE = 0.6  # of difflib's ratio, from which on a changed span is still the same one
_NEAR = 600  # characters on either side of where it stood in which a changed span is looked for
_FEWEST = 8  # characters: a shorter quote that has changed says too little to be known again
_SHIFT = 20
_LONGEST = 1_000  # characters: above it only exact places are found, since comparing would take seconds


@dataclass(frozen=True, slots=True)
class Anchor:
    """`prefix` and `suffix` are what stood right before and after `quote`; `start` is where it was seen last."""

    quote: str
    prefix: str = ""
    suffix: str = ""
    start: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    start: int
    end: int
    exact: bool


def anchor_at(text: str, start: int, end: int) -> Anchor:
    return Anchor(text[start:end], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT], start)


def find(text: str, anchor: Anchor) -> Found | None:
    """Of several exact places the one with the most of its surroundings, then the nearest."""
    if not anchor.quote:
        return None
    places = list(_occurrences(text, anchor.quote))
    if places:
        best = min(places, key=lambda at: (-surroundings(text, anchor, at), abs(at - anchor.start), at))
        return Found(best, best + len(anchor.quote), exact=True)
    return _nearly(text, anchor) if _FEWEST <= len(anchor.quote) <= _LONGEST else None


def surroundings(text: str, anchor: Anchor, at: int) -> int:
    """How many characters next to the place are as they were."""
    before, after = text[:at], text[at + len(anchor.quote) : at + len(anchor.quote) + CONTEXT]
    return _common(before[-CONTEXT:][::-1], anchor.prefix[::-1]) + _common(after, anchor.suffix)


def _nearly(text: str, anchor: Anchor) -> Found | None:
    low = max(0, anchor.start - _NEAR)
    window = text[low : anchor.start + len(anchor.quote) + _NEAR]
    blocks = SequenceMatcher(None, window, anchor.quote, autojunk=False).get_matching_blocks()
    longest = max(blocks, key=lambda block: block.size)
    # Words that happen to stand further off are no part of it: they would make of one sentence a page.
    reach = len(anchor.quote) // 2 + _SHIFT
    kept = [b for b in blocks if b.size >= 3 and abs((b.a - b.b) - (longest.a - longest.b)) <= reach]
    if not kept:
        return None
    start, end = _whole_words(window, kept[0].a, kept[-1].a + kept[-1].size)
    alike = SequenceMatcher(None, window[start:end], anchor.quote, autojunk=False).ratio()
    return Found(low + start, low + end, exact=False) if alike >= _ALIKE else None


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end


def _occurrences(text: str, quote: str) -> Iterator[int]:
    at = text.find(quote)
    while at >= 0:
        yield at
        at = text.find(quote, at + 1)


def _common(one: str, other: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
