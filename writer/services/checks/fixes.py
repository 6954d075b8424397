"""From what a rule would make of a piece of text to findings that each offer one change."""

from collections.abc import Callable, Iterator, Sequence

from writer.domain.checking import Family, Finding, Severity
from writer.domain.hunks import Hunk, diff

Reason = Callable[[Hunk], str]


def offered(text: str, proposal: str, check: str, family: Family, reason: Reason) -> Iterator[Finding]:
    """One finding for each hunk, at places in the text."""
    for hunk in diff(text, proposal):
        fix = _visible(text, hunk)
        yield finding(text, check, family, Severity.IMPROVE, reason(fix), (fix.at, fix.end), fix=fix)


def finding(
    text: str,
    check: str,
    family: Family,
    severity: Severity,
    reason: str,
    span: tuple[int, int],
    *,
    fix: Hunk | None = None,
    heuristic: bool = False,
) -> Finding:
    start, end = span
    return Finding(check, family, severity, reason, start, end, text[start:end], fix, heuristic=heuristic)


def replacing(text: str, start: int, end: int, new: str) -> Hunk:
    return Hunk(start, text[start:end], new)


def _visible(text: str, hunk: Hunk) -> Hunk:
    """A pure insertion, or white space alone, with a neighbour: something to select and to read."""
    if hunk.old.strip():
        return hunk
    start, end = hunk.at, hunk.end
    while start > 0 and not text[start - 1].isspace() and hunk.at - start < 40:
        start -= 1
    while end < len(text) and not text[end].isspace() and end - hunk.end < 40:
        end += 1
    return Hunk(start, text[start:end], text[start : hunk.at] + hunk.new + text[hunk.end : end])


def without_overlaps(findings: Sequence[Finding]) -> list[Finding]:
    """In reading order. Of findings on the same words, those that offer a fix stay, then the longer ones, then the
    first."""
    ranked = sorted(findings, key=lambda one: (one.fix is None, one.start - one.end, one.start))
    kept: list[Finding] = []
    for one in ranked:
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: (one.start, one.end))
