"""Two states of a draft beside each other: by section, word by word, in rows of paragraphs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from writer.domain.alignment import aligned
from writer.domain.drafts import Section, count_words
from writer.domain.hunks import Hunk, diff

Kind = Literal["=", "-", "+"]
Piece = tuple[Kind, str]
"""A run of text that both have ("="), only the earlier one ("-"), or only the later one ("+")."""

Change = Literal["same", "changed", "added", "removed"]


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph as it was and as it became; an empty side has nothing there."""

    left: tuple[Piece, ...]
    right: tuple[Piece, ...]

    @property
    def same(self) -> bool:
        return all(kind == "=" for kind, _ in (*self.left, *self.right))


@dataclass(frozen=True, slots=True)
class SectionChange:
    """`hunks` make the later text of the earlier one, `before`. `moved` says that it stands elsewhere among those that
    both have."""

    key: str
    change: Change
    heading_before: str
    heading: str
    before: str = ""
    hunks: tuple[Hunk, ...] = ()
    moved: bool = False

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return tuple(_pieces(self.before, self.hunks))

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(rows(self.pieces))

    @property
    def words(self) -> tuple[int, int]:
        """How many went and how many came."""
        return sum(count_words(h.old) for h in self.hunks), sum(count_words(h.new) for h in self.hunks)


@dataclass(frozen=True, slots=True)
class Comparison:
    title_before: str
    title: str
    sections: tuple[SectionChange, ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        return self.title_before == self.title and all(s.change == "same" and not s.moved for s in self.sections)

    @property
    def words(self) -> tuple[int, int]:
        pairs = [section.words for section in self.sections]
        return sum(gone for gone, _ in pairs), sum(come for _, come in pairs)


def compared(title_before: str, before: Sequence[Section], title: str, after: Sequence[Section]) -> Comparison:
    """In the order of the later one; what was taken out stands behind its predecessor. Only what changed is compared
    word by word."""
    old, new = {s.key: s for s in before}, {s.key: s for s in after}
    moved = _moved([key for key in old if key in new], [key for key in new if key in old])
    changes = (_section_change(old.get(key), new.get(key), key in moved) for key in _order(list(old), list(new)))
    return Comparison(title_before, title, tuple(changes))


def rows(pieces: Sequence[Piece]) -> Iterator[Row]:
    """Cut where both have the end of a paragraph, and inside what stands on one side alone."""
    left: list[Piece] = []
    right: list[Piece] = []
    for place, (kind, text) in enumerate(pieces):
        replaced = kind != "=" and _opposite(kind) in _neighbours(pieces, place)
        first, *others = [text] if replaced else text.split("\n\n")
        _put(left, right, kind, first)
        for part in others:
            if left or right:
                yield Row(tuple(left), tuple(right))
            left, right = [], []
            _put(left, right, kind, part)
    if left or right:
        yield Row(tuple(left), tuple(right))


def _section_change(old: Section | None, new: Section | None, moved: bool) -> SectionChange:
    if old is None:
        assert new is not None
        return SectionChange(new.key, "added", "", new.heading, "", diff("", new.text))
    if new is None:
        return SectionChange(old.key, "removed", old.heading, "", old.text, diff(old.text, ""))
    same = (old.heading, old.text) == (new.heading, new.text)
    hunks = () if same else diff(old.text, new.text)
    return SectionChange(new.key, "same" if same else "changed", old.heading, new.heading, old.text, hunks, moved)


def _order(old: list[str], new: list[str]) -> list[str]:
    order = list(new)
    there = set(new)
    for place, key in enumerate(old):
        if key not in there:
            order.insert(order.index(old[place - 1]) + 1 if place else 0, key)
    return order


def _moved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """Those that do not keep their place among the others: without them the order is the same."""
    stayed = {old[place] for place, _ in aligned(old, new)}
    return set(old) - stayed


def _pieces(text: str, hunks: Sequence[Hunk]) -> Iterator[Piece]:
    at = 0
    for hunk in hunks:
        if hunk.at > at:
            yield "=", text[at : hunk.at]
        if hunk.old:
            yield "-", hunk.old
        if hunk.new:
            yield "+", hunk.new
        at = hunk.end
    if at < len(text):
        yield "=", text[at:]


def _opposite(kind: Kind) -> Kind:
    return "+" if kind == "-" else "-"


def _neighbours(pieces: Sequence[Piece], place: int) -> set[Kind]:
    return {kind for kind, _ in pieces[max(0, place - 1) : place + 2]}


def _put(left: list[Piece], right: list[Piece], kind: Kind, text: str) -> None:
    if text and kind != "+":
        left.append((kind, text))
    if text and kind != "-":
        right.append((kind, text))
