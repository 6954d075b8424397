"""Weasel words, wordiness, clichés, repetition, hedging, variants, dates and typography: rules with their places.

English has proselint's rules beside our own; typography knows every language that `wording/typography.yaml` has.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from writer.domain.checking import Family, Finding, Severity
from writer.domain.hunks import Hunk
from writer.services.checks.blocks import Kind
from writer.services.checks.fixes import finding, offered, replacing, without_overlaps
from writer.services.checks.reading import FILL, prose_of
from writer.services.checks.wording import phrases
from writer.services.editing.tightening import tightened
from writer.services.editing.typography import typeset

if TYPE_CHECKING:
    from proselint.registry.checks import Check, CheckResult

_FAMILY = Family.PROSE
_QUOTED = re.compile(r"“[^“”]*”|(?<!\w)\"[^\"\n]+\"(?!\w)|‘[^‘’]{2,}’(?!\w)")
_REPEATED = re.compile(r"(?<![\w'’-])([^\W\d_]{2,})(\s+)\1(?![\w'’-])", re.IGNORECASE)
_TYPOGRAPHY = "Quotation marks, dashes and spaces as printers set them."
_MEANT_TWICE = {"had", "that", "bora", "had had", "can", "blah", "ha", "no", "so", "very", "yes", "bye"}
_PLAIN = re.compile(r"[\w'’-]+(?: [\w'’-]+){0,4}")
_OURS = (
    ("weasel", "Who says so, and how many? Name it, or leave it out."),
    ("hedges", "Hedging: say it, or say what it depends on."),
    ("cliches", "A cliché: say it in your own words."),
)
_LEFT_OUT = (
    "restricted", "typography", "lexical_illusions", "annotations", "weasel_words", "spelling.consistency",
    "misc.composition", "misc.tense_present", "misc.greylist", "misc.metadiscourse", "misc.scare_quotes",
)  # fmt: skip
_NAMES = {
    "cliches": "cliches",
    "redundancy": "wordiness",
    "needless_variants": "variants",
    "hedging": "hedges",
    "dates_times": "dates",
    "spelling": "spelling",
}


@lru_cache(maxsize=4096)
def prose_findings(kind: Kind, text: str, language: str) -> tuple[Finding, ...]:
    """Of one block, at places in it. Quotations are other people's words: only typography looks into them."""
    found = list(offered(text, typeset(text, language), "typography", _FAMILY, lambda _: _TYPOGRAPHY))
    prose = prose_of(text)
    unquoted = _QUOTED.sub(lambda quoted: FILL * len(quoted[0]), prose)
    found += _repeated(text, unquoted)
    if language.partition("-")[0].casefold() == "en":
        if kind is not Kind.HEADING:
            found += offered(text, tightened(text), "wordiness", _FAMILY, _wordiness_reason)
        found += _listed(text, unquoted)
        found += _linted(text, unquoted)
    return tuple(without_overlaps(found))


def _wordiness_reason(hunk: Hunk) -> str:
    said, shorter = " ".join(hunk.old.split()), " ".join(hunk.new.split())
    return f"“{said}”: “{shorter}” says the same." if shorter else f"“{said}” can go."


def _repeated(text: str, prose: str) -> Iterator[Finding]:
    for match in _REPEATED.finditer(prose):
        if match[1].casefold() in _MEANT_TWICE or (match[1][0].isupper() and not match[1].isupper()):
            continue
        fix = replacing(text, match.start(), match.end(), match[1])
        reason = f"“{match[1]}” stands there twice."
        yield finding(text, "repetition", _FAMILY, Severity.PROBLEM, reason, match.span(), fix=fix)


def _listed(text: str, prose: str) -> Iterator[Finding]:
    for name, reason in _OURS:
        for match in phrases("prose-en", name).finditer(prose):
            yield finding(text, name, _FAMILY, Severity.IMPROVE, reason, match.span())


def _linted(text: str, prose: str) -> Iterator[Finding]:
    """proselint wants a line's end on either side."""
    framed = f"\n{prose}\n"
    for check in _linters():
        for result in check.check_with_flags(framed):
            start, end = _bare(framed, *result.span)
            if start < end and FILL not in framed[start:end]:
                yield _of_linter(text, result, start - 1, end - 1)


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """Some of its places take the white space round a phrase along."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _of_linter(text: str, result: "CheckResult", start: int, end: int) -> Finding:
    path = result.check_path
    name = _NAMES.get(path.partition(".")[0], "usage")
    message = " ".join(result.message.split())
    reason = message if message.endswith((".", "!", "?")) else f"{message}."
    better = result.replacements or ""
    fix = None
    if _PLAIN.fullmatch(better) and better.casefold() != text[start:end].casefold() and _has_words(path):
        fix = replacing(text, start, end, _in_case_of(better, text[start:end]))
    return finding(text, name, _FAMILY, Severity.IMPROVE, reason, (start, end), fix=fix)


def _has_words(path: str) -> bool:
    """Where the replacement is words to put in, not a pattern or a category."""
    return path.startswith(
        ("redundancy", "needless_variants", "spelling", "nonwords", "misc", "archaism", "malapropisms")
    )


def _in_case_of(new: str, old: str) -> str:
    return new[:1].upper() + new[1:] if old[:1].isupper() else new


@cache
def _linters() -> tuple["Check", ...]:
    """Loading them takes a tenth of a second: on the first check, not at the start."""
    from proselint.checks import __register__

    return tuple(check for check in __register__ if not check.path.startswith(_LEFT_OUT))
