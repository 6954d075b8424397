"""One ranking of what was found by words and by meaning.

A convex combination of scores, each divided by the best of its kind: TM2C2 of Bruch, Gai and Ingber, "An Analysis of
Fusion Functions for Hybrid Retrieval" (ACM TOIS 42, 2023), with 0 as the least score of either. It is applied to whole
documents, since what a document is about shows in all of it, and to passages, which are what is cited.
"""

from collections.abc import Hashable, Mapping
from typing import TypeVar

from writer.domain.citations import source_id_of
from writer.domain.ports.sources import WordMatches

MEANING = 0.6
"""The share of meaning; words have the rest. Chosen, with the next two, on SciFact's training claims."""

PASSAGE = 0.5
"""What a passage's own score counts against its document's."""

FURTHER = 0.8
"""Each further passage of a document counts this times the one before, three times at most: a list of ten speaks of
several documents where several are good."""

Key = TypeVar("Key", bound=Hashable)


def fused(words: WordMatches, cosines: Mapping[str, float]) -> list[str]:
    """Passage ids, best first; what ties stands in the order of the words, then of the meaning."""
    near: dict[int, float] = {}
    for id_, cosine in cosines.items():
        source_id = source_id_of(id_)
        near[source_id] = max(cosine, near.get(source_id, 0.0))
    documents = combined(words.documents, near)
    passages = combined(words.passages, cosines)
    scores = {id_: documents.get(source_id_of(id_), 0.0) + PASSAGE * score for id_, score in passages.items()}
    return _spread(scores)


def _spread(scores: Mapping[str, float]) -> list[str]:
    before: dict[int, int] = {}
    spread: dict[str, float] = {}
    for id_ in sorted(scores, key=lambda id_: -scores[id_]):
        source_id = source_id_of(id_)
        spread[id_] = scores[id_] * FURTHER ** min(before.get(source_id, 0), 3)
        before[source_id] = before.get(source_id, 0) + 1
    return sorted(spread, key=lambda id_: -spread[id_])


def combined(words: Mapping[Key, float], meaning: Mapping[Key, float]) -> dict[Key, float]:
    """In [0, 1]. Where one of the two found nothing at all, the other decides alone."""
    share = MEANING if words and meaning else 1.0 if meaning else 0.0
    by_words, by_meaning = _relative(words), _relative(meaning)
    return {
        key: share * by_meaning.get(key, 0.0) + (1 - share) * by_words.get(key, 0.0) for key in {**words, **meaning}
    }


def _relative(scores: Mapping[Key, float]) -> dict[Key, float]:
    best = max(scores.values(), default=0.0)
    return {key: max(0.0, score) / best for key, score in scores.items()} if best > 0 else dict.fromkeys(scores, 0.0)
