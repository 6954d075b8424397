"""What no likeness can outweigh: a number, a date, a quotation or a name that the passage does not have, or a "not"
on one side only. Each rule says in a sentence what it found, and how good the verdict can still be."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from writer.domain.claims import ClaimStatus
from writer.domain.text import words
from writer.services.claims.figures import figures
from writer.services.claims.names import missing_names, names
from writer.services.claims.segments import Sentence, quotations
from writer.services.claims.source_text import SourceText, verbatim

QUOTED_WORDS = 8
_FRAGMENT_WORDS = 3
_NEGATIONS = re.compile(
    r"\b(?:not|no|nor|never|none|neither|nobody|nothing|nowhere|without|cannot|lacks?|lacked|lacking|fails? to|"
    r"failed to|unable|absence of)\b|n['’]t\b",
    re.IGNORECASE,
)
# Set phrases that turn nothing round.
_NO_NEGATION = re.compile(
    r"\b(?:not only|no more than|no less than|no fewer than|no longer than|no doubt|whether or not|not least)\b",
    re.IGNORECASE,
)
_ELLIPSIS = re.compile(r"\s*(?:\[\s*(?:…|\.{3})\s*\]|…|\.{3})\s*")
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Objection:
    """`limit` is the best status that is left."""

    limit: ClaimStatus
    reason: str


def objections(sentence: Sentence, sources: Iterable[SourceText]) -> list[Objection]:
    """Against the sentence, from all of its passages together: each fact may stand in another of them."""
    passages = list(sources)
    return [
        *_quotations(sentence, passages),
        *_figures(sentence.plain, passages),
        *_names(sentence.plain, passages),
    ]


def negated_once(claim: str, source: str) -> Objection | None:
    """When one of the two says "not" and the other does not. The two must speak of the same thing for this to mean
    anything: that is for the caller to see to."""
    if _negations(claim) % 2 == _negations(source) % 2:
        return None
    which = (
        "The sentence says “not” where its source does not"
        if _negations(claim) % 2
        else ("Its source says “not” where the sentence does not")
    )
    return Objection(ClaimStatus.WEAK, f"{which}: read both.")


def _quotations(sentence: Sentence, passages: list[SourceText]) -> list[Objection]:
    quoted = [sentence.plain] if sentence.quoted else quotations(sentence.plain)
    missing = [text for text in quoted if len(words(text)) >= QUOTED_WORDS and not _stands_in(text, passages)]
    return [
        Objection(ClaimStatus.NOT_FOUND, f"The quotation “{_short(text)}” is not in the passage in these words.")
        for text in missing
    ]


def _stands_in(quotation: str, passages: list[SourceText]) -> bool:
    """With each part between omission marks in its order, in one of the passages."""
    parts = [part for part in map(verbatim, _ELLIPSIS.split(quotation)) if len(part.split()) >= _FRAGMENT_WORDS]
    return any(_in_order(parts, passage.verbatim) for passage in passages)


def _in_order(parts: Iterable[str], text: str) -> bool:
    padded, at = f" {text} ", 0
    for part in parts:
        found = padded.find(f" {part} ", at)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _figures(sentence: str, passages: list[SourceText]) -> list[Objection]:
    mine = figures(sentence)
    missing = mine.missing_in(figures("\n".join(passage.with_title for passage in passages)))
    return [Objection(ClaimStatus.NOT_FOUND, f"“{written}” is not in the passage.") for written in missing]


def _names(sentence: str, passages: list[SourceText]) -> list[Objection]:
    there = "\n".join(passage.with_title for passage in passages)
    dense = there.casefold().replace("-", "")
    missing = [*missing_names(names(sentence), there), *sorted(c for c in figures(sentence).codes if c not in dense)]
    if not missing:
        return []
    told = ", ".join(f"“{name}”" for name in missing[:5])
    return [Objection(ClaimStatus.WEAK, f"The passage does not name {told}.")]


def _negations(text: str) -> int:
    return len(_NEGATIONS.findall(_NO_NEGATION.sub(" ", text)))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1].rsplit(" ", 1)[0] + "…"
