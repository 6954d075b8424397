"""A proposal for a text as changes that can be taken or left one by one: hunks of whole words, and their merge."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from writer.domain.alignment import Pair, aligned
from writer.domain.citations import cited_ids
from writer.domain.tokens import Token, tokens

_WEAK_WORDS = 1
_STRONG_CHANGE = 3


@dataclass(frozen=True, slots=True)
class Hunk:
    """`old`, which stands at `at` (in characters of the text), becomes `new`; either may be empty, never both.

    `note` says to the writer what is not to be overlooked about it.
    """

    at: int
    old: str
    new: str
    note: str = ""

    @property
    def end(self) -> int:
        return self.at + len(self.old)


@dataclass(frozen=True, slots=True)
class Edit:
    """Somebody replaced what stood from `start` to `end` by `text`."""

    start: int
    end: int
    text: str

    @property
    def growth(self) -> int:
        return len(self.text) - (self.end - self.start)


def diff(old: str, new: str) -> tuple[Hunk, ...]:
    """Sorted and disjoint; applying all gives `new`. A token is changed whole or not at all, and what is separated by
    white space alone is one hunk. The loss of a citation is a hunk of its own wherever the text round it allows; then
    two hunks may touch, and neither is a pure insertion."""
    if old == new:
        return ()
    before, after = tokens(old), tokens(new)
    lost = set(cited_ids(old)) - set(cited_ids(new))
    found = _hunks(before, after, _without_chaff(_pairs(before, after), before, after))
    return tuple(part for hunk in found for part in _with_losses_apart(hunk, lost))


def merged(text: str, hunks: Sequence[Hunk], accepted: Collection[int]) -> str:
    """The text with the hunks of these numbers in it. Raises ValueError when they are not of this text."""
    pieces: list[str] = []
    at = 0
    for number, hunk in enumerate(hunks):
        if hunk.at < at or text[hunk.at : hunk.end] != hunk.old:
            raise ValueError(f"hunk {number} does not stand where it says")
        pieces += [text[at : hunk.at], hunk.new if number in accepted else hunk.old]
        at = hunk.end
    return "".join([*pieces, text[at:]])


def rebased(hunks: Iterable[Hunk], edits: Sequence[Edit]) -> list[Hunk | None]:
    """The hunks where they are after the edits, which came one after the other; None for each whose text was touched:
    it is stale, and must not be applied any more. What is typed at a hunk's edge is not part of it."""
    return [_moved(hunk, edits) for hunk in hunks]


def rebased_onto(hunks: Sequence[Hunk], base: str, now: str) -> list[Hunk | None]:
    """The same where it is not known how `base` became `now`."""
    edits = [Edit(change.at, change.end, change.new) for change in reversed(diff(base, now))]
    moved = rebased(hunks, edits)
    return [hunk if hunk and now[hunk.at : hunk.end] == hunk.old else None for hunk in moved]


def _moved(hunk: Hunk, edits: Sequence[Edit]) -> Hunk | None:
    for edit in edits:
        if edit.end <= hunk.at:
            hunk = replace(hunk, at=hunk.at + edit.growth)
        elif edit.start < hunk.end:
            return None
    return hunk


def _pairs(old: Sequence[Token], new: Sequence[Token]) -> list[Pair]:
    """Places of tokens that are the same ones. White space is left out: it goes with its neighbours."""
    mine = [place for place, token in enumerate(old) if not token.is_space]
    theirs = [place for place, token in enumerate(new) if not token.is_space]
    found = list(_aligned_by_levels(_Side(old, mine), _Side(new, theirs)))
    return [(mine[i], theirs[j]) for i, j in found]


class _Side:
    """One text's tokens without white space, and where its paragraphs and sentences begin."""

    def __init__(self, all_tokens: Sequence[Token], places: Sequence[int]) -> None:
        self.texts = [all_tokens[place].text for place in places]
        self.weights = [3 if all_tokens[place].is_word else 1 for place in places]
        gaps = [_gap(all_tokens, earlier, place) for earlier, place in zip([-1, *places], places, strict=False)]
        self.paragraphs = [gap > 1 for gap in gaps]
        ends = [False, *(all_tokens[place].ends_sentence for place in places)]
        self.sentences = [
            gap > 0 or (ended and place > 0 and all_tokens[place - 1].is_space)
            for gap, ended, place in zip(gaps, ends, places, strict=False)
        ]

    def units(self, starts: Sequence[bool], first: int, last: int) -> list[tuple[int, int]]:
        cuts = [first, *(i for i in range(first + 1, last) if starts[i]), last]
        return list(pairwise(cuts)) if first < last else []

    def keys(self, units: Sequence[tuple[int, int]]) -> list[str]:
        return ["\0".join(self.texts[start:end]) for start, end in units]


def _gap(all_tokens: Sequence[Token], earlier: int, place: int) -> int:
    """How many lines end between two neighbours."""
    between = "".join(token.text for token in all_tokens[earlier + 1 : place])
    return len(between.splitlines()) - (not between.endswith(("\n", "\r"))) if between else 0


