"""Checks of a draft as it is saved, or as it is being typed: everything by rules, nothing by a model."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from writer.domain.actors import Actor
from writer.domain.checking import (
    TEXT,
    CheckReport,
    Family,
    FamilyResult,
    Figure,
    Finding,
    Severity,
    counts_of,
)
from writer.domain.claims import Claim
from writer.domain.errors import NotFound
from writer.domain.style_guide import StyleGuide
from writer.services.checks.document import Document, placed
from writer.services.checks.flow import flow
from writer.services.checks.guides import StyleGuides
from writer.services.checks.kind import citation_findings, kind_findings
from writer.services.checks.machine import densities, machine_findings
from writer.services.checks.prose import prose_findings
from writer.services.checks.readability import figures, trend
from writer.services.checks.seo import search_engines
from writer.services.checks.structured import structured
from writer.services.checks.style import style_findings, variants
from writer.services.claims.service import Claims
from writer.services.drafts import Drafts

_PER_1000 = (Family.PROSE, Family.MACHINE, Family.STYLE)


class Checks:
    def __init__(self, drafts: Drafts, claims: Claims, guides: StyleGuides) -> None:
        self._drafts = drafts
        self._claims = claims
        self._guides = guides

    def of(
        self, draft_id: str, by: Actor, *, text: str | None = None, title: str | None = None, section: str = ""
    ) -> CheckReport:
        """`text` is all of the draft as an editor has it, or with `section` the text of that one; without it, what is
        saved is checked. Places are in characters of that text, with "\\n" as its line end."""
        draft = self._drafts.open(draft_id, by)
        if section:
            part = draft.section(section)
            if part is None:
                raise NotFound("There is no such section in this draft.")
            document = Document.of_section(draft, part, part.text if text is None else text)
        else:
            document = Document.of(draft, text, title)
        return report(
            document, self._guides.owned(draft.owner_id, draft.brief.style_guide), self._claims.of(draft_id, by).claims
        )


def report(document: Document, guide: StyleGuide, claims: Sequence[Claim] = ()) -> CheckReport:
    """The same for the same input, whatever was checked before."""
    measured = list(_measured(document))
    numbers = [*figures(document), *(figure for figure, _ in measured)]
    found = [finding for _, findings in measured for finding in findings]
    found += _flesch(document, numbers)
    found += _by_paragraph(document, guide)
    found += variants(document, guide)
    found += kind_findings(document) if document.whole else []
    found += citation_findings(document, [one for one in claims if document.whole or _is_of(one, document)])
    kept = sorted((one for one in found if not guide.ignores(one.check, one.quote)), key=_order)
    return CheckReport(
        document.language,
        document.words,
        tuple(_result(family, kept, numbers, document, claims) for family in Family),
        tuple(numbers),
        tuple(kept),
        structured(document) if document.whole else (),
        tuple(_notes(document)),
        document.text,
    )


def _is_of(claim: Claim, document: Document) -> bool:
    return claim.section_key == document.sections[0].key


def _order(finding: Finding) -> tuple[bool, int, int]:
    """What is about the title or all of the text first."""
    return finding.target == TEXT, finding.start, -finding.end


def _measured(document: Document) -> Iterator[tuple[Figure, list[Finding]]]:
    yield from flow(document)
    if document.whole:
        yield from search_engines(document)
    yield from densities(document)


def _flesch(document: Document, numbers: Sequence[Figure]) -> Iterator[Finding]:
    flesch = next((one for one in numbers if one.name == "flesch"), None)
    if flesch and flesch.severity and flesch.severity is not Severity.GOOD:
        reason = f"Flesch Reading Ease is {flesch.shown}; over 60 is plain English. Shorter sentences and words help."
        yield document.finding("flesch", Family.READABILITY, flesch.severity, reason)


def _by_paragraph(document: Document, guide: StyleGuide) -> Iterator[Finding]:
    """What a paragraph says of itself alone, remembered from the last time it stood there so."""
    rules = replace(guide, ignored=())
    for piece in document.prose:
        block, language = piece.block, document.language
        for finding in (
            *prose_findings(block.kind, block.text, language),
            *machine_findings(block.kind, block.text, language),
            *style_findings(block.kind, block.text, rules, language),
        ):
            yield placed(piece, finding)


def _result(
    family: Family, findings: Sequence[Finding], numbers: Sequence[Figure], document: Document, claims: Sequence[Claim]
) -> FamilyResult:
    mine = [finding for finding in findings if finding.family is family]
    measures = [figure for figure in numbers if figure.family is family]
    counts = counts_of(mine, measures)
    line = trend(document) if family is Family.READABILITY else ()
    return FamilyResult(
        family, _score(family, mine, measures, document, claims), counts, family is Family.MACHINE, line
    )


def _score(
    family: Family, mine: Sequence[Finding], measures: Sequence[Figure], document: Document, claims: Sequence[Claim]
) -> str:
    if family in _PER_1000:
        return f"{1000 * len(mine) / max(1, document.words):.1f} for 1,000 words"
    if family is Family.CITATIONS:
        return f"{len(claims) - len(mine)} of {len(claims)} sentences in order" if claims else "nothing to check yet"
    if family is Family.KIND:
        return "kept" if not mine else f"{len(mine)} not kept"
    rated = [figure for figure in measures if figure.severity]
    green = sum(figure.severity is Severity.GOOD for figure in rated)
    return f"{green} of {len(rated)} green"


def _notes(document: Document) -> Iterator[str]:
    if not document.is_english:
        left_out = "formulas, word lists and guesses that are made for English are left out."
        yield f"The draft's language is “{document.language}”: {left_out}"
