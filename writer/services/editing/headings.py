"""Headings in sentence case or in title case. English; acronyms and names keep their capitals."""

import re
from collections import Counter
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import yaml

from writer.services.editing.masks import MASK, outside, settled

FOLDER = Path(__file__).parents[2] / "wording"
LANGUAGES = ("en",)
CASES = ("sentence", "title")
_HEADING = re.compile(r"^( {0,3}#{1,6}[ \t]+)(\S.*?)([ \t]*#*[ \t]*)$", re.MULTILINE)
_LETTERS = r"(?:[^\W_][\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]*)+"
_WORD = re.compile(rf"{_LETTERS}(?:['’]{_LETTERS})*")
_MOST_WORDS = 20


def recased(text: str, case: str, context: str = "") -> str:
    """All headings in the text; a single line that has none is taken for one. Names are learnt from the text and
    `context`, where they stand inside of sentences."""
    names = _names(f"{context}\n{text}")
    change = _in_case(case, names)
    if _HEADING.search(text):
        return settled(text, lambda now: outside(now, lambda prose: _HEADING.sub(partial(_recased, change), prose)))
    return settled(text, lambda now: outside(now, change)) if is_heading(text) else text


def _recased(change: Callable[[str], str], heading: re.Match[str]) -> str:
    return heading[1] + change(heading[2]) + heading[3]


def is_heading(text: str) -> bool:
    """Whether a text without marks can be one: a short line that does not end as a sentence does."""
    line = text.strip()
    return bool(line) and "\n" not in line and len(line.split()) <= _MOST_WORDS and not line.endswith((".", ";", ","))


def has_headings(text: str) -> bool:
    return bool(_HEADING.search(text)) or is_heading(text)


def _in_case(case: str, names: frozenset[str]) -> Callable[[str], str]:
    return lambda heading: _title(heading, names) if case == "title" else _sentence(heading, names)


@cache
def _data() -> dict[str, frozenset[str]]:
    data = yaml.safe_load((FOLDER / "headings-en.yaml").read_text(encoding="utf-8"))
    return {key: frozenset(value.split()) for key, value in data.items()}


def _names(text: str) -> frozenset[str]:
    """Words that the prose writes with a capital inside of sentences, and more often than without."""
    prose = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    counts = Counter(match[0] for match in re.finditer(r"(?<=[a-z,;] )[^\W\d_]+", prose))
    own = {word for word, count in counts.items() if word[:1].isupper() and count > counts[word.lower()]}
    acronyms = {match[0] for match in re.finditer(r"\b[A-Z]{2,6}s?\b", prose)} if not prose.isupper() else set()
    return frozenset(own | acronyms) | _data()["names"]


def _shouted(heading: str) -> bool:
    words = _WORD.findall(heading)
    loud = any(len(word) > 4 or (len(word) > 1 and word.lower() in _data()["small"]) for word in words)
    return loud and len(words) > 1 and all(word.isupper() for word in words)


def _kept(word: str, names: frozenset[str], *, shouted: bool) -> str | None:
    """The word as it has to be, whatever the case: a name, an acronym, "iPhone"."""
    if shouted:
        return next((form for form in (word, word.capitalize()) if form in names), None)
    if word in names:
        return word
    return word if any(character.isupper() for character in word[1:]) else None


def _sentence(heading: str, names: frozenset[str]) -> str:
    shouted = _shouted(heading)

    def changed(found: re.Match[str]) -> str:
        word = found[0]
        if (kept := _kept(word, names, shouted=shouted)) is not None:
            return kept
        return _capital(word.lower()) if _begins(heading, found.start(), "?!") else word.lower()

    return _WORD.sub(changed, heading)


def _title(heading: str, names: frozenset[str]) -> str:
    shouted = _shouted(heading)
    last = max((match.start() for match in _WORD.finditer(heading)), default=-1)

    def changed(found: re.Match[str]) -> str:
        word = found[0]
        if (kept := _kept(word, names, shouted=shouted)) is not None:
            return kept
        first = _begins(heading, found.start(), ":?!—–") or found.start() == last
        small = word.lower() in _data()["small"] and not first and heading[found.start() - 1] != "-"
        return word.lower() if small else _capital(word.lower())

    return _WORD.sub(changed, heading)


def _begins(heading: str, at: int, behind: str) -> bool:
    """The first word, also behind a number or one of the marks."""
    before = heading[:at].rstrip(" \t*_“\"'‘([")
    return not before.strip(f"{MASK}0123456789.)*_ ") or before[-1] in behind


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]
