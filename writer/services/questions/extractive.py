"""Answers without a model: the sentences of the sources that come nearest to the question, word for word, or none.

Every passage that was found is about the subject in some way; what has to be told is whether a sentence of it answers.
A question asks about things by name. Where the passage lacks the words that tell the question apart from others on the
same subject, it speaks of something else, however alike the two sound.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from writer.domain.completions import Caller
from writer.domain.drafting import BUILT_IN, Show
from writer.domain.drafts import count_words
from writer.domain.errors import ConfigurationError
from writer.domain.ports.sources import Embedder
from writer.domain.questions import Answer, Refusal
from writer.domain.sources import Passage
from writer.services.claims.stems import Rarity, stems
from writer.services.extractive.candidates import Candidate, candidates, say_the_same
from writer.services.extractive.relevance import Matrix, embedded, headings_over
from writer.services.extractive.wording import section_text
from writer.services.questions.wanted import telling_stems, wants_figure

VERSION = "extractive-answer/1"
MOST_QUOTES = 6
# Nearness of sentence and passage in meaning, the shares of the question's telling words that each has, and a figure
# where one is asked for. Round numbers, and the gates, from the tuning questions of benchmarks/ask_sets.py alone.
WITH_MODEL = np.array([0.4, 0.2, 0.2, 0.2, 0.02])
WITHOUT_MODEL = np.array([0.0, 0.0, 0.5, 0.5, 0.05])
GATE, GATE_WITHOUT_MODEL = 0.48, 0.55
_NEAR_THE_BEST = 0.75
_WORDS_WITH_FOLLOWER = 55

RarityOf = Callable[[str], Rarity]
"""How rare words are among an owner's passages."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence that could be quoted, and how well it fits the question, about from 0 to 1. `gate` is what it takes
    to be an answer."""

    candidate: Candidate
    fit: float
    gate: float
    vector: Matrix | None


class ExtractiveAnswerer:
    """Gives the same bytes for the same question, passages and embedding model."""

    name = BUILT_IN

    def __init__(self, embedder: Embedder | None, rarity_of: RarityOf) -> None:
        self._embedder = embedder
        self._rarity_of = rarity_of

    async def answer(self, question: str, passages: Sequence[Passage], caller: Caller, show: Show) -> Answer:
        quotes = await asyncio.to_thread(self.quotes, question, passages, caller.user)
        if not quotes:
            return Answer("", BUILT_IN, VERSION, refusal=Refusal())
        text = section_text(quotes)
        show(text)
        return Answer(text, BUILT_IN, VERSION)

    def quotes(self, question: str, passages: Sequence[Passage], owner_id: str) -> list[Candidate]:
        """Best first, source by source; none that is not near enough to answer."""
        ranked = sorted(self.judged(question, passages, owner_id), key=lambda one: (-one.fit, one.candidate.order))
        if not ranked or ranked[0].fit < ranked[0].gate:
            return []
        least = max(ranked[0].gate, _NEAR_THE_BEST * ranked[0].fit)
        return [_extended(one) for one in _without_twins([one for one in ranked if one.fit >= least])]

    def best_fit(self, question: str, passages: Sequence[Passage], owner_id: str) -> tuple[float, float] | None:
        """How well the best sentence fits the question, and what it takes to be an answer; None where no sentence can
        be judged."""
        found = self.judged(question, passages, owner_id)
        return max(((one.fit, one.gate) for one in found), default=None)

    def judged(self, question: str, passages: Sequence[Passage], owner_id: str) -> list[Judged]:
        pool = candidates(passages)
        if not pool:
            return []
        said = _Said(question, self._rarity_of(owner_id))
        meaning = self._meaning(question, pool)
        weights, gate = (WITH_MODEL, GATE) if meaning else (WITHOUT_MODEL, GATE_WITHOUT_MODEL)
        found = []
        for number, candidate in enumerate(pool):
            near, around, vector = (*meaning[0][number], meaning[1][number]) if meaning else (0.0, 0.0, None)
            fit = float(np.dot((near, around, *said.of(candidate)), weights))
            found.append(Judged(candidate, round(fit, 6), gate, vector))
        return found

    def _meaning(
        self, question: str, pool: Sequence[Candidate]
    ) -> tuple[list[tuple[float, float]], list[Matrix]] | None:
        """For each sentence, how near it and its passage are to the question; and its vector."""
        if self._embedder is None:
            return None
        whole = {one.id: _with_headings(one) for one in pool}
        try:
            asked = embedded(self._embedder, [question])[0]
            vectors = embedded(self._embedder, [one.text for one in pool])
            around = dict(zip(whole, embedded(self._embedder, list(whole.values())) @ asked, strict=True))
        except ConfigurationError:  # the model cannot be loaded here: words alone must do
            return None
        near = [(float(v @ asked), float(around[one.id])) for v, one in zip(vectors, pool, strict=True)]
        return near, list(vectors)


class _Said:
    """What share of the question's telling words a sentence has, and its passage."""

    def __init__(self, question: str, rarity: Rarity) -> None:
        self._wanted = telling_stems(question)
        self._figure = wants_figure(question)
        self._rarity = rarity

    def of(self, one: Candidate) -> tuple[float, float, float]:
        over = (one.passage.source_title, *one.passage.heading_path)
        here = self._rarity.recall(self._wanted, _stems_of((one.text, *headings_over(one))))
        around = self._rarity.recall(self._wanted, _stems_of((one.passage.text, *over)))
        return here, around, float(self._figure and one.has_figures)


def _stems_of(texts: Iterable[str]) -> set[str]:
    return {stem for text in texts for stem in stems(text)}


def _with_headings(one: Candidate) -> str:
    return ". ".join((*headings_over(one), one.passage.text))


def _without_twins(ranked: Sequence[Judged]) -> list[Judged]:
    """What says the same as a better one in another source adds its passage to it."""
    picked: list[Judged] = []
    for one in ranked:
        twin = next((n for n, other in enumerate(picked) if _same(one, other)), None)
        if twin is not None:
            picked[twin] = _also_in(picked[twin], one.candidate)
        elif len(picked) < MOST_QUOTES:
            picked.append(one)
    return picked


def _same(one: Judged, other: Judged) -> bool:
    near = 0.0 if one.vector is None or other.vector is None else float(one.vector @ other.vector)
    return say_the_same(one.candidate.text, other.candidate.text, near)


def _also_in(kept: Judged, twin: Candidate) -> Judged:
    own = kept.candidate
    if own.passage.source_id == twin.passage.source_id or own.twins:
        return kept
    return replace(kept, candidate=replace(own, twins=(twin.id,)))


def _extended(one: Judged) -> Candidate:
    """With the next sentence, where that leans on this one and both are short."""
    if not one.candidate.follower:
        return one.candidate
    pair = one.candidate.with_follower()
    return pair if count_words(pair.text) <= _WORDS_WITH_FOLLOWER else one.candidate
