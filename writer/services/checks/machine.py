"""Signs of machine writing: habits with their density and places. All are heuristics; people write so, too."""

import re
from collections.abc import Iterator
from functools import lru_cache

from writer.domain.checking import Family, Figure, Finding, Severity
from writer.services.checks.blocks import Kind
from writer.services.checks.document import Document, placed
from writer.services.checks.fixes import finding, without_overlaps
from writer.services.checks.reading import prose_of
from writer.services.checks.wording import marks, phrases

_FAMILY = Family.MACHINE
_LISTS = (
    ("tell-words", "words", "A word that machines are fond of."),
    ("tell-phrases", "phrases", "A turn that machines are fond of: say it plainly, or leave it out."),
    ("tell-patterns", "patterns", "“Not just this but that”: a figure that machines repeat. Say what it is."),
)
_DASH = re.compile(r"(?<=\w)\s?—\s?(?=\w)|(?<=\w) – (?=\w)")
_BOLD = re.compile(r"(\*\*|__)(?=\S)(?:(?!\1)[^\n])+?(?<=\S)\1")
_CODE = re.compile(r"`[^`\n]+`")
_DASHES, _BOLDS = 8.0, 10.0
"""For a thousand words, from which on it shows; ours, from what edited prose has."""
_LEAST = 4


@lru_cache(maxsize=4096)
def machine_findings(kind: Kind, text: str, language: str) -> tuple[Finding, ...]:
    """Of one block, at places in it."""
    found = list(_leftovers(text))
    if language.partition("-")[0].casefold() == "en":
        prose = prose_of(text)
        for check, name, reason in _LISTS:
            for match in phrases("machine-tells-en", name).finditer(prose):
                found.append(_tell(text, check, reason, match))
    return tuple(without_overlaps(found))


def _tell(text: str, check: str, reason: str, match: re.Match[str]) -> Finding:
    return finding(text, check, _FAMILY, Severity.IMPROVE, reason, match.span(), heuristic=True)


def _leftovers(text: str) -> Iterator[Finding]:
    """In any language: what a machine said to its user stays English often enough."""
    code = [match.span() for match in _CODE.finditer(text)]
    for check, pattern, reason in (
        (
            "leftover",
            phrases("machine-tells-en", "leftovers"),
            "This was said to somebody else: a machine's own words.",
        ),
        ("placeholder", marks("machine-tells-en", "placeholders"), "A gap that is still to be filled."),
    ):
        for match in pattern.finditer(text):
            if not any(start <= match.start() < end for start, end in code):
                yield finding(text, check, _FAMILY, Severity.PROBLEM, reason, match.span(), heuristic=True)


def densities(document: Document) -> Iterator[tuple[Figure, list[Finding]]]:
    """Dashes and bold type show by how many there are."""
    yield _density(document, "dashes", "Dashes", _DASH, _DASHES, "Dashes pile up: try commas, colons and full stops.")
    yield _density(document, "bold", "Bold type", _BOLD, _BOLDS, "Much is in bold type: what is all loud is not heard.")


def _density(
    document: Document, check: str, label: str, pattern: re.Pattern[str], most: float, reason: str
) -> tuple[Figure, list[Finding]]:
    found = [
        placed(piece, finding(piece.block.text, check, _FAMILY, Severity.IMPROVE, reason, match.span(), heuristic=True))
        for piece in document.running
        for match in pattern.finditer(piece.block.text)
    ]
    share = 1000 * len(found) / max(1, document.words)
    too_many = share > most and len(found) >= _LEAST
    severity = Severity.IMPROVE if too_many else Severity.GOOD
    why = f"For a thousand words; up to {most:.0f} is usual. A rule of thumb."
    return Figure(check, _FAMILY, label, f"{share:.1f}", round(share, 2), severity, why), found if too_many else []
