"""Numbers, percentages and dates as values, however they are written: 1,200 and 1.2 thousand, 12 % and twelve per cent,
3 May 2024 and 2024-05-03."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

_MONTH_NAMES = """january february march april may june july august september october november december
jan feb mar apr may jun jul aug sep oct nov dec"""
_UNIT_NAMES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
_TEN_NAMES = "twenty thirty forty fifty sixty seventy eighty ninety"
_MONTH_OF = {name: n % 12 + 1 for n, name in enumerate(_MONTH_NAMES.split())} | {"sept": 9}
_MONTH = "|".join(sorted(_MONTH_OF, key=len, reverse=True))
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:1\d|20|21)\d\d)"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})(?!\d)",
        rf"\b{_DAY}\s+(?:of\s+)?(?P<month>{_MONTH})\b\.?,?\s+{_YEAR}\b",
        rf"\b(?P<month>{_MONTH})\b\.?\s+{_DAY}(?:\s*,\s*|\s+){_YEAR}\b",
        rf"\b(?P<month>{_MONTH})\b\.?,?\s+(?:of\s+)?{_YEAR}\b",
        rf"\b{_DAY}\s+(?:of\s+)?(?P<month>{_MONTH})\b",
        rf"\b(?P<month>{_MONTH})\b\.?\s+{_DAY}\b(?![.,]\d|\s?%)",
    )
)
_WORTH = {word: n for n, word in enumerate(_UNIT_NAMES.split())}
_WORTH |= {word: 20 + 10 * n for n, word in enumerate(_TEN_NAMES.split())}
_WORTH["dozen"] = 12
_SCALES = {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SCALE_SIGNS = {"k": 10**3, "m": 10**6, "mn": 10**6, "bn": 10**9, **_SCALES}
_GAP = "[\u00a0\u2009\u202f ]"
_DIGITS = re.compile(
    rf"(?<![\w.])(?P<money>[$€£¥]\s?)?(?P<digits>\d{{1,3}}(?:(?:,\d{{3}})+|(?:{_GAP}\d{{3}})+)(?![\d])|\d+)"
    r"(?P<fraction>\.\d+)?(?:(?P<scale>\s?(?:thousand|million|billion|trillion|bn|mn)\b)|(?P<sign>[kmM]\b))?"
    r"(?P<percent>[\s\u00a0\u202f]?(?:%|per\s?cent\b|percent\b|pct\b))?",
    re.IGNORECASE,
)
_NUMBER_WORD = "|".join(sorted((*_WORTH, *_SCALES), key=len, reverse=True))
_WORDS = re.compile(
    rf"\b(?:{_NUMBER_WORD})(?:(?:\s+and\s+|[\s-]+)(?:{_NUMBER_WORD})\b)*(?P<percent>\s+(?:%|per\s?cent|percent)\b)?",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b[A-Za-z]+[-.]?\d\w*(?:[.-]\d+)*\b")
_ROUNDLY = re.compile(
    r"\b(?:(?P<down>(?:well |just )?over|more than|at least)|"
    r"(?P<up>nearly|almost|(?:well |just )?under|(?:less|fewer) than|up to|at most)|"
    r"(?P<near>about|around|roughly|approximately|some|close to|an estimated|circa|ca?\.))\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Figure:
    """`written` is how it stands in the text. `rounded` is "near" after "about", "down" after "over", "up" after
    "nearly" and the like."""

    value: Decimal
    percent: bool
    written: str
    rounded: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A date as far as it is given; 0 for what is not."""

    year: int
    month: int
    day: int
    written: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """`codes` are words with figures in them (PM2.5, COVID-19), which are names and no numbers."""

    numbers: tuple[Figure, ...]
    dates: tuple[Day, ...]
    codes: frozenset[str]

    def missing_in(self, there: "Figures") -> list[str]:
        """How the dates and numbers that `there` does not have are written here."""
        dates = [day.written for day in self.dates if not there.has_date(day)]
        return [*dates, *(number.written for number in self.numbers if not there.has_number(number))]

    def has_date(self, wanted: Day) -> bool:
        years = {int(n.value) for n in self.numbers if n.value == int(n.value)} | {day.year for day in self.dates}
        return any(
            (wanted.month, wanted.day or day.day) == (day.month, day.day)
            and (wanted.year in (0, day.year) or (day.year == 0 and wanted.year in years))
            for day in self.dates
        )

    def has_number(self, wanted: Figure) -> bool:
        values = {n.value for n in self.numbers if n.percent == wanted.percent}
        if not wanted.percent:
            values |= {Decimal(part) for day in self.dates for part in (day.year, day.day) if part}
        elif wanted.value / 100 in {n.value for n in self.numbers}:
            return True
        return wanted.value in values or any(_rounds_to(value, wanted) for value in values)