def _aligned_by_levels(old: _Side, new: _Side) -> Iterator[Pair]:
    """Whole paragraphs first, then whole sentences of what is left, then tokens: each level has little to do."""
    whole = [(0, len(old.texts), 0, len(new.texts))]
    for mine, theirs in ((old.paragraphs, new.paragraphs), (old.sentences, new.sentences)):
        left: list[tuple[int, int, int, int]] = []
        for a, a_end, b, b_end in whole:
            units, others = old.units(mine, a, a_end), new.units(theirs, b, b_end)
            matched = aligned(old.keys(units), new.keys(others), [end - start for start, end in units])
            at, other_at = a, b
            for i, j in matched:
                (start, end), (other, _) = units[i], others[j]
                left.append((at, start, other_at, other))
                yield from ((start + n, other + n) for n in range(end - start))
                at, other_at = end, other + end - start
            left.append((at, a_end, other_at, b_end))
        whole = [stretch for stretch in left if stretch[0] < stretch[1] and stretch[2] < stretch[3]]
    for a, a_end, b, b_end in whole:
        found = aligned(old.texts[a:a_end], new.texts[b:b_end], old.weights[a:a_end])
        yield from ((a + i, b + j) for i, j in found)


def _without_chaff(pairs: Sequence[Pair], old: Sequence[Token], new: Sequence[Token]) -> list[Pair]:
    """Without the lone “the” or comma that two large changes happen to share: nobody wants to decide round it."""
    runs = list(_runs(sorted(pairs), old, new))
    kept: list[Pair] = []
    ends = [*(run[0] for run in runs[1:]), (len(old), len(new))] if runs else []
    last = (-1, -1)
    for run, next_ in zip(runs, ends, strict=True):
        before = _change(old[last[0] + 1 : run[0][0]], new[last[1] + 1 : run[0][1]])
        after = _change(old[run[-1][0] + 1 : next_[0]], new[run[-1][1] + 1 : next_[1]])
        weak = sum(old[i].is_word for i, _ in run) <= _WEAK_WORDS and not any(old[i].is_citation for i, _ in run)
        if weak and before >= _STRONG_CHANGE and after >= _STRONG_CHANGE:
            continue
        kept += run
        last = run[-1]
    return kept


def _change(old: Sequence[Token], new: Sequence[Token]) -> int:
    return max(sum(token.is_word for token in side) for side in (old, new))


def _runs(pairs: Sequence[Pair], old: Sequence[Token], new: Sequence[Token]) -> Iterator[list[Pair]]:
    """Pairs that follow each other with the same white space, or none, between them."""
    run: list[Pair] = []
    for i, j in pairs:
        if run and not _same_between(old, new, run[-1], (i, j)):
            yield run
            run = []
        run.append((i, j))
    if run:
        yield run


def _same_between(old: Sequence[Token], new: Sequence[Token], first: Pair, then: Pair) -> bool:
    mine, theirs = old[first[0] + 1 : then[0]], new[first[1] + 1 : then[1]]
    return [token.text for token in mine] == [token.text for token in theirs]


def _hunks(old: Sequence[Token], new: Sequence[Token], pairs: Sequence[Pair]) -> Iterator[Hunk]:
    last = (-1, -1)
    for pair in [*pairs, (len(old), len(new))]:
        mine, theirs = old[last[0] + 1 : pair[0]], new[last[1] + 1 : pair[1]]
        at = old[last[0]].end if last[0] >= 0 else 0
        if hunk := _trimmed(at, [token.text for token in mine], [token.text for token in theirs]):
            yield hunk
        last = pair


def _trimmed(at: int, old: list[str], new: list[str]) -> Hunk | None:
    """Without what both sides begin and end with: white space, since all else would have been paired."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    gone, come = "".join(old[start : len(old) - end]), "".join(new[start : len(new) - end])
    return Hunk(at + sum(map(len, old[:start])), gone, come) if gone or come else None


def _with_losses_apart(hunk: Hunk, lost: set[str]) -> Iterator[Hunk]:
    gone = [id_ for id_ in cited_ids(hunk.old) if id_ in lost]
    if not gone:
        yield hunk
        return
    parts = list(_parts(hunk.old, lost))
    if all(is_loss for _, is_loss in parts) and hunk.new:
        yield replace(hunk, note=_loss(gone))
        return
    at, new = hunk.at, hunk.new
    for text, is_loss in parts:
        yield Hunk(at, text, "", _loss(cited_ids(text))) if is_loss else Hunk(at, text, new)
        new = new if is_loss else ""
        at += len(text)


def _loss(ids: Sequence[str]) -> str:
    return f"Takes away the citation {', '.join(ids)}."


def _parts(text: str, lost: set[str]) -> Iterator[tuple[str, bool]]:
    """(text, whether it is a citation that is lost, with the white space round it)."""
    held = loss = space = ""
    for token in tokens(text):
        if token.is_space:
            space += token.text
        elif token.is_citation and cited_ids(token.text) and lost.issuperset(cited_ids(token.text)):
            if held or loss:
                yield held or loss, bool(loss)
            held, loss, space = "", space + token.text, ""
        else:
            if loss:
                yield loss, True
            held, loss, space = held + space + token.text, "", ""
    yield (held or loss) + space, bool(loss)
