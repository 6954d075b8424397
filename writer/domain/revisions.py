"""A document that changed: which of its passages are still the same, and which ids go on to mean what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from writer.domain.sources import NewPassage
from writer.domain.text import words

_ALIKE = 0.5
"""Share of words in common from which on a passage is the old one, edited, and not another one in its place."""

_MOST_COMPARED = 400
"""Words of each passage: a passage has about 200."""


@dataclass(frozen=True, slots=True)
class Held:
    """A passage as it was stored: `number` is that of its id."""

    number: int
    digest: str
    heading_path: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Revision:
    """`numbers` are the new passages' ids, in their order. `kept` ids have the very same text under the same headings;
    `changed` ones an edited text; what is in neither is new. `gone` ids are never given again."""

    numbers: tuple[int, ...]
    kept: frozenset[int]
    changed: frozenset[int]
    gone: frozenset[int]


def revised(old: Sequence[Held], new: Sequence[NewPassage], last_number: int) -> Revision:
    """Both in reading order. `last_number`: the highest that this source ever gave."""
    kept = _same(old, new)
    changed = _edited(old, new, kept)
    known = kept | changed
    fresh = iter(range(last_number + 1, last_number + 1 + len(new)))
    numbers = tuple(known[n] if n in known else next(fresh) for n in range(len(new)))
    gone = {held.number for held in old} - set(numbers)
    return Revision(numbers, frozenset(kept.values()), frozenset(changed.values()), frozenset(gone))


def _same(old: Sequence[Held], new: Sequence[NewPassage]) -> dict[int, int]:
    """Position in `new` → number. First what stands in the same order, then what was moved."""
    matcher = SequenceMatcher(None, [_key(p) for p in old], [_key(p) for p in new], autojunk=False)
    found = {b + n: old[a + n].number for a, b, size in matcher.get_matching_blocks() for n in range(size)}
    taken = set(found.values())
    left: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for held in reversed(old):
        if held.number not in taken:
            left.setdefault(_key(held), []).append(held.number)
    for position, passage in enumerate(new):
        if position not in found and (moved := left.get(_key(passage))):
            found[position] = moved.pop()
    return found


def _key(passage: Held | NewPassage) -> tuple[str, tuple[str, ...]]:
    return passage.digest, passage.heading_path


def _edited(old: Sequence[Held], new: Sequence[NewPassage], same: Mapping[int, int]) -> dict[int, int]:
    """Between two passages that stayed, each new one takes the id of the first old one that it is an edition of."""
    places = {held.number: place for place, held in enumerate(old)}
    stayed = set(same.values())
    found: dict[int, int] = {}
    start = 0
    for position, passage in enumerate(new):
        if position in same:
            start = max(start, places[same[position]] + 1)
            continue
        for place in range(start, min(start + 3, len(old))):
            if old[place].number in stayed:
                break
            if _alike(old[place].text, passage.text):
                found[position] = old[place].number
                start = place + 1
                break
    return found


def _alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, words(one)[:_MOST_COMPARED], words(other)[:_MOST_COMPARED], autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE
