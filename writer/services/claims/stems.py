"""Words as the check compares them: Porter's stems, weighted by how rare they are among the owner's passages."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import log

from writer.domain.text import words

# Without negations: whether they stand on both sides is a rule of its own.
_EMPTY = """
a about above after again against all also am an and any are as at be because been before being below between both but
by can could did do does doing down during each few for from further had has have having he her here hers herself him
himself his how however i if in into is it its itself just may me might more most must my myself no nor not of off on
once only or other ought our ours ourselves out over own same shall she should so some such than that the their theirs
them themselves then there these they this those through thus to too under until up upon us very was we were what when
where which while who whom whose why will with within without would you your yours yourself yourselves
"""
EMPTY_WORDS = frozenset(_EMPTY.split())

_STEP_2 = (
    ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("abli", "able"),
    ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"),
    ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"),
    ("iviti", "ive"), ("biliti", "ble"),
)  # fmt: skip
_STEP_3 = (
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
)  # fmt: skip
_STEP_4 = (
    "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize", "al",
    "er", "ic", "ou",
)  # fmt: skip


class Rarity:
    """Inverse document frequency of stems over a pool of texts. A stem that no text has weighs as one that a single
    text has: the pool may be small."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        counts: Counter[str] = Counter()
        self._texts = 0
        for text in texts:
            counts.update(set(stems(text)))
            self._texts += 1
        self._counts = counts

    def of(self, stem: str) -> float:
        return log(1 + (self._texts + 1) / (max(1, self._counts[stem]) + 0.5))

    def recall(self, wanted: Sequence[str], there: Iterable[str]) -> float:
        """The share of the weight of `wanted` that is `there`, in [0, 1]."""
        terms, present = sorted(set(wanted)), set(there)
        whole = sum(self.of(term) for term in terms)
        return sum(self.of(term) for term in terms if term in present) / whole if whole else 0.0


def stems(text: str) -> tuple[str, ...]:
    """Stems of the words that carry meaning, in order, repetitions kept."""
    return tuple(porter(word) for word in words(text.replace("’", "'").replace("'s", "")) if word not in EMPTY_WORDS)


@lru_cache(maxsize=100_000)
def porter(word: str) -> str:
    """M. F. Porter, An algorithm for suffix stripping, 1980. Words with figures or other letters stay as they are."""
    if len(word) <= 2 or not word.isascii() or not word.isalpha():
        return word
    word = _plural(word)
    word = _past(word)
    if word.endswith("y") and _has_vowel(word[:-1]):
        word = word[:-1] + "i"
    word = _replaced(word, _STEP_2)
    word = _replaced(word, _STEP_3)
    return _tidied(_without_suffix(word))


def _shape(stem: str) -> str:
    """Consonants as "c", vowels as "v"; a y after a consonant is a vowel."""
    shape = ""
    for letter in stem:
        vowel = letter in "aeiou" or (letter == "y" and shape.endswith("c"))
        shape += "v" if vowel else "c"
    return shape


def _measure(stem: str) -> int:
    return len(re.findall("v+c+", _shape(stem)))


def _has_vowel(stem: str) -> bool:
    return "v" in _shape(stem)


def _short_end(stem: str) -> bool:
    """Consonant, vowel, consonant, the last no w, x or y: the end of "hop", which takes an e in "hope"."""
    return _shape(stem).endswith("cvc") and stem[-1] not in "wxy"


def _plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _past(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) else word
    for ending in ("ed", "ing"):
        stem = word.removesuffix(ending)
        if stem != word and _has_vowel(stem):
            return _mended(stem)
    return word


def _mended(stem: str) -> str:
    if stem.endswith(("at", "bl", "iz")):
        return stem + "e"
    if len(stem) > 1 and stem[-1] == stem[-2] and stem[-1] not in "aeioulsz":
        return stem[:-1]
    return stem + "e" if _measure(stem) == 1 and _short_end(stem) else stem


def _replaced(word: str, endings: Sequence[tuple[str, str]]) -> str:
    for ending, instead in endings:
        if word.endswith(ending):
            stem = word.removesuffix(ending)
            return stem + instead if _measure(stem) else word
    return word


def _without_suffix(word: str) -> str:
    if word.endswith("ion"):
        return word[:-3] if word[:-3].endswith(("s", "t")) and _measure(word[:-3]) > 1 else word
    for ending in _STEP_4:
        if word.endswith(ending):
            stem = word.removesuffix(ending)
            return stem if _measure(stem) > 1 else word
    return word


def _tidied(word: str) -> str:
    if word.endswith("e"):
        stem = word[:-1]
        if _measure(stem) > 1 or (_measure(stem) == 1 and not _short_end(stem)):
            word = stem
    return word[:-1] if word.endswith("ll") and _measure(word) > 1 else word
