"""Content words: what is left of a text when endings and words without meaning of their own are taken off."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import log

from writer.domain.text import words

_STOP_WORDS = """
a about above across after again against all almost along already also although always am among an and another any are
around as at away back be became because become been before being below between both but by came can cannot could did
do does doing done down during each either else enough even ever every few first for from further gave get give given
go goes gone got had has have having he her here hers herself him himself his how however i if in indeed instead into
is it its itself just keep kept last least less let like likely made make makes many may me might mine more most
much must my myself need neither never next no nor not nothing now of off often on once one only onto or other others
our ours ourselves out over own per perhaps put quite rather really said same say says second see seem seen several
shall she should since so some such take taken than that the their theirs them themselves then there these they thing
things this those though three through thus to together too took toward towards two under until up upon us use used
using very via was way we well went were what when where whether which while who whom whose why will with within
without would yes yet you your yours yourself
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

_ENDINGS = (
    ("ational", "ate"), ("ization", "ize"), ("isation", "ize"), ("fulness", "ful"), ("iveness", "ive"),
    ("ously", "ous"), ("ingly", ""), ("ments", "ment"), ("ities", "ity"), ("ness", ""), ("ally", "al"), ("edly", ""),
    ("ies", "y"), ("ied", "y"), ("ing", ""), ("ers", "er"), ("est", ""), ("ed", ""), ("ly", ""), ("es", ""), ("s", ""),
)  # fmt: skip
_SHORTEST_STEM = 3


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A light stemmer: enough that "costs", "costing" and "cost" meet, too little to join unlike words."""
    if word.endswith("ss") or not word.isascii() or word.isdigit():
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return _without_silent_letters(word.removesuffix(ending) + instead)
    return _without_silent_letters(word)


def _without_silent_letters(word: str) -> str:
    if len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in "aeiousl":
        return word[:-1]
    return word[:-1] if len(word) > _SHORTEST_STEM + 1 and word.endswith("e") else word


def stems(text: str) -> tuple[str, ...]:
    """Stems of the content words, in order, repetitions kept."""
    return tuple(stem(w) for w in words(text.replace("’", "'").replace("'s", "")) if w not in STOP_WORDS)


class Weights:
    """Inverse document frequency of stems over a pool of texts: a word that is everywhere tells nothing apart."""

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        pool = [set(text) for text in texts]
        self._count = len(pool)
        self._frequency = Counter(term for text in pool for term in text)

    def of(self, term: str) -> float:
        return log(1 + (self._count + 0.5) / (self._frequency[term] + 0.5))

    def overlap(self, wanted: Sequence[str], there: Iterable[str]) -> float:
        """The share of the weight of `wanted` that is `there`, in [0, 1]."""
        terms, present = dict.fromkeys(wanted), set(there)
        whole = sum(self.of(term) for term in terms)
        return sum(self.of(term) for term in terms if term in present) / whole if whole else 0.0
