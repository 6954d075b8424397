"""Which candidate is quoted where: passages find their section, near-duplicates fold into one, budgets are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from writer.domain.drafts import count_words
from writer.services.extractive.candidates import Candidate, say_the_same
from writer.services.extractive.language import Weights
from writer.services.extractive.relevance import Asked, Matrix, Relevance

MOST_QUOTES = 8
_LENGTH_OF_AN_EASY_QUOTE = 32


@dataclass(frozen=True, slots=True)
class Chosen:
    """Per section key its quotes, in the order in which they are shown."""

    quotes: Mapping[str, tuple[Candidate, ...]]


def choose(
    pool: Sequence[Candidate],
    asked: Sequence[Asked],
    judged: Relevance,
    budgets: Mapping[str, int],
    *,
    wanted: Mapping[int, str] | None = None,
) -> Chosen:
    """`wanted` maps candidates that must be quoted (they carry a must-include) to the section that owns them."""
    must = wanted or {}
    home = _homes(pool, asked, judged.odds, judged.gate, must)
    worth = _worth(pool, judged)
    quotes: dict[str, tuple[Candidate, ...]] = {}
    taken: list[int] = []
    for column, section in enumerate(asked):
        eligible = [n for n in range(len(pool)) if home.get(n) == column]
        ranked = sorted(eligible, key=lambda n: (n not in must, -judged.odds[n, column] * worth[n], pool[n].order))
        fresh = [n for n in ranked if n in must or not any(_same(pool, judged, n, m) for m in taken)]
        picked = _without_twins(fresh, pool, judged, budgets[section.key])
        taken += picked
        best_first = sorted(picked, key=lambda n: -judged.odds[n, column])
        quotes[section.key] = _in_reading_order([_extended(picked[n], budgets[section.key]) for n in best_first])
    return Chosen(quotes)


def _homes(
    pool: Sequence[Candidate], asked: Sequence[Asked], odds: Matrix, gate: float, must: Mapping[int, str]
) -> dict[int, int]:
    """Candidate → the one section it may be quoted in. A passage belongs to the section that most of it answers, and a
    sentence of it that answers another heading better is quoted nowhere."""
    columns = {section.key: n for n, section in enumerate(asked)}
    passages: dict[str, list[int]] = {}
    for n, candidate in enumerate(pool):
        passages.setdefault(candidate.id, []).append(n)
    home: dict[int, int] = {}
    for members in passages.values():
        forced = next((columns[must[n]] for n in members if n in must), None)
        strength = np.where(odds[members] >= gate, odds[members], 0).sum(axis=0)
        owner = int(np.argmax(strength)) if forced is None else forced
        for n in members:
            if n in must or (odds[n, owner] >= gate and int(np.argmax(odds[n])) == owner):
                home[n] = owner
    return home


def _worth(pool: Sequence[Candidate], judged: Relevance) -> list[float]:
    """What a writer would rather have: a sentence with substance, with figures, of readable length."""
    weights = Weights([c.terms for c in pool])
    substance = [sum(weights.of(term) for term in set(c.terms)) for c in pool]
    typical = sorted(substance)[len(substance) // 2] if substance else 1.0
    worth = []
    for candidate, amount in zip(pool, substance, strict=True):
        long = max(0, count_words(candidate.text) - _LENGTH_OF_AN_EASY_QUOTE)
        value = (
            1
            + 0.15 * min(amount / (typical or 1), 1.5)
            + 0.1 * candidate.has_figures
            - 0.012 * long
            - 0.1 * ("[" in candidate.text)
        )
        worth.append(round(value, 6))
    return worth


def _without_twins(
    ranked: Sequence[int], pool: Sequence[Candidate], judged: Relevance, budget: int
) -> dict[int, Candidate]:
    """Best first until the budget is used; what says the same as a quote already picked only adds its passage to it."""
    picked: dict[int, Candidate] = {}
    used = 0
    for n in ranked:
        twin = next((m for m in picked if _same(pool, judged, n, m)), None)
        length = count_words(pool[n].text)
        if twin is not None:
            picked[twin] = _also_in(picked[twin], pool[n])
        elif len(picked) < MOST_QUOTES and (not picked or used + length <= budget):
            picked[n] = pool[n]
            used += length
    return picked


def _same(pool: Sequence[Candidate], judged: Relevance, first: int, second: int) -> bool:
    return say_the_same(pool[first].text, pool[second].text, judged.likeness(first, second))


def _also_in(quote: Candidate, twin: Candidate) -> Candidate:
    """Only another source is worth naming: within one source the repetition is usually the overlap of passages."""
    named = {quote.passage.source_id, *(int(id_[1:].split(".")[0]) for id_ in quote.twins)}
    return quote if twin.passage.source_id in named else replace(quote, twins=(*quote.twins, twin.id))


def _extended(quote: Candidate, budget: int) -> Candidate:
    """A sentence that leans on this one comes along when it is short enough; the source has them side by side."""
    if not quote.follower:
        return quote
    pair = quote.with_follower()
    return pair if count_words(pair.text) <= min(55, max(30, budget // 2)) else quote


def _in_reading_order(best_first: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Source by source, the one with the best answer first, and each in its own order."""
    sources = list(dict.fromkeys(quote.passage.source_id for quote in best_first))
    return tuple(sorted(best_first, key=lambda q: (sources.index(q.passage.source_id), q.order)))
