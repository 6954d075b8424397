"""What a question asks for, as far as its words tell."""

import re

from writer.domain.text import words
from writer.services.claims.stems import EMPTY_WORDS, porter

_SAYING_LITTLE = """
many much long far often deep happen happened tell explain describe say says said mean means give gives kind sort type
exactly please ever really actually get gets got know think thing things way ways use used let lets like
likely yes no
"""
_ASKING = frozenset(_SAYING_LITTLE.split())
_OF_FIGURES = re.compile(
    r"\bhow (?:many|much|long|far|often|deep|old|high|large|big|tall|wide|fast|hot|cold|warm|heavy|expensive)\b"
    r"|\bwhen\b|\b(?:what|which) (?:\w+ )?(?:share|percentage|proportion|year|date|day|price|number|amount|rate|size)\b"
    r"|\bwhat (?:did|does|do|is|was) .*\b(?:cost|price)\b",
    re.IGNORECASE,
)


def telling_words(question: str) -> tuple[str, ...]:
    """The words that an answer would have to be about, in order."""
    plain = words(question.replace("’", "'").replace("'s", ""))
    return tuple(dict.fromkeys(word for word in plain if word not in EMPTY_WORDS and word not in _ASKING))


def telling_stems(question: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(porter(word) for word in telling_words(question)))


def wants_figure(question: str) -> bool:
    return bool(_OF_FIGURES.search(question))
