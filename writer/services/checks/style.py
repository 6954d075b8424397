"""A text against its writer's own style guide, and against itself: one spelling for each term."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from writer.domain.checking import Family, Finding, Severity
from writer.domain.style_guide import StyleGuide
from writer.services.checks.blocks import Kind, blocks_of
from writer.services.checks.document import Document, Piece, placed
from writer.services.checks.fixes import finding, offered, replacing, without_overlaps
from writer.services.checks.reading import prose_of
from writer.services.checks.wording import phrases
from writer.services.editing.terms import AMERICAN, BRITISH, Terms, respelled, terms_in, variety_of

_FAMILY = Family.STYLE
_QUOTED = re.compile(r"“[^“”]*”|(?<!\w)\"[^\"\n]+\"(?!\w)")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_ITEM = r"[^\W\d_][\w'’-]*(?: [\w'’-]+){0,2}"
_NO_OXFORD = re.compile(rf"{_ITEM}(?:, {_ITEM})*, (?P<place>{_ITEM}) (?:and|or) (?=\w)")
_HAS_OXFORD = re.compile(rf"{_ITEM}(?:, {_ITEM})+(?P<place>,) (?:and|or) (?=\w)")
_VARIETIES = {"en-GB": BRITISH, "en-US": AMERICAN}
_NAMES = {BRITISH: "British", AMERICAN: "American"}


@lru_cache(maxsize=4096)
def style_findings(kind: Kind, text: str, guide: StyleGuide, language: str) -> tuple[Finding, ...]:
    """Of one block, at places in it. Quotations keep their words. `guide` without what it ignores: it is a key."""
    if not kind.is_prose or guide.is_empty:
        return ()
    prose = _QUOTED.sub(lambda quoted: "\ue000" * len(quoted[0]), prose_of(text))
    found = [*_banned(text, prose, guide), *_preferred(text, prose, guide)]
    if language.partition("-")[0].casefold() == "en":
        found += _respelled(text, prose, guide.variety)
        found += _commas(text, prose, guide.oxford_comma)
    return tuple(without_overlaps(found))


def _banned(text: str, prose: str, guide: StyleGuide) -> Iterator[Finding]:
    for term in guide.banned:
        for match in _pattern(term).finditer(prose):
            reason = f"“{term}” is not to be used, says your style guide."
            yield finding(text, "banned", _FAMILY, Severity.PROBLEM, reason, match.span())


def _preferred(text: str, prose: str, guide: StyleGuide) -> Iterator[Finding]:
    for pair in guide.preferred:
        wanted = [match.span() for match in _pattern(pair.wanted).finditer(prose)]
        for match in _pattern(pair.unwanted).finditer(prose):
            inside = any(start <= match.start() and match.end() <= end for start, end in wanted)
            if match[0] == pair.wanted or (inside and pair.unwanted.casefold() != pair.wanted.casefold()):
                continue
            better = _in_case_of(pair.wanted, match[0])
            if better != match[0]:
                fix = replacing(text, *match.span(), better)
                reason = f"Your style guide wants “{pair.wanted}”."
                yield finding(text, "terms", _FAMILY, Severity.IMPROVE, reason, match.span(), fix=fix)


@lru_cache(maxsize=2048)
def _pattern(term: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, term.split()))
    return re.compile(rf"(?<![\w'’-]){words}(?![\w-])", re.IGNORECASE)


def _in_case_of(new: str, old: str) -> str:
    """A capital at the start of a sentence stays one; a term with capitals of its own keeps them."""
    return new[:1].upper() + new[1:] if old[:1].isupper() and new.islower() else new


def _respelled(text: str, prose: str, variety: str) -> Iterator[Finding]:
    if variety not in _VARIETIES:
        return
    table, name = respelled(_VARIETIES[variety]), _NAMES[_VARIETIES[variety]]
    for match in _WORD.finditer(prose):
        better = table.get(match[0].casefold())
        if better:
            better = better.upper() if match[0].isupper() else _in_case_of(better, match[0])
            reason = f"{name} spelling: “{better}”."
            fix = replacing(text, *match.span(), better)
            yield finding(text, "variety", _FAMILY, Severity.IMPROVE, reason, match.span(), fix=fix)


def _commas(text: str, prose: str, rule: str) -> Iterator[Finding]:
    """Lists of short items; a rule of thumb, since only a parser could tell a list from a clause for sure."""
    pattern = {"always": _NO_OXFORD, "never": _HAS_OXFORD}.get(rule)
    for match in pattern.finditer(prose) if pattern else ():
        if rule == "always" and not _is_list(prose, match):
            continue
        start, end = match.span("place")
        start = start if rule == "always" else _word_before(prose, start)
        old = text[start:end]
        fix = replacing(text, start, end, f"{old}," if rule == "always" else old[:-1])
        reason = f"Your style guide wants {'a' if rule == 'always' else 'no'} comma before the last item of a list."
        yield finding(text, "oxford-comma", _FAMILY, Severity.IMPROVE, reason, (start, end), fix=fix, heuristic=True)


def _is_list(prose: str, match: re.Match[str]) -> bool:
    """Not an introduction with a pair behind it: “In spring, Ann and Bo left”."""
    if match[0].count(",") > 1:
        return True
    begin = max(prose.rfind(mark, 0, match.start()) for mark in ".!?:;\n") + 1
    lead = _WORD.findall(prose[begin : match.start("place")])
    return len(lead) > 1 and not _leads_in().match(lead[0])


def _leads_in() -> re.Pattern[str]:
    return phrases("prose-en", "lead_ins")


def _word_before(prose: str, place: int) -> int:
    while place > 0 and (prose[place - 1].isalnum() or prose[place - 1] in "'’-"):
        place -= 1
    return place


def in_style(text: str, guide: StyleGuide, language: str) -> str:
    """With every fix that the guide has. What it forbids without naming something better stays."""
    made, end = list[str](), len(text)
    found = [
        placed_fix
        for block in blocks_of(text)
        for one in style_findings(block.kind, block.text, replace(guide, ignored=()), language)
        if one.fix and not guide.ignores(one.check, one.quote)
        for placed_fix in [replace(one.fix, at=one.fix.at + block.start)]
    ]
    for fix in reversed(found):
        made += [text[fix.end : end], fix.new]
        end = fix.at
    return "".join(reversed([*made, text[:end]]))


def variants(document: Document, guide: StyleGuide) -> Iterator[Finding]:
    """The same term in two spellings: the one used more often is offered."""
    terms = _terms(document, guide)
    if not (terms.replaced or terms.cased):
        return
    forms = {*(form.split()[0] for form in terms.replaced), *(form.lower() for form in terms.cased)}
    for piece in document.prose:
        if any(form in piece.reading.folded for form in forms):
            for one in _unlike(piece, terms):
                yield placed(piece, one)


def _terms(document: Document, guide: StyleGuide) -> Terms:
    variety = _VARIETIES.get(guide.variety, "")
    words = [word.text for piece in document.prose for word in piece.reading.words]
    found = terms_in(words, variety or variety_of(document.language))
    if not document.is_english or variety:  # the guide's own check says so already
        known = {**respelled(BRITISH), **respelled(AMERICAN)}
        return Terms({old: new for old, new in found.replaced.items() if old not in known}, found.cased)
    return found


def _unlike(piece: Piece, terms: Terms) -> Iterator[Finding]:
    text = piece.block.text
    proposal = terms.in_text(text)
    if proposal != text:
        yield from offered(
            text, proposal, "variants", Family.PROSE, lambda hunk: f"Elsewhere it is “{hunk.new.strip()}”."
        )
