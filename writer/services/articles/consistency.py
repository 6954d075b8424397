"""What ought to be said once, or in one way, over a whole article: figures and spellings. Deterministic."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from writer.domain.citations import TOKEN

_UNIT = (
    r"%|per\s?cent|percent(?:age points?)?|°[CF]|(?:thousand|million|billion|trillion)\b|"
    r"(?:km|cm|mm|kg|mg|kWh|MWh|GWh|TWh|kW|MW|GW|GB|MB|TB|ms|mph|ha|tonnes?|tons?|hectares?|acres?|"
    r"kilomet(?:re|er)s?|miles?|litres?|liters?|gallons?|dollars?|euros?|pounds?)\b"
)
_FIGURE = re.compile(
    rf"(?P<money>[$€£¥]\s?\d[\d,.]*(?:\s?(?:thousand|million|billion|trillion|[kmb]n?)\b)?)|"
    rf"(?P<number>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>{_UNIT})",
    re.IGNORECASE,
)
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"\n]*\"")
_QUOTED_LINE = re.compile(r"^\s*>.*$", re.MULTILINE)
_PAIRS = (
    ("e-mail", "email"),
    ("web site", "website"),
    ("on-line", "online"),
    ("co-operate", "cooperate"),
    ("co-ordinate", "coordinate"),
    ("start-up", "startup"),
    ("data base", "database"),
    ("decision-making", "decision making"),
    ("health care", "healthcare"),
    ("adviser", "advisor"),
    ("per cent", "percent"),
)
_S_OR_Z = re.compile(r"\b([a-z]{3,}[^aeiou\W])(is|iz)(e|ed|es|ing|ation|ations|er|ers)\b", re.IGNORECASE)
# Never spelt with a z, so that their s says nothing about the writer's habit.
_ALWAYS_S = re.compile(
    r"(?:adv|rev|superv|surpr|exerc|comprom|prom|prec|expert|franch|enterpr|merchand|improv|disgu|desp|dev|compr|parad"
    r"|televis|circumc|chast|exc|conc|incis|prem|mort|tortoi|treat|ra|wi|ri|noi|poi|prai)$"
)


@dataclass(frozen=True, slots=True)
class Twice:
    """`what` stands in `later` and stood in `earlier` before."""

    later: str
    earlier: str
    what: str


def figures(text: str) -> Iterator[tuple[str, str]]:
    """(what makes two figures the same, as written)."""
    for found in _FIGURE.finditer(TOKEN.sub(" ", _CODE.sub(" ", text))):
        written = " ".join(found.group(0).split()).rstrip(".,")
        plain = written.casefold().replace(",", "").replace("per cent", "%").replace("percent", "%")
        yield re.sub(r"\s", "", plain).rstrip("."), written


def repeated_figures(texts: Sequence[tuple[str, str]]) -> list[Twice]:
    """The same number with its unit in two sections; the later one is told."""
    first: dict[str, str] = {}
    found: dict[tuple[str, str], Twice] = {}
    for key, text in texts:
        for figure, written in figures(text):
            earlier = first.setdefault(figure, key)
            if earlier != key:
                found.setdefault((key, figure), Twice(key, earlier, written))
    return list(found.values())


def term_variants(texts: Sequence[tuple[str, str]]) -> list[Twice]:
    """One term in two spellings ("e-mail" here, "email" there; -ise here, -ize there). Quotations keep theirs."""
    first: dict[str, tuple[str, str]] = {}
    found: dict[tuple[str, str], Twice] = {}
    for key, text in texts:
        for term, spelt in _spellings(text):
            earlier, before = first.setdefault(term, (key, spelt))
            if spelt != before:
                found.setdefault((key, term), Twice(key, earlier, f"“{spelt}” here, “{before}” before"))
    return list(found.values())


def _spellings(text: str) -> Iterator[tuple[str, str]]:
    own = _QUOTED_LINE.sub(" ", _QUOTED.sub(" ", _CODE.sub(" ", TOKEN.sub(" ", text)))).casefold()
    for pair in _PAIRS:
        for spelt in pair:
            if re.search(rf"\b{re.escape(spelt)}", own):
                yield pair[0], spelt
    for match in _S_OR_Z.finditer(own):
        stem, letter, _ = match.groups()
        if not _ALWAYS_S.search(stem):
            yield f"{stem}ize", f"{stem}{letter}e"
