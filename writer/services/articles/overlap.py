"""Eight words in a row that two sections share: found, and taken out of the later one when nothing else helped."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from writer.domain.citations import TOKEN
from writer.domain.text import sentences

RUN = 8
_WORD = re.compile(r"[^\W_]+")
_FENCE = re.compile(r"^\s*(```|~~~)")
_WHOLE_LINE = re.compile(r"^\s*(?:[-*+•>|#]|\d{1,3}[.)]\s)")


def shared_words(text: str) -> list[str]:
    """Case and citations do not hide a repetition. Words are cut as small as any reader might cut them."""
    return [match.group(0).casefold() for match in _WORD.finditer(TOKEN.sub(" ", text))]


def runs_of(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


@dataclass(frozen=True, slots=True)
class Shared:
    """The longest piece of it that the later section repeats, and where it stood first."""

    later: str
    earlier: str
    words: str


def overlaps(texts: Sequence[tuple[str, str]]) -> list[Shared]:
    """For (key, text) in reading order: every longest shared piece, once for each pair of sections."""
    found: list[Shared] = []
    first: dict[tuple[str, ...], str] = {}
    for key, text in texts:
        words = shared_words(text)
        found += [Shared(key, earlier, piece) for earlier, piece in _pieces(words, first)]
        for i in range(len(words) - RUN + 1):
            first.setdefault(tuple(words[i : i + RUN]), key)
    return found


def _pieces(words: Sequence[str], first: dict[tuple[str, ...], str]) -> list[tuple[str, str]]:
    pieces: list[tuple[str, str]] = []
    start, owner = -1, ""
    for i in range(len(words) - RUN + 2):
        here = first.get(tuple(words[i : i + RUN]), "") if i <= len(words) - RUN else ""
        if owner and here != owner:
            pieces.append((owner, " ".join(words[start : i + RUN - 1])))
        if here != owner:
            start, owner = i, here
    return pieces


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is taken out as one: a sentence of a paragraph, a list item, a quotation, a table, a block of code."""

    text: str
    ends_line: bool
    block: int = -1


def units_of(text: str) -> list[_Unit]:
    units: list[_Unit] = []
    block, inside = 0, False
    for line in text.splitlines():
        fence = bool(_FENCE.match(line))
        if fence or inside:
            block += fence and not inside
            units.append(_Unit(line, True, block))
            inside ^= fence
        elif line.lstrip().startswith("|"):
            block += not (units and units[-1].text.lstrip().startswith("|"))
            units.append(_Unit(line, True, block))
        elif _WHOLE_LINE.match(line) or not line.strip():
            units.append(_Unit(line, True))
        else:
            parts = sentences(line)
            units += [_Unit(part, i == len(parts) - 1) for i, part in enumerate(parts)]
    return units


def text_of(units: Sequence[_Unit]) -> str:
    pieces = [f"{unit.text}{chr(10) if unit.ends_line else ' '}" for unit in units]
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", "".join(pieces))).strip()


def without_overlap(text: str, taken: set[tuple[str, ...]]) -> str:
    """`text` without the units that repeat a run of `taken`; "" when nothing of its own is left.

    What is left is as it was, word for word, and shares no run with `taken` whatever the text.
    """
    if not runs_of(shared_words(text)) & taken:
        return text
    units = units_of(text)
    while (worst := _most_repeating(units, taken)) is not None:
        units = _without_idle_headings(_without(units, worst))
    return text_of(units)


def _most_repeating(units: Sequence[_Unit], taken: set[tuple[str, ...]]) -> int | None:
    """The unit with most words of the first repeated stretch; the later of two with as many."""
    words: list[str] = []
    owner: list[int] = []
    for i, unit in enumerate(units):
        cut = shared_words(unit.text)
        words += cut
        owner += [i] * len(cut)
    starts = [i for i in range(len(words) - RUN + 1) if tuple(words[i : i + RUN]) in taken]
    if not starts:
        return None
    end = starts[0]
    while end + 1 in starts:
        end += 1
    stretch = owner[starts[0] : end + RUN]
    return max(dict.fromkeys(stretch), key=lambda unit: (stretch.count(unit), unit))


def _without(units: Sequence[_Unit], at: int) -> list[_Unit]:
    gone = units[at]
    if gone.block >= 0:
        # A table without its header, or code without its fence, would be worse than a repetition.
        return [unit for unit in units if unit.block != gone.block]
    kept = [*units[:at], *units[at + 1 :]]
    if gone.ends_line and at and not kept[at - 1].ends_line:
        kept[at - 1] = _Unit(kept[at - 1].text, True)
    return kept


def _is_heading(unit: _Unit) -> bool:
    return unit.text.lstrip().startswith("#")


def _without_idle_headings(units: Sequence[_Unit]) -> list[_Unit]:
    kept: list[_Unit] = []
    for unit in reversed(units):
        nothing_under = not any(u.text.strip() for u in kept) or _is_heading(next(u for u in kept if u.text.strip()))
        if not (_is_heading(unit) and nothing_under):
            kept.insert(0, unit)
    return kept


def distinct(texts: Sequence[str]) -> list[str]:
    """In reading order, each text without what an earlier one says already in the same eight words."""
    taken: set[tuple[str, ...]] = set()
    kept: list[str] = []
    for text in texts:
        left = without_overlap(text, taken)
        taken |= runs_of(shared_words(left))
        kept.append(left)
    return kept
