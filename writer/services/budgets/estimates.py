"""What an article will cost, from its outline and the price of its route: before anything is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from writer.domain.actors import Actor
from writer.domain.briefs import Brief
from writer.domain.completions import Tokens
from writer.domain.drafting import BUILT_IN, Library
from writer.domain.errors import WriterError
from writer.domain.money import money
from writer.domain.outlines import Outline, OutlineSection
from writer.domain.sources import Passage
from writer.services.articles import material
from writer.services.articles.content_types import type_of
from writer.services.articles.prompts import prompts

PriceOf = Callable[[Tokens], int | None]
"""Millionths of a US dollar, None when nobody knows."""

_CHARACTERS_PER_TOKEN = 4
_SAMPLE = 24
_EXCERPT = 420
_FEWEST_PASSAGES, _MOST_PASSAGES = 2, 8
_WORD_TOKENS = (1.2, 1.9)
_SECOND_TRIES = 0.5
_REPAIRS = 0.25
_PLAN_TOKENS = (120, 280)
_THOUGHTS = (200, 2000)
_FRONT_WORDS = (50, 200)
_QUESTIONS_TOKENS = (200, 600)


@dataclass(frozen=True, slots=True)
class Estimate:
    """In millionths of a US dollar. `low` is what comes out as it is asked for at once; `high` an article of which half
    of the sections are corrected, a quarter written again, and all have eight passages to read."""

    low_micros: int
    high_micros: int


def told(estimate: Estimate | None, what: str) -> str:
    """`what` begins the sentence, such as “Writing this”."""
    if estimate is None:
        return "Cost: n/a, the price of this route is not known."
    if not estimate.high_micros:
        return f"{what} costs nothing."
    return f"{what} will cost about {_about(estimate.low_micros)} to {_about(estimate.high_micros)}."


def _about(micros: int) -> str:
    """To two digits: an estimate knows no more."""
    if micros >= 100_000:
        return money(micros)
    dollars, _, cents = money(int(float(f"{micros:.2g}"))).partition(".")
    return f"{dollars}.{cents.rstrip('0'):0<2}"


@dataclass(frozen=True, slots=True)
class Call:
    """Tokens at the least and at the most, without what a model thinks."""

    reads: tuple[float, float]
    writes: tuple[float, float]
    times: tuple[float, float] = (1, 1)


class Estimates:
    """`price_of` gives a route's price and whether its model thinks. Nothing is asked of anybody: sizes are those of
    the prompts, of the brief, and of a sample of the sources' passages."""

    def __init__(
        self,
        library: Library,
        price_of: Callable[[str, str], tuple[PriceOf, bool]],
        routes: Callable[[Actor], Sequence[str]],
    ) -> None:
        self._library = library
        self._price_of = price_of
        self._routes = routes

    def article(
        self, brief: Brief, outline: Outline | None, by: Actor, route: str = "", source_ids: Sequence[int] = ()
    ) -> Estimate | None:
        """None when the price is not known. Without an outline, for an article from its brief to its end."""
        named = self._named(by, route)
        if named == BUILT_IN:
            return Estimate(0, 0)
        sample = self._library.overview(by.user, list(source_ids), _SAMPLE)
        calls = _calls(brief, outline or _usual(brief), sample)
        if outline is None:
            calls = [_outline_call(brief, sample), *calls]
        return self.of(calls, by, named)

    def research(self, brief: Brief, by: Actor, route: str = "") -> Estimate | None:
        """The questions; looking for what answers them asks no model."""
        reads = _size_of("research") + _size(material.brief_text(brief), material.type_text(type_of(brief)))
        return self.of([Call(both(reads), _QUESTIONS_TOKENS, (1, 1 + _SECOND_TRIES))], by, route)

    def of(self, calls: Sequence[Call], by: Actor, route: str = "") -> Estimate | None:
        """None when the price is not known."""
        named = self._named(by, route)
        if named == BUILT_IN:
            return Estimate(0, 0)
        try:
            price_of, thinks = self._price_of(by.user, named)
        except WriterError:  # the route cannot be used: whoever starts it is told why
            return None
        low, high = (_cost(calls, price_of, at, _THOUGHTS[at] if thinks else 0) for at in (0, 1))
        return None if low is None or high is None else Estimate(low, high)

    def _named(self, by: Actor, route: str) -> str:
        return route or next(iter(self._routes(by)), BUILT_IN)


def _cost(calls: Sequence[Call], price_of: PriceOf, at: int, thoughts: int) -> int | None:
    """Each call by itself: prices may depend on how much one call reads."""
    costs = []
    for call in calls:
        cost = price_of(Tokens(round(call.reads[at]), round(call.writes[at] + thoughts)))
        if cost is None:
            return None
        costs.append(cost * call.times[at])
    return round(sum(costs))


def _calls(brief: Brief, outline: Outline, sample: Sequence[Passage]) -> list[Call]:
    count = len(outline.sections)
    common = _size(material.brief_text(brief), material.type_text(type_of(brief)), material.outline_text(outline))
    whole = of_words(brief.words, common / _CHARACTERS_PER_TOKEN)
    plan = Call(
        both(_size_of("plan") + common + _size(material.source_blocks(sample, _EXCERPT))),
        (count * _PLAN_TOKENS[0], count * _PLAN_TOKENS[1]),
        (1, 1 + _SECOND_TRIES),
    )
    reads = _section_reads(common, count, sample)
    words = brief.words / max(1, count)
    writes = of_words(words)
    section = Call(reads, writes, (count, count))
    again = Call((reads[0] + writes[0], reads[1] + writes[1]), writes, (0, count * (_SECOND_TRIES + _REPAIRS)))
    fronts = Call(whole, (_FRONT_WORDS[0], _FRONT_WORDS[1] * 2), (3, 3))
    return [plan, section, again, fronts]


def _section_reads(common: int, count: int, sample: Sequence[Passage]) -> tuple[float, float]:
    mean = _size(material.source_blocks(sample)) / len(sample) if sample else 0
    fixed = _size_of("section") + common + count * 40
    low, high = (fixed + mean * min(passages, len(sample)) for passages in (_FEWEST_PASSAGES, _MOST_PASSAGES))
    return low / _CHARACTERS_PER_TOKEN, (high + 4 * 400) / _CHARACTERS_PER_TOKEN


def _outline_call(brief: Brief, sample: Sequence[Passage]) -> Call:
    reads = _size_of("outline") + _size(material.brief_text(brief), material.source_blocks(sample, _EXCERPT))
    return Call(both(reads), (250, 900), (1, 1 + _SECOND_TRIES))


def _usual(brief: Brief) -> Outline:
    """As many sections as are usually asked for."""
    count = min(12, max(3, round(brief.words / 200)))
    point = "What the reader gets from it, in one sentence of usual length."
    sections = tuple(OutlineSection(f"s{i}", f"Heading of five words {i}", point, (point,) * 3) for i in range(count))
    return Outline(brief.topic, sections)


def of_words(words: float, more: float = 0) -> tuple[float, float]:
    """Tokens of that many words, and of `more`."""
    return words * _WORD_TOKENS[0] + more, words * _WORD_TOKENS[1] + more


def both(characters: float) -> tuple[float, float]:
    """Tokens of a text that is read."""
    return characters / _CHARACTERS_PER_TOKEN, characters / _CHARACTERS_PER_TOKEN * 1.15


def _size(*texts: str) -> int:
    return sum(len(text) for text in texts)


def _size_of(prompt: str) -> int:
    return _size(prompts()[prompt].system, prompts()[prompt].user)
