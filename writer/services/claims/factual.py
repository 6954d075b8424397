"""A guess, and named as one: does an uncited sentence state a fact that a reader would want a source for?"""

import re

from writer.domain.text import words
from writer.services.claims.figures import figures
from writer.services.claims.names import names
from writer.services.claims.segments import without_quotations

HEURISTIC = "It seems to state a fact ({why}) and cites nothing. This is a guess from its wording."
_SHORTEST = 6
_TO_THE_READER = re.compile(r"\b(?:I|we|our|us|you|your|let['’]s)\b", re.IGNORECASE)
_ABOUT_ITSELF = re.compile(
    r"\b(?:this|the|these|following|next|last|first) (?:article|section|guide|post|chapter|piece|brief|newsletter|"
    r"overview|report below|examples? below)\b|\b(?:extracts?|headings?|your sources)\b",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"\b(?:according to|study|studies|research(?:ers)?|survey|data|evidence|experts?|scientists?|report(?:ed|s)?|"
    r"found that|shows? that|showed|estimated?|percent|majority|most (?:people|of the)|statistics)\b",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\b(?:increas|decreas|reduc|declin|fell|fallen|rose|risen|grew|grown|doubled|tripled|halved|caus|cost|largest|"
    r"smallest|highest|lowest|fastest|oldest)\w*\b",
    re.IGNORECASE,
)


def why_factual(sentence: str) -> str:
    """What makes it look like a statement of fact; "" when nothing does."""
    text = without_quotations(sentence)
    if len(words(text)) < _SHORTEST or sentence.rstrip().endswith(("?", ":")):
        return ""
    if _TO_THE_READER.search(text) or _ABOUT_ITSELF.search(text):
        return ""
    found = figures(text)
    if found.numbers or found.dates:
        return "it gives a figure"
    if _REPORTED.search(text):
        return "it reports a finding"
    if _MEASURED.search(text):
        return "it tells of a change or a rank"
    return "it names somebody or something" if names(text) or found.codes else ""
