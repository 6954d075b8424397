"""The same in fewer words: set phrases, needless words, words and sentences said twice. English; rules are data."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from writer.services.editing.masks import MASK, outside, settled

FOLDER = Path(__file__).parents[2] / "wording"
_GAP = r"(?:[^\S\r\n]+|[^\S\r\n]*\r?\n(?![\r\n])[^\S\r\n]*)"
_ARTICLE = rf"(?:(?P<article>\b[Aa]n?){_GAP})?"
_NEXT = rf"{_GAP}(?P<next>\w)"
_END = r"(?!\w|-\w)"
_TWICE = re.compile(rf"(?<!\w)([A-Z][^.!?\n{MASK}]{{20,400}}[.!?])[^\S\r\n]+\1(?!\S)")
_TAKES_AN = re.compile(
    r"(?!una|uni(?!m|n)|us[aeu]|eu|one\b|once\b|ura|uti|ubi|ufo)[aeiou]|hour|hones|honou?r|heir", re.I
)
_OF_WHICH = re.compile(r"\s+(?:the|these|those|this|that|my|your|his|her|its|our|their|them|us|it|whom|which)\b", re.I)
_COUNTS = frozenset({"many", "most", "a few", "much", "enough"})
LANGUAGES = ("en",)


@dataclass(frozen=True, slots=True)
class _Rules:
    """One pattern for all phrases of a kind: group n + 2 is the phrase of `shorter[n]`, group 1 the article before."""

    pattern: re.Pattern[str]
    shorter: tuple[str, ...]

    def applied(self, text: str) -> str:
        return self.pattern.sub(self._shortened, text)

    def _shortened(self, found: re.Match[str]) -> str:
        number = next(n for n, group in enumerate(found.groups()[1:]) if group is not None)
        return _shortened(self.shorter[number], found)


def tightened(text: str) -> str:
    """Quotations, code, links and citations stay; a second round finds nothing more."""
    return settled(text, lambda now: outside(now, _once, quotations=True))


def _once(text: str) -> str:
    for rules in _rules():
        text = rules.applied(text)
    return _TWICE.sub(r"\1", _doubled().sub(r"\1", text))


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((FOLDER / "tighten-en.yaml").read_text(encoding="utf-8"))
    return data


@cache
def _rules() -> tuple[_Rules, ...]:
    lines = [line.partition("->") for line in _data()["phrases"]]
    phrases = sorted(((phrase.strip(), shorter.strip()) for phrase, _, shorter in lines), key=lambda one: -len(one[0]))
    replaced = [(phrase, shorter) for phrase, shorter in phrases if shorter]
    removed = [(phrase, "") for phrase, shorter in phrases if not shorter]
    return (_built(replaced, _END), _built(removed, _NEXT), _needless())


def _built(phrases: Sequence[tuple[str, str]], follows: str) -> _Rules:
    bodies = "|".join(f"({phrase.replace(' ', _GAP)})" for phrase, _ in phrases)
    pattern = re.compile(rf"{_ARTICLE}(?<![\w-])(?:{bodies}){follows}", re.IGNORECASE)
    return _Rules(pattern, tuple(shorter for _, shorter in phrases))


def _needless() -> _Rules:
    before = "".join(rf"(?<!\b{word} )(?<!\b{word}\n)" for word in _data()["keep_after"].split())
    after, words = "|".join(_data()["keep_before"].split()), "|".join(_data()["needless"].split())
    follows = rf"{_GAP}(?P<next>(?!(?:{after})\b)[a-z](?=[a-z]{{2}}))"
    return _Rules(re.compile(rf"{_ARTICLE}\b(?<!n't )(?<!n’t ){before}({words}){follows}"), ("",))


@cache
def _doubled() -> re.Pattern[str]:
    words = "|".join(_data()["doubled"].split())
    return re.compile(rf"(?<![\w'’-])({words}){_GAP}\1(?![\w'’-])", re.IGNORECASE)


def _shortened(shorter: str, found: re.Match[str]) -> str:
    """`next` is the letter behind a phrase that goes away: it may have to become a capital, or change “a” to “an”."""
    article, next_ = found.group("article") or "", found.groupdict().get("next") or ""
    rest = next_ + found.string[found.end() :]
    phrase = found.group(0)[len(article) : len(found.group(0)) - len(next_)].strip()
    if shorter in _COUNTS and _OF_WHICH.match(rest):
        shorter = f"{shorter} of"
    if article:
        an = article[0] + ("n" if _TAKES_AN.match(shorter or rest) else "")
        return f"{an} {shorter}{next_}"
    return _in_case_of(shorter or next_, phrase) + (next_ if shorter else "")


def _in_case_of(said: str, phrase: str) -> str:
    if sum(character.isalpha() for character in phrase) > 1 and phrase.isupper():
        return said.upper()
    return said[:1].upper() + said[1:] if phrase[:1].isupper() else said
