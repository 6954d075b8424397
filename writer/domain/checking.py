"""What the checks say of a text: figures, and findings that point at their place and, where a rule can, offer a fix."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from writer.domain.hunks import Hunk


class Severity(StrEnum):
    """As traffic lights: green, orange, red."""

    GOOD = "good"
    IMPROVE = "improve"
    PROBLEM = "problem"


class Family(StrEnum):
    READABILITY = "readability"
    SEO = "seo"
    PROSE = "prose"
    MACHINE = "machine"
    STYLE = "style"
    KIND = "kind"
    CITATIONS = "citations"


LABELS = {
    Family.READABILITY: "Readability",
    Family.SEO: "Search engines",
    Family.PROSE: "Prose",
    Family.MACHINE: "Signs of machine writing",
    Family.STYLE: "Style guide",
    Family.KIND: "Rules of its kind",
    Family.CITATIONS: "Citations",
}
TEXT, TITLE = "text", "title"


@dataclass(frozen=True, slots=True)
class Finding:
    """`sentence` is the reason. `start` and `end` are the place in the text that was checked, in characters, and what
    stands there is `quote`. With `target` "title" they are places in the title; with "" there is nothing to select.
    `section` is the key of the section, "" outside of any. `fix` is a hunk at the same place. Findings of a
    `heuristic` may well be wrong, and say so."""

    check: str
    family: Family
    severity: Severity
    sentence: str
    start: int = 0
    end: int = 0
    quote: str = ""
    fix: Hunk | None = None
    section: str = ""
    target: str = TEXT
    heuristic: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number with its name. `shown` is for people; `value` None says that it cannot be told, and `why`
    says why, or what the figure means. `severity` None where no threshold is known."""

    name: str
    family: Family
    label: str
    shown: str
    value: float | None = None
    severity: Severity | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class FamilyResult:
    """`score` is a few words; `trend` has a number for each paragraph, where the family has one."""

    family: Family
    score: str
    counts: dict[Severity, int]
    heuristic: bool = False
    trend: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckReport:
    """In reading order; `text` is what the places are places in, with "\\n" as its line end. `structured` is JSON-LD
    that the text bears out. `notes` are sentences about what could not be checked."""

    language: str
    words: int
    families: tuple[FamilyResult, ...]
    figures: tuple[Figure, ...]
    findings: tuple[Finding, ...]
    structured: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()
    text: str = ""


def counts_of(findings: Iterable[Finding], figures: Sequence[Figure] = ()) -> dict[Severity, int]:
    """Findings by severity; figures that are green are counted as good, the others have findings of their own."""
    counts = dict.fromkeys(Severity, 0)
    for finding in findings:
        counts[finding.severity] += 1
    counts[Severity.GOOD] += sum(figure.severity is Severity.GOOD for figure in figures)
    return counts


def light(value: float, good: float, tolerable: float) -> Severity:
    """Of a number that should be low: up to `good`, up to `tolerable`, beyond."""
    if value <= good:
        return Severity.GOOD
    return Severity.IMPROVE if value <= tolerable else Severity.PROBLEM
