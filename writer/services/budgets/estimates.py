"""What an article will cost, from its outline and the price of its route: before anything is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from writer.domain.actors import Actor
from writer.domain.briefs import Brief
from writer.domain.completions import Tokens
from writer.domain.drafting import BUILT_IN, Library
from writer.domain.errors import WriterError
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


@dataclass(frozen=True, slots=True)
class Estimate:
    """In millionths of a US dollar. `low` is an article that comes out as it is asked for at once; `high` one of which
    half of the sections are corrected, a quarter written again, and all have eight passages to read."""

    low_micros: int
    high_micros: int


@dataclass(frozen=True, slots=True)
class _Call:
    """Tokens at the least and at the most."""

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
        named = route or next(iter(self._routes(by)), BUILT_IN)
        if named == BUILT_IN:
            return Estimate(0, 0)
        try:
            price_of, thinks = self._price_of(by.user, named)
        except WriterError:  # the route cannot be used: whoever starts it is told why
            return None
        sample = self._library.overview(by.user, list(source_ids), _SAMPLE)
        calls = _calls(brief, outline or _usual(brief), sample, thinks=thinks)
        if outline is None:
            calls = [_outline_call(brief, sample, thinks=thinks), *calls]
        low, high = (_cost(calls, price_of, at) for at in (0, 1))
        return None if low is None or high is None else Estimate(low, high)


def _cost(calls: Sequence[_Call], price_of: PriceOf, at: int) -> int | None:
    """Each call by itself: prices may depend on how much one call reads."""
    costs = []
    for call in calls:
        cost = price_of(Tokens(round(call.reads[at]), round(call.writes[at])))
        if cost is None:
            return None
        costs.append(cost * call.times[at])
    return round(sum(costs))


def _calls(brief: Brief, outline: Outline, sample: Sequence[Passage], *, thinks: bool) -> list[_Call]:
    thoughts = _THOUGHTS if thinks else (0, 0)
    count = len(outline.sections)
    common = _size(material.brief_text(brief), material.type_text(type_of(brief)), material.outline_text(outline))
    whole = _of_words(brief.words, common / _CHARACTERS_PER_TOKEN)
    plan = _Call(
        _both(_size_of("plan") + common + _size(material.source_blocks(sample, _EXCERPT))),
        _plus((count * _PLAN_TOKENS[0], count * _PLAN_TOKENS[1]), thoughts),
        (1, 1 + _SECOND_TRIES),
    )
    reads = _section_reads(common, count, sample)
    words = brief.words / max(1, count)
    writes = (words * _WORD_TOKENS[0], words * _WORD_TOKENS[1])
    section = _Call(reads, _plus(writes, thoughts), (count, count))
    again = _Call(_plus(reads, writes), _plus(writes, thoughts), (0, count * (_SECOND_TRIES + _REPAIRS)))
    fronts = _Call(whole, _plus((_FRONT_WORDS[0], _FRONT_WORDS[1] * 2), thoughts), (3, 3))
    return [plan, section, again, fronts]


def _section_reads(common: int, count: int, sample: Sequence[Passage]) -> tuple[float, float]:
    mean = _size(material.source_blocks(sample)) / len(sample) if sample else 0
    fixed = _size_of("section") + common + count * 40
    low, high = (fixed + mean * min(passages, len(sample)) for passages in (_FEWEST_PASSAGES, _MOST_PASSAGES))
    return low / _CHARACTERS_PER_TOKEN, (high + 4 * 400) / _CHARACTERS_PER_TOKEN


def _outline_call(brief: Brief, sample: Sequence[Passage], *, thinks: bool) -> _Call:
    thoughts = _THOUGHTS if thinks else (0, 0)
    reads = _size_of("outline") + _size(material.brief_text(brief), material.source_blocks(sample, _EXCERPT))
    return _Call(_both(reads), _plus((250, 900), thoughts), (1, 1 + _SECOND_TRIES))


def _usual(brief: Brief) -> Outline:
    """As many sections as are usually asked for."""
    count = min(12, max(3, round(brief.words / 200)))
    point = "What the reader gets from it, in one sentence of usual length."
    sections = tuple(OutlineSection(f"s{i}", f"Heading of five words {i}", point, (point,) * 3) for i in range(count))
    return Outline(brief.topic, sections)


def _of_words(words: int, more: float) -> tuple[float, float]:
    return words * _WORD_TOKENS[0] + more, words * _WORD_TOKENS[1] + more


def _both(characters: float) -> tuple[float, float]:
    return characters / _CHARACTERS_PER_TOKEN, characters / _CHARACTERS_PER_TOKEN * 1.15


def _plus(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return one[0] + other[0], one[1] + other[1]


def _size(*texts: str) -> int:
    return sum(len(text) for text in texts)


def _size_of(prompt: str) -> int:
    return _size(prompts()[prompt].system, prompts()[prompt].user)
