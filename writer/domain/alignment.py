"""Which elements of two sequences are the same ones: in order, in bounded time, duplicates by their place."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence

_MOST_CELLS = 40_000
_GRAMS = (1, 3, 8)

Pair = tuple[int, int]


def aligned(old: Sequence[Hashable], new: Sequence[Hashable], weights: Sequence[int] = ()) -> list[Pair]:
    """Pairs of places, both rising. `weights` (of `old`'s elements, 1 each by default) say which matches count more.

    What is large is first cut at elements that occur once on both sides (patience diff); what is small is solved
    exactly; a large stretch without such elements has no pairs.
    """
    weighed = weights or [1] * len(old)
    pairs: list[Pair] = []
    stack = [(0, len(old), 0, len(new))]
    while stack:
        a, a_end, b, b_end = stack.pop()
        while a < a_end and b < b_end and old[a] == new[b]:
            pairs.append((a, b))
            a, b = a + 1, b + 1
        while a < a_end and b < b_end and old[a_end - 1] == new[b_end - 1]:
            a_end, b_end = a_end - 1, b_end - 1
            pairs.append((a_end, b_end))
        if a == a_end or b == b_end:
            continue
        if (a_end - a) * (b_end - b) <= _MOST_CELLS:
            found = _longest_common(old[a:a_end], new[b:b_end], weighed[a:a_end])
            pairs += [(a + i, b + j) for i, j in found]
        else:
            stack += _between(_anchors(old[a:a_end], new[b:b_end]), a, a_end, b, b_end)
    return sorted(pairs)


def _between(anchors: Sequence[Pair], a: int, a_end: int, b: int, b_end: int) -> Iterator[tuple[int, int, int, int]]:
    """The stretches that the anchors cut; each anchor is the first pair of its stretch. None without anchors."""
    if not anchors:
        return
    places = [(a + i, b + j) for i, j in anchors]
    ends = [*places[1:], (a_end, b_end)]
    if places[0] != (a, b):
        yield a, places[0][0], b, places[0][1]
    for (i, j), (i_end, j_end) in zip(places, ends, strict=True):
        yield i, i_end, j, j_end


def _anchors(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Pair]:
    """Places of elements, or runs of elements, that occur exactly once on both sides, in rising order."""
    for size in _GRAMS:
        places, others = _unique(old, size), _unique(new, size)
        common = sorted((place, others[gram]) for gram, place in places.items() if gram in others)
        if common:
            return _rising(common)
    return []


def _unique(items: Sequence[Hashable], size: int) -> dict[Hashable, int]:
    grams: list[Hashable] = list(zip(*(items[offset:] for offset in range(size)), strict=False))
    counts = Counter(grams)
    return {gram: place for place, gram in enumerate(grams) if counts[gram] == 1}


def _rising(pairs: Sequence[Pair]) -> list[Pair]:
    """The longest selection in which the second places rise, too (the first ones do)."""
    tails: list[int] = []
    tail_at: list[int] = []
    before: list[int] = []
    for index, (_, j) in enumerate(pairs):
        place = bisect_left(tails, j)
        tails[place : place + 1] = [j]
        tail_at[place : place + 1] = [index]
        before.append(tail_at[place - 1] if place else -1)
    chosen: list[Pair] = []
    index = tail_at[-1]
    while index >= 0:
        chosen.append(pairs[index])
        index = before[index]
    return chosen[::-1]


def _longest_common(old: Sequence[Hashable], new: Sequence[Hashable], weights: Sequence[int]) -> list[Pair]:
    """The heaviest common subsequence, by dynamic programming from the end."""
    width = len(new) + 1
    rows = [[0] * width]
    for item, weight in zip(reversed(old), reversed(weights), strict=True):
        below, row = rows[-1], [0] * width
        for j in range(width - 2, -1, -1):
            best = below[j] if below[j] > row[j + 1] else row[j + 1]
            if item == new[j] and below[j + 1] + weight > best:
                best = below[j + 1] + weight
            row[j] = best
        rows.append(row)
    rows.reverse()
    return list(_walk(rows, old, new, weights))


def _walk(
    rows: Sequence[Sequence[int]], old: Sequence[Hashable], new: Sequence[Hashable], weights: Sequence[int]
) -> Iterator[Pair]:
    i = j = 0
    while i < len(old) and j < len(new):
        if old[i] == new[j] and rows[i][j] == rows[i + 1][j + 1] + weights[i]:
            yield i, j
            i, j = i + 1, j + 1
        elif rows[i][j] == rows[i + 1][j]:
            i += 1
        else:
            j += 1
