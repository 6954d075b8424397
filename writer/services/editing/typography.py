"""Quotation marks, dashes, ellipses and spaces as printers set them, by language. Rules are data."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from writer.services.editing.masks import MASK, outside, settled

FOLDER = Path(__file__).parents[2] / "wording"
_NBSP, _NARROW = "\u00a0", "\u202f"
_PARAGRAPHS = re.compile(r"(\n[^\S\n]*\n)")
_OPENS_AFTER = frozenset(" \t\n\u00a0\u202f([{—–-/*_~>|«»„“‚‘‹›¿¡" + MASK)


@dataclass(frozen=True, slots=True)
class _Quotes:
    """Opening and closing marks; the spaces that French puts inside are part of them."""

    outer: tuple[str, str]
    inner: tuple[str, str]


def typeset(text: str, language: str) -> str:
    """Never in code, addresses and tags. A second round changes nothing."""
    return settled(text, lambda now: outside(now, lambda prose: _prose(prose, language)))


def _prose(text: str, language: str) -> str:
    pieces = _PARAGRAPHS.split(text)
    pieces[::2] = [_quoted(piece, _quotes(language)) for piece in pieces[::2]]
    return _spaced(_dashed("".join(pieces), language), language)


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((FOLDER / "typography.yaml").read_text(encoding="utf-8"))
    return data


@cache
def _quotes(language: str) -> _Quotes:
    rows: dict[str, str] = _data()["quotes"]
    row = rows.get(language) or rows.get(language.partition("-")[0]) or rows["en"]
    marks = [mark.replace("~", _NBSP).replace("^", _NARROW) for mark in row.split()]
    return _Quotes((marks[0], marks[1]), (marks[2], marks[3]))


def _quoted(paragraph: str, quotes: _Quotes) -> str:
    """Straight marks only; what somebody has set already stays, and counts."""
    made: list[str] = []
    open_ = {'"': False, "'": False}
    for at, character in enumerate(paragraph):
        before = paragraph[at - 1] if at else " "
        after = paragraph[at + 1] if at + 1 < len(paragraph) else " "
        if character == '"':
            made.append(_double(open_, before, after, quotes))
        elif character == "'":
            made.append(_single(open_, before, after, paragraph[at + 1 :], quotes))
        else:
            made.append(character)
            _note(character, before, open_, quotes)
    return "".join(made)


def _note(character: str, before: str, open_: dict[str, bool], quotes: _Quotes) -> None:
    """A mark that was set already opens or closes, too."""
    opening, closing = (mark.strip() for mark in quotes.outer)
    if character == opening and (opening != closing or not open_['"']):
        open_['"'] = opening != closing or before in _OPENS_AFTER
    elif character == closing:
        open_['"'] = False


def _double(open_: dict[str, bool], before: str, after: str, quotes: _Quotes) -> str:
    if not open_['"'] and before in _OPENS_AFTER | {'"', "'"} and not after.isspace():
        open_['"'] = True
        return quotes.outer[0]
    if open_['"'] and not before.isspace():
        open_['"'] = False
        return quotes.outer[1]
    return '"'  # inches, or a mark without a partner


def _single(open_: dict[str, bool], before: str, after: str, rest: str, quotes: _Quotes) -> str:
    if before.isalnum() and after.isalnum():
        return "’"
    if not open_["'"] and before in _OPENS_AFTER | {'"'} and after.isalnum():
        if re.match(r"n'(?!\w)|\d\ds?\b|tis\b|twas\b|em\b|cause\b|til\b", rest, re.IGNORECASE):
            return "’"
        if re.search(r"[\w.,!?…]'(?!\w)", rest):
            open_["'"] = True
            return quotes.inner[0]
        return "'"
    if open_["'"] and not before.isspace():
        open_["'"] = False
        return quotes.inner[1]
    return "’" if before.isalpha() and not before.isspace() else "'"


def _dashed(text: str, language: str) -> str:
    close = language in _data()["dash_without_spaces"].split()
    text = re.sub(r"(?<![.…])(?:\.{3}|\. \. \.)(?![.…]| \.)", "…", text)
    text = re.sub(r"(?<=[^\s|-])[^\S\n]+(?:-{1,3}|–|—)[^\S\n]+(?=[^\s|-])", _Dash(close), text)
    text = re.sub(r"(?<=\w)(?:---|--)(?=\w)", "—" if language.startswith("en") else " – ", text)
    return re.sub(r"(?<![\w.,/:–-])(\d{1,4})-(\d{1,4})(?![\w/–-])(?![.,:]\d)", _range, text)


class _Dash:
    def __init__(self, close: bool) -> None:
        self._close = close

    def __call__(self, found: re.Match[str]) -> str:
        text = found.string
        before, after = text[found.start() - 1], text[found.end()]
        if before.isdigit() and after.isdigit():  # it may be a minus
            return found.group(0)
        if re.fullmatch(r"[ \t>]*(?:[-*+]|\d{1,3}[.)])?", text[text.rfind("\n", 0, found.start()) + 1 : found.start()]):
            return found.group(0)
        if "—" in found.group(0) or "–" in found.group(0):
            return found.group(0)
        return "—" if self._close else f"{' '}–{' '}"


def _range(found: re.Match[str]) -> str:
    low, high = found.group(1), found.group(2)
    years = len(low) == len(high) == 4
    short = len(low) <= 3 and len(high) <= 3
    return f"{low}–{high}" if (years or short) and int(low) < int(high) else found.group(0)


def _spaced(text: str, language: str) -> str:
    lines = text.split("\n")
    return "\n".join(line if line.lstrip().startswith("|") else _line_spaced(line, language) for line in lines)


def _line_spaced(line: str, language: str) -> str:
    line = re.sub(r"(?<=\S) {2,}(?=\S)", " ", line)
    if language.partition("-")[0] == "fr":
        line = re.sub(r"(?<=\w)[ \u00a0]?(?=[;!?]+(?:\s|$))", _NARROW, line)
        line = re.sub(r"(?<=[\w»]) (?=:(?:\s|$))|(?<=«) | (?=»)", _NBSP, line)
    else:
        line = re.sub(r"(?<=\w) +(?=[,;:!?.](?:\s|$))", "", line)
    for pattern, space in _space_rules():
        line = pattern.sub(space, line)
    return line


@cache
def _space_rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    units = "|".join(map(re.escape, _data()["units"].split()))
    leaders = "|".join(map(re.escape, [*_data()["before_number"].split()]))
    titles = "|".join(map(re.escape, _data()["titles"].split()))
    return (
        (re.compile(rf"(?<=\d) (?=(?:{units})(?![\w%]))"), _NBSP),
        (re.compile(rf"(?<![\w.])({leaders}) (?=\d)"), rf"\1{_NBSP}"),
        (re.compile(rf"(?<![\w.])({titles}) (?=[A-ZÀ-Þ])"), rf"\1{_NBSP}"),
        (re.compile(r"(?<![\w.])([zdu])\. ?([Bha])\.(?!\w)"), rf"\1.{_NARROW}\2."),
        (re.compile(r"(?<=\d) x (?=\d)"), f"{_NBSP}×{_NBSP}"),
    )
