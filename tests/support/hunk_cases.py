"""Texts, proposals and typing for the properties of hunks, and a second, simple idea of what a merge is.

The model works with single characters that know where they came from, and shares no code with the implementation.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import strategies as st

from writer.domain.hunks import Edit, Hunk, diff, merged, rebased, rebased_onto

PIECES = (
    "the", "sea", "colour", "don't", "well-known", "3.5", "42%", "e-mail", "E", "naïve", "e\u0301te\u0301", "שלום",
    "مَرْحَبًا", "潮汐", "ひ", "👩‍👩‍👧", "👍🏽", "🇩🇪", "🇫🇷", "1️⃣", "❤️", "क्षि", "[[S1.p2]]", "[[S1.p2, S3.p4]]", "[[S9.p9]]",
    "[a link](https://x.org/a_(b))", "![alt](i.png)", "https://x.org/a?b=c#d", "`code x`", "**bold**", "_it_",
    "snake_case",
    " ", " ", " ", "  ", "\u00a0", "\n", "\n\n", "\n\n", "\r\n", "\r\n\r\n", "\t", ".", ". ", ", ", "?", "…", "—",
    "-", "* ", "## ", "> ", "“", "”", "(", ")", "[", "]", "[[", "]]", "```\n", "|", "\u200d", "\u0301", "\ufe0f",
    "\u200f", "a b c. ",
)  # fmt: skip
PARAGRAPHS = ("One and the same.\n\n", "The tide rises. It falls [[S1.p2]].\n\n", "- item\n", "The tide falls.\r\n\r\n")
_TEXT = st.lists(st.sampled_from(PIECES + PARAGRAPHS) | st.text(max_size=3), max_size=14)


@dataclass(frozen=True)
class Case:
    """`turns` decide, one after the other, what is left to chance: which hunks are taken, in which order."""

    old: str
    new: str
    turns: tuple[int, ...]
    typed: tuple[tuple[int, int, str], ...] = ()


@st.composite
def cases(draw: st.DrawFn) -> Case:
    pieces = draw(_TEXT)
    others = draw(st.one_of(_TEXT, _changed(pieces), _mistyped("".join(pieces))))
    turns = tuple(draw(st.lists(st.integers(0, 1000), min_size=1, max_size=12)))
    typing = st.tuples(st.integers(0, 60), st.integers(0, 6), st.sampled_from(["", "x", " typed ", "\n\n", "é"]))
    return Case("".join(pieces), "".join(others), turns, tuple(draw(st.lists(typing, max_size=4))))


def _changed(pieces: list[str]) -> st.SearchStrategy[list[str]]:
    """The same pieces with some taken away, moved, doubled, exchanged."""
    change = st.tuples(st.sampled_from(["drop", "double", "swap", "put"]), st.integers(0, 30), st.sampled_from(PIECES))
    return st.lists(change, max_size=5).map(lambda changes: _with(pieces, changes))


def _mistyped(text: str) -> st.SearchStrategy[list[str]]:
    """The same text with single characters gone or put in, wherever that is."""
    change = st.tuples(st.integers(0, 200), st.booleans(), st.sampled_from("ax\u0301 \u200d\ufe0f.[]🇩\n"))
    return st.lists(change, min_size=1, max_size=3).map(lambda changes: [_retyped(text, changes)])


def _retyped(text: str, changes: Sequence[tuple[int, bool, str]]) -> str:
    for number, gone, character in changes:
        at = number % (len(text) + 1)
        text = text[:at] + text[at + 1 :] if gone else text[:at] + character + text[at:]
    return text


def _with(pieces: list[str], changes: Sequence[tuple[str, int, str]]) -> list[str]:
    made = list(pieces)
    for kind, number, piece in changes:
        at = number % (len(made) + 1)
        if kind == "put" or not made:
            made.insert(at, piece)
        elif kind == "drop":
            del made[at % len(made)]
        elif kind == "double":
            made.insert(at, made[at % len(made)])
        else:
            made.append(made.pop(at % len(made)))
    return made


@dataclass
class Cell:
    """One character, or a place where something may be put in."""

    character: str
    hunk: int | None = None


@dataclass
class Model:
    """A text as cells; hunk number n owns the cells that it would replace, or one empty cell where it would insert."""

    cells: list[Cell]
    hunks: Sequence[Hunk]
    dead: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, text: str, hunks: Sequence[Hunk]) -> "Model":
        cells = [Cell(character) for character in text]
        for number, hunk in enumerate(hunks):
            for cell in cells[hunk.at : hunk.at + len(hunk.old)]:
                cell.hunk = number
        for number, hunk in reversed(list(enumerate(hunks))):
            if not hunk.old:
                cells.insert(hunk.at, Cell("", number))
        return cls(cells, hunks)

    def type(self, start: int, end: int, text: str) -> None:
        """Replace the visible characters from `start` to `end`."""
        first = self._index(start)
        if end > start:
            while not self.cells[first].character:  # places right before what goes away stay
                first += 1
        last = first
        visible = 0
        while visible < end - start:
            visible += len(self.cells[last].character)
            last += 1
        self._kill(first, last)
        self.cells[first:last] = [Cell(character) for character in text]

    def take(self, numbers: set[int]) -> None:
        """Accept them: what they put in is text like any other from then on."""
        cells: list[Cell] = []
        said: set[int] = set()
        for cell in self.cells:
            if cell.hunk is None or cell.hunk not in numbers or cell.hunk in self.dead:
                cells.append(cell)
            elif cell.hunk not in said:
                said.add(cell.hunk)
                cells += [Cell(character) for character in self.hunks[cell.hunk].new]
        self.cells = cells

    def text(self, accepted: set[int]) -> str:
        pieces: list[str] = []
        said: set[int] = set()
        for cell in self.cells:
            if cell.hunk is None or cell.hunk not in accepted or cell.hunk in self.dead:
                pieces.append(cell.character)
            elif cell.hunk not in said:
                said.add(cell.hunk)
                pieces.append(self.hunks[cell.hunk].new)
        return "".join(pieces)

    def _index(self, place: int) -> int:
        seen = index = 0
        while seen < place:
            seen += len(self.cells[index].character)
            index += 1
        return index

    def _kill(self, first: int, last: int) -> None:
        gone = {cell.hunk for cell in self.cells[first:last]} - {None}
        before = self.cells[first - 1].hunk if first else None
        after = self.cells[last].hunk if last < len(self.cells) else None
        inside = {before} & {after} - {None}
        self.dead |= {number for number in gone | inside if number is not None}


def check_all_and_nothing(case: Case) -> None:
    hunks = diff(case.old, case.new)
    assert merged(case.old, hunks, ()) == case.old
    assert merged(case.old, hunks, range(len(hunks))) == case.new
    assert (not hunks) == (case.old == case.new)


def check_subsets(case: Case) -> None:
    hunks = diff(case.old, case.new)
    accepted = _taken(hunks, case)
    assert merged(case.old, hunks, accepted) == Model.of(case.old, hunks).text(accepted)


def check_one_by_one(case: Case) -> None:
    """Taking hunks one after the other, in any order, gives what taking them at once gives; none gets stale."""
    hunks = diff(case.old, case.new)
    accepted = _taken(hunks, case)
    text, left = case.old, dict(enumerate(hunks))
    for number in sorted(accepted, key=lambda n: case.turns[n % len(case.turns)]):
        hunk = left.pop(number)
        assert text[hunk.at : hunk.end] == hunk.old
        text = text[: hunk.at] + hunk.new + text[hunk.end :]
        moved = rebased(left.values(), [Edit(hunk.at, hunk.end, hunk.new)])
        assert None not in moved
        left = {n: one for n, one in zip(left, moved, strict=True) if one is not None}
    assert text == merged(case.old, hunks, accepted)


def check_typing_meanwhile(case: Case) -> None:
    hunks = diff(case.old, case.new)
    model, text, edits = Model.of(case.old, hunks), case.old, []
    for place, length, typed in case.typed:
        start = place % (len(text) + 1)
        end = min(len(text), start + length)
        edits.append(Edit(start, end, typed))
        model.type(start, end, typed)
        text = text[:start] + typed + text[end:]
    moved = rebased(hunks, edits)
    assert {number for number, hunk in enumerate(moved) if hunk is None} == model.dead
    live = [hunk for hunk in moved if hunk is not None]
    assert merged(text, live, range(len(live))) == model.text(set(range(len(hunks))))


def check_unknown_typing(case: Case) -> None:
    """Where only the text before and after is known, a hunk stands where it says or is stale."""
    hunks = diff(case.old, case.new)
    text = case.old
    for place, length, typed in case.typed:
        start = place % (len(text) + 1)
        text = text[:start] + typed + text[start + length :]
    live = [hunk for hunk in rebased_onto(hunks, case.old, text) if hunk is not None]
    merged(text, live, range(len(live)))
    assert text != case.old or len(live) == len(hunks)


def check_nothing_is_split(case: Case) -> None:
    hunks = diff(case.old, case.new)
    for hunk in hunks:
        assert hunk.old != hunk.new
        assert not any(_is_inside(case.old, edge) for edge in (hunk.at, hunk.end))
    for hunk, next_ in pairwise(hunks):
        touch = next_.at == hunk.end
        assert not touch or (hunk.old and next_.old and (hunk.note or next_.note))


CHECKS = (
    check_all_and_nothing,
    check_subsets,
    check_one_by_one,
    check_typing_meanwhile,
    check_unknown_typing,
    check_nothing_is_split,
)


def _taken(hunks: Sequence[Hunk], case: Case) -> set[int]:
    return {number for number in range(len(hunks)) if case.turns[number % len(case.turns)] % 2}


def _is_inside(text: str, at: int) -> bool:
    """Whether a cut at `at` would go through a word, a character as readers see it, a citation or a link."""
    if not 0 < at < len(text):
        return False
    after = text[at]
    before = text[at - 1]
    if unicodedata.category(after).startswith("M") or before == "\u200d" or before + after == "\r\n":
        return True
    base = next((c for c in reversed(text[:at]) if not unicodedata.category(c).startswith("M")), "")
    if base.isalnum() and after.isalnum():
        return not (_is_ideograph(base) or _is_ideograph(after))
    opened = text.rfind("[[", 0, at + 1)
    closed = text.find("]]", max(0, at - 1))
    token = text[opened : closed + 2] if 0 <= opened < at < closed + 2 else ""
    return token.startswith("[[S") and not set("[]\r\n") & set(token[2:-2])


def _is_ideograph(character: str) -> bool:
    return "\u3040" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or character >= "\U00020000"
