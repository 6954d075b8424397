"""Titles that say the same: in the same words, or close in meaning."""

import logging
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from writer.domain.errors import ConfigurationError, ProviderError
from writer.domain.library import Card, Twin, same_titles
from writer.domain.ports.library import LibraryStore, TitleVector
from writer.domain.ports.sources import Embedder

CLOSE = 0.85
"""Cosine of two titles from which they are flagged. Set on pairs of titles that say the same and pairs that differ
in their subject (tests/services/library): the former lie above, the latter below."""

MOST_TWINS = 3
_LOOKED_AT = 30
_AT_ONCE = 16
_FIGURES = re.compile(r"\d+")

logger = logging.getLogger(__name__)


class TitleIndex:
    """`embedder` None: titles are compared by their words only."""

    def __init__(self, store: LibraryStore, embedder: Embedder | None) -> None:
        self._store = store
        self._embedder = embedder

    def follow(self, go_on: Callable[[], bool] = lambda: True) -> int:
        """Gives new titles their vectors, as long as `go_on` says so; returns how many."""
        done = 0
        while self._embedder is not None and go_on():
            titles = self._store.untitled(self._embedder.model, _AT_ONCE)
            vectors = self._vectors(self._embedder, [title.title for title in titles])
            if not titles or not all(vectors):
                break
            made = [TitleVector(one.draft_id, one.title, v) for one, v in zip(titles, vectors, strict=True)]
            self._store.put_titles(self._embedder.model, made)
            done += len(made)
        return done

    def twins(self, owner_id: str, cards: Sequence[Card], of: Collection[str] | None = None) -> dict[str, list[Twin]]:
        """By draft, closest first; drafts whose title is their own are left out, and others than `of` these ids."""
        same = same_titles(cards)
        close = self._close(owner_id, cards, of)
        found: dict[str, list[Twin]] = {}
        for card in cards if of is None else [card for card in cards if card.id in of]:
            known = same.get(card.id, [])
            named = {twin.draft_id for twin in known}
            both = [*known, *(twin for twin in close.get(card.id, ()) if twin.draft_id not in named)]
            if both:
                found[card.id] = both[:MOST_TWINS]
        return found

    def _close(self, owner_id: str, cards: Sequence[Card], of: Collection[str] | None) -> dict[str, list[Twin]]:
        there = {card.id for card in cards}
        titles = self._store.titles(owner_id, self._embedder.model) if self._embedder else []
        return _pairs([title for title in titles if title.draft_id in there], of)

    def _vectors(self, embedder: Embedder, texts: Sequence[str]) -> list[bytes]:
        try:
            return embedder.embed(texts) if texts else []
        except (ConfigurationError, ProviderError) as error:
            logger.warning("titles were not embedded", extra={"error": str(error)})
            return [b""] * len(texts)


def _pairs(titles: Sequence[TitleVector], of: Collection[str] | None) -> dict[str, list[Twin]]:
    import numpy as np

    if len(titles) < 2:
        return {}
    matrix: Any = np.frombuffer(b"".join(one.vector for one in titles), "<f4").reshape(len(titles), -1)
    found: dict[str, list[Twin]] = {}
    asked = [n for n, one in enumerate(titles) if of is None or one.draft_id in of]
    for n, scores in _rows_of_scores(matrix, asked):
        one = titles[n]
        scores[n] = 0.0
        near_enough = np.flatnonzero(scores >= CLOSE)
        order = [int(m) for m in near_enough[np.argsort(-scores[near_enough], kind="stable")][:_LOOKED_AT]]
        near = [m for m in order if not _counts_differ(one.title, titles[m].title)][:MOST_TWINS]
        if near:
            found[one.draft_id] = [
                Twin(titles[m].draft_id, titles[m].title, round(min(1.0, float(scores[m])), 2)) for m in near
            ]
    return found


def _rows_of_scores(matrix: Any, asked: Sequence[int]) -> Iterator[tuple[int, Any]]:
    """Each asked row against all, many at once."""
    for start in range(0, len(asked), _AT_ONCE):
        rows = list(asked[start : start + _AT_ONCE])
        yield from zip(rows, matrix[rows] @ matrix.T, strict=True)


def _counts_differ(one: str, other: str) -> bool:
    """Part 2 of a series says the same as part 1 in all but its figure."""
    figures, others = set(_FIGURES.findall(one)), set(_FIGURES.findall(other))
    return bool(figures and others) and figures != others
