"""What people call the keys of figures, and how each measure is written."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pages._shared.text import cost_of, duration, words_of
from writer.domain.actors import LOCAL_OWNER
from writer.domain.analytics import Dimension, Figures, Latency, Step
from writer.domain.money import MICROS, money
from writer.security.render import plain

DIMENSIONS = {
    Dimension.ROUTE: "Route",
    Dimension.PURPOSE: "Purpose",
    Dimension.ACTION: "Action",
    Dimension.PERSON: "Person",
    Dimension.DRAFT: "Draft",
    Dimension.CONTENT_TYPE: "Kind of article",
    Dimension.OUTCOME: "Outcome",
    Dimension.ERROR: "Error",
    Dimension.CACHED: "From the cache",
    Dimension.DAY: "Day",
    Dimension.HOUR: "Hour of the day",
}
STEPS = {Step.HOUR: "hour", Step.DAY: "day", Step.MONTH: "month"}
_WITHOUT = {
    Dimension.ACTION: "No action",
    Dimension.DRAFT: "No draft",
    Dimension.CONTENT_TYPE: "No kind of article",
    Dimension.ERROR: "No error",
}
_CACHED = {"yes": "From the cache", "no": "Asked of a service"}
_WORD_BEGINS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def name_of(dimension: Dimension, key: str, label: str = "") -> str:
    """Plain text, one line, short enough for a legend."""
    if not key:
        return _WITHOUT.get(dimension, "Not known")
    match dimension:
        case Dimension.PERSON:
            return "You" if key == LOCAL_OWNER else plain(key, 40)
        case Dimension.PURPOSE | Dimension.ACTION | Dimension.CONTENT_TYPE | Dimension.OUTCOME:
            return plain(words_of(key.replace("-", " ")), 40)
        case Dimension.CACHED:
            return _CACHED.get(key, plain(key, 20))
        case Dimension.ERROR:
            return plain(words_of(_WORD_BEGINS.sub("_", key).lower()), 40)
        case Dimension.HOUR:
            return f"{key}:00"
        case _:
            return plain(label or key, 60)


@dataclass(frozen=True, slots=True)
class Measure:
    """`value` is what a chart shows: None where it cannot be told. `written` is the same for people."""

    title: str
    unit: str
    value: Callable[[Figures], float | None]
    written: Callable[[Figures], str]


def cost(figures: Figures) -> str:
    return cost_of(figures.cost_micros, figures.unpriced, figures.calls)


def words(figures: Figures) -> str:
    return "n/a" if figures.words_kept is None else f"{figures.words_kept:,}"


def per_word(figures: Figures) -> str:
    each = figures.micros_per_kept_word
    return "n/a" if each is None else money(each)


def quick(latency: Latency | None) -> tuple[str, str, str]:
    """Half, 95 and 99 of 100 within."""
    if latency is None:
        return "n/a", "n/a", "n/a"
    return duration(latency.p50), duration(latency.p95), duration(latency.p99)


def _dollars_or_none(figures: Figures) -> float | None:
    return None if figures.calls and figures.unpriced == figures.calls else figures.cost_micros / MICROS


MEASURES: Mapping[str, Measure] = {
    "cost": Measure("Cost", "$", _dollars_or_none, cost),
    "tokens": Measure("Tokens", "tokens", lambda f: f.tokens, lambda f: f"{f.tokens:,}"),
    "calls": Measure("Calls", "calls", lambda f: f.calls, lambda f: f"{f.calls:,}"),
    "words": Measure("Words kept", "words", lambda f: f.words_kept, words),
}


def moment(at: datetime, step: Step) -> str:
    match step:
        case Step.HOUR:
            return f"{at:%-d %b %Y, %H}:00"
        case Step.DAY:
            return f"{at:%-d %b %Y}"
        case Step.MONTH:
            return f"{at:%B %Y}"


def span(since: datetime | None, until: datetime | None) -> str:
    """“until” is not included: a time that ends at midnight ended with the day before."""
    if since is None and until is None:
        return "all time"
    begin = f"{since:%-d %b %Y, %H:%M}" if since else "the first call"
    return f"{begin} to {until:%-d %b %Y, %H:%M}" if until else f"{begin} to now"


def change(now: float | None, then: float | None) -> str:
    """ "" where one of them is not known, or there was nothing."""
    if now is None or not then:
        return ""
    rounded = round((now - then) / then * 100)
    return f"{rounded:+,}%" if rounded else "0%"


def points(now: float | None, then: float | None) -> str:
    """Of two shares: what a change of a percentage in percent would be, nobody can tell at a glance."""
    if now is None or then is None:
        return ""
    rounded = round((now - then) * 100, 1)
    return f"{rounded:+,.1f} points" if rounded else "0%"
