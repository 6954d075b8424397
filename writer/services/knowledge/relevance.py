"""Whether a passage is near enough to a query to be shown.

Chosen on SciFact's training claims; `python -m benchmarks retrieval --scifact FOLDER` prints what they keep and let in.
"""

import re
from functools import lru_cache

from writer.domain.sources import Passage

MIN_COSINE = 0.3
"""Under it MiniLM sees no common topic: 94 in 100 claims and unrelated documents of their own field are below, and 1 in
100 claims and the documents that decide them. Questions are shorter than claims and lie lower, hence not more."""

MIN_COSINE_WITH_WORDS = 0.12
MIN_COVERAGE = 0.5
MIN_COVERAGE_ALONE = 0.34
_TELLING = re.compile(r"[^\W_]{4,}|\w*\d\w*")
_WORD = re.compile(r"\w+")


def relevance(query: str, passage: Passage, cosine: float | None) -> float | None:
    """The passage's score in [0, 1], None when it is not worth showing.

    The cosine with the query, where there is one; the share of the query's telling words that the passage has, where
    there is none. Words also let in what MiniLM does not know: names, codes, rare terms."""
    if cosine is not None and cosine >= MIN_COSINE:
        return cosine
    covered = coverage(query, passage)
    if cosine is None:
        return covered if covered >= MIN_COVERAGE_ALONE else None
    return cosine if covered >= MIN_COVERAGE and cosine >= MIN_COSINE_WITH_WORDS else None


def coverage(query: str, passage: Passage) -> float:
    """The share of the query's telling words that begin a word of the passage or its headings, endings aside."""
    wanted = _telling(query)
    if not wanted:
        return 0.0
    text = " ".join((passage.source_title, *passage.heading_path, passage.text)).casefold()
    held = {_stem(word) for word in set(_WORD.findall(text))}
    return len(wanted & held) / len(wanted)


@lru_cache(maxsize=64)
def _telling(query: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in _TELLING.findall(query.casefold()))


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    for ending in ("ing", "ies", "ed", "es", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word
