"""Sentences with one fault planted in them, beside the same sentences without: for measuring the check of citations."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from writer.domain.sources import Passage
from writer.services.claims.figures import figures
from writer.services.claims.source_text import verbatim

_NUMBER = re.compile(
    r"(?<![\w.,:/-])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w,./:-]*\d)|(?<![\w.,:/-])\d+(?:\.\d+)?(?![\w,./:-]*\d)"
)
_MONTHS = "January February March April May June July August September October November December"
_DATE = re.compile(rf"\b(\d{{1,2}}) ({_MONTHS.replace(' ', '|')}) (\d{{4}})\b")
_MONTH_AND_YEAR = re.compile(rf"\b({_MONTHS.replace(' ', '|')}) (\d{{4}})\b")
_SMALL = "zero one two three four five six seven eight nine ten eleven twelve"


@dataclass(frozen=True, slots=True)
class Plant:
    """`sound` says what the passage says, `faulty` the same with one `kind` of fact changed."""

    kind: str
    passage: Passage
    sound: str
    faulty: str


def altered(sentence: str, passage: Passage, rng: random.Random) -> Iterator[Plant]:
    sound = respelled(sentence, rng)
    for kind, changed in (("date", _other_date(sentence, rng)), ("number", _other_number(sentence, passage, rng))):
        if changed:
            yield Plant(kind, passage, sound, changed)
    plain = re.sub(r"[“”\"*_\[\]]", "", sentence).strip()
    if misquoted := _misquoted(plain, passage, rng):
        yield Plant("quotation", passage, f"The report says: “{plain}”", f"The report says: “{misquoted}”")


def respelled(sentence: str, rng: random.Random) -> str:
    """The same facts in another spelling: how figures and dates are written, who says it, and in what order."""
    for change in rng.sample([_digits_spelt, _percent_spelt, _date_spelt, _attributed, _dashed], 3):
        sentence = change(sentence)
    return sentence


def _digits_spelt(text: str) -> str:
    def spelt(match: re.Match[str]) -> str:
        plain = match.group(0).replace(",", "")
        if "." in plain or len(plain) == 4:
            return match.group(0)
        number = int(plain)
        if number <= 12:
            return _SMALL.split()[number] if number > 1 else match.group(0)
        if number % 1000 == 0 and number < 10**6:
            return f"{number // 1000} thousand"
        return f"{number:,}"

    return _NUMBER.sub(spelt, text)


def _percent_spelt(text: str) -> str:
    return re.sub(r"\s?%", " per cent", text) if "%" in text else re.sub(r" per ?cent\b", " %", text)


def _date_spelt(text: str) -> str:
    return _DATE.sub(lambda m: f"{m.group(2)} {m.group(1)}, {m.group(3)}", text)


def _attributed(text: str) -> str:
    first = text.split(" ", 1)[0]
    return (
        f"According to the source, {text[:1].lower() + text[1:] if first in ('The', 'A', 'An', 'In', 'We') else text}"
    )


def _dashed(text: str) -> str:
    return text.replace(" - ", " – ").replace("'", "’")


def _other_number(text: str, passage: Passage, rng: random.Random) -> str:
    """One number changed to one that the passage does not have."""
    places = list(_NUMBER.finditer(text))
    if not places:
        return ""
    place = rng.choice(places)
    held = figures(f"{passage.source_title} {passage.text}")
    for _ in range(20):
        changed = _changed(place.group(0), rng)
        sentence = text[: place.start()] + changed + text[place.end() :]
        if figures(changed).missing_in(held) and figures(sentence).missing_in(held):
            return sentence
    return ""


def _changed(number: str, rng: random.Random) -> str:
    at = rng.choice([n for n, character in enumerate(number) if character.isdigit()])
    digit = rng.choice([d for d in "123456789" if d != number[at]])
    return number[:at] + digit + number[at + 1 :]


def _other_date(text: str, rng: random.Random) -> str:
    if match := _DATE.search(text):
        day = date(int(match.group(3)), _MONTHS.split().index(match.group(2)) + 1, int(match.group(1)))
        other = day.replace(month=day.month % 12 + 1, day=min(day.day, 28))
        written = f"{other.day} {_MONTHS.split()[other.month - 1]} {other.year}"
        return text[: match.start()] + rng.choice([written, other.isoformat()]) + text[match.end() :]
    if match := _MONTH_AND_YEAR.search(text):
        months = _MONTHS.split()
        other_month = months[(months.index(match.group(1)) + rng.randint(1, 11)) % 12]
        return f"{text[: match.start()]}{other_month} {match.group(2)}{text[match.end() :]}"
    return ""


def _misquoted(text: str, passage: Passage, rng: random.Random) -> str:
    """One word inside changed for another of the passage."""
    words = text.split()
    if len(words) < 10:
        return ""
    at = rng.randrange(2, len(words) - 2)
    other = rng.choice([w for w in passage.text.split() if w.isalpha() and w.casefold() != words[at].casefold()])
    changed = " ".join([*words[:at], other, *words[at + 1 :]])
    return "" if verbatim(changed) in passage.text else changed
