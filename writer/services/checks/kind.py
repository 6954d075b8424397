"""What the rules of the draft's kind say, and what the check of its citations said, as findings with places."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from writer.domain.checking import Family, Finding, Severity
from writer.domain.citations import TOKEN
from writer.domain.claims import Claim, ClaimStatus
from writer.domain.drafts import Draft
from writer.services.articles.checks import findings_of
from writer.services.checks.document import Document
from writer.services.claims.service import notes

_BRACKETS = re.compile(r"\[\[[^\[\]\n]{0,300}\]\]")
_IN_QUOTES = re.compile(r"“([^”]{3,120})”")
_SEVERITIES = {
    ClaimStatus.BROKEN: Severity.PROBLEM,
    ClaimStatus.NOT_FOUND: Severity.PROBLEM,
    ClaimStatus.WEAK: Severity.IMPROVE,
    ClaimStatus.UNCITED: Severity.IMPROVE,
}
_SAID = {
    ClaimStatus.BROKEN: "This citation leads nowhere.",
    ClaimStatus.NOT_FOUND: "The cited passage does not say this.",
    ClaimStatus.WEAK: "The cited passage bears this out only in part.",
    ClaimStatus.UNCITED: "This states a fact and names no source.",
}


def kind_findings(document: Document) -> Iterator[Finding]:
    """The same rules as for a finished article, on the text as it is typed."""
    draft: Draft = replace(document.draft, title=document.title, sections=document.sections)
    for found in findings_of(draft):
        if found.key:
            place = _quoted(document, found.key, found.sentence) or _section(document, found.key)
            yield document.finding("kind", Family.KIND, Severity.PROBLEM, found.sentence, place, section=found.key)
        elif "title" in found.sentence.casefold():
            yield document.title_finding("kind", Family.KIND, Severity.PROBLEM, found.sentence)
        else:
            yield document.finding("kind", Family.KIND, Severity.PROBLEM, found.sentence)


def _quoted(document: Document, key: str, sentence: str) -> tuple[int, int] | None:
    """Where the words stand that the sentence quotes, shortened or not."""
    quoted = _IN_QUOTES.search(sentence)
    if quoted is None:
        return None
    start, end = _section(document, key) or (0, len(document.text))
    words = quoted[1].rstrip("…").split()
    found = re.compile(r"\s+".join(map(re.escape, words))).search(document.text, start, end) if words else None
    return found.span() if found else None


def _section(document: Document, key: str) -> tuple[int, int] | None:
    pieces = [piece for piece in document.pieces if piece.section == key]
    return (pieces[0].block.start, pieces[-1].block.end) if pieces else None


def citation_findings(document: Document, claims: Sequence[Claim]) -> list[Finding]:
    """What was said of the sentences when they were last checked, for those that still stand there; and tokens that are
    none, at once."""
    return [*_claims(document, claims), *_malformed(document)]


def _claims(document: Document, claims: Sequence[Claim]) -> Iterator[Finding]:
    at = 0
    for claim in claims:
        start = document.text.find(claim.sentence, at)
        start = document.text.find(claim.sentence) if start < 0 else start
        if start < 0 or claim.status not in _SEVERITIES:
            continue
        at = start + 1
        reason = " ".join([_SAID[claim.status], *notes(claim)[:2]])
        place = (start, start + len(claim.sentence))
        check = claim.status.name.casefold().replace("_", "-")
        guess = claim.status in (ClaimStatus.UNCITED, ClaimStatus.WEAK)
        severity = _SEVERITIES[claim.status]
        yield document.finding(check, Family.CITATIONS, severity, reason, place, heuristic=guess)


def _malformed(document: Document) -> Iterator[Finding]:
    for piece in document.prose:
        for match in _BRACKETS.finditer(piece.block.text):
            if not TOKEN.fullmatch(match[0]):
                place = (piece.block.start + match.start(), piece.block.start + match.end())
                reason = "This is no citation: one looks like [[S1.p4]], and the ids stand in Sources."
                yield document.finding("malformed", Family.CITATIONS, Severity.PROBLEM, reason, place)