def figures(text: str) -> Figures:
    codes = frozenset(match.group(0).casefold().replace("-", "") for match in _CODE.finditer(text))
    dates, rest = _dates_taken(_CODE.sub(lambda m: " " * len(m.group(0)), text))
    numbers = sorted((*_by_digits(rest), *_by_words(rest)), key=lambda found: found[0])
    return Figures(tuple(figure for _, figure in numbers), tuple(dates), codes)


def _dates_taken(text: str) -> tuple[list[Day], str]:
    """The dates, and the text with blanks in their places."""
    found: list[tuple[int, Day]] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            month = int(parts["number"]) if parts.get("number") else _MONTH_OF[parts["month"].casefold()]
            day = Day(int(parts.get("year") or 0), month, int(parts.get("day") or 0), " ".join(match.group(0).split()))
            if not (1 <= day.month <= 12 and day.day <= 31) or _is_verb(match):
                continue
            found.append((match.start(), day))
            text = text[: match.start()] + " " * len(match.group(0)) + text[match.end() :]
    return [day for _, day in sorted(found, key=lambda pair: pair[0])], text


def _is_verb(match: re.Match[str]) -> bool:
    """ "20 may" and "march 30 miles" hold no month."""
    return (match.groupdict().get("month") or "X")[0].islower()


def _by_digits(text: str) -> Iterable[tuple[int, Figure]]:
    for match in _DIGITS.finditer(text):
        digits = re.sub(r"\D", "", match["digits"]) + (match["fraction"] or "")
        scale = (match["scale"] or match["sign"] or "").strip().casefold()
        if match["sign"] and not match["money"]:
            scale = ""  # "5 m" are metres
        value = Decimal(digits) * _SCALE_SIGNS.get(scale, 1)
        written = " ".join(match.group(0).split())
        yield match.start(), Figure(value.normalize(), bool(match["percent"]), written, _rounded(text, match.start()))


def _by_words(text: str) -> Iterable[tuple[int, Figure]]:
    for match in _WORDS.finditer(text):
        written = match.group(0)
        value = _worth(re.findall(r"[a-z]+", written.casefold()))
        # "one" is mostly no number, and a bare "hundred" or "million" stands behind figures.
        if value is None or (value == 1 and not match["percent"]):
            continue
        yield match.start(), Figure(Decimal(value), bool(match["percent"]), written, _rounded(text, match.start()))


def _worth(words: Iterable[str]) -> int | None:
    total, part, seen = 0, 0, False
    for word in words:
        if word in _WORTH:
            part, seen = (part * 12 if word == "dozen" and part else part + _WORTH[word]), True
        elif word == "hundred" and seen:
            part *= 100
        elif word in _SCALES and seen:
            total, part = total + part * _SCALES[word], 0
    return total + part if seen else None


def _rounded(text: str, start: int) -> str:
    found = _ROUNDLY.search(text[max(0, start - 24) : start])
    return str(found.lastgroup) if found else ""


_ROUNDINGS = {"near": ROUND_HALF_UP, "down": ROUND_FLOOR, "up": ROUND_CEILING}


def _rounds_to(exact: Decimal, wanted: Figure) -> bool:
    """Whether the figure is `exact` to fewer places, in the direction that its text names."""
    if not wanted.rounded:
        return False
    exponent = wanted.value.normalize().as_tuple().exponent
    assert isinstance(exponent, int)  # text holds no NaN
    place = Decimal(1).scaleb(exponent)
    return (exact / place).quantize(Decimal(1), _ROUNDINGS[wanted.rounded]) * place == wanted.value
