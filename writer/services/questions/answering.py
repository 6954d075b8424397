"""The one step of a question's job: look up, have it answered, check every sentence."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from writer.domain.jobs import NewStep, StepOutcome
from writer.domain.ports.questions import QuestionStore
from writer.domain.ports.sources import SourceStore
from writer.domain.questions import Answer, Answered, Answerer, Question, Refusal, Searched, fingerprint_of
from writer.domain.sources import Passage, Source
from writer.services.jobs.context import Handler, StepContext
from writer.services.knowledge.search import HybridSearch
from writer.services.questions.checking import AnswerCheck
from writer.services.questions.wanted import telling_words

STEP = NewStep("answer", "ask.answer", 0, "Answer")
NOTHING_LEFT = "None of the sources that this was asked of is there and ready any more."
_LOOKED_UP = 12
_NEAREST = 3
_MOST_SUGGESTED = 3

AnswererFor = Callable[[str, str], Answerer]
"""(owner, route) → who answers; "" is the owner's own order of routes, or the built-in one without any."""


@dataclass(frozen=True, slots=True)
class _LookedUp:
    sources: Sequence[Source]
    passages: Sequence[Passage]

    @property
    def searched(self) -> Searched:
        return Searched(len(self.sources), sum(source.passages for source in self.sources))


class Answering:
    """`handlers` is what the runner is given."""

    def __init__(
        self,
        questions: QuestionStore,
        sources: SourceStore,
        search: HybridSearch,
        check: AnswerCheck,
        answerer_for: AnswererFor,
    ) -> None:
        self._questions = questions
        self._sources = sources
        self._search = search
        self._check = check
        self._answerer_for = answerer_for

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {STEP.kind: self.answer}

    async def answer(self, context: StepContext) -> StepOutcome:
        """Off the loop: an SDK is imported, a query embedded, sentences compared."""
        question = await asyncio.to_thread(self._questions.get, str(context.job.args["question"]))
        answerer, found = await asyncio.gather(
            asyncio.to_thread(self._answerer_for, question.owner_id, question.route),
            asyncio.to_thread(self._looked_up, question),
        )
        answer = await self._answered(question, answerer, found, context)
        claims = await asyncio.to_thread(self._check.claims, question.owner_id, answer.text)
        whole = replace(answer, claims=claims, searched=found.searched)
        said = whole.text or (whole.refusal.sentence if whole.refusal else "")
        return StepOutcome({"text": said}, answered=Answered(question.id, whole, fingerprint_of(found.sources)))

    async def _answered(self, question: Question, answerer: Answerer, found: _LookedUp, context: StepContext) -> Answer:
        if not found.passages:  # nobody has to be asked for this
            sentence = Refusal() if found.sources else Refusal(NOTHING_LEFT)
            notes = (_nothing_near(question),) if found.sources else ()
            answer = Answer("", answerer.name, refusal=sentence, notes=notes)
        else:
            answer = await answerer.answer(question.text, found.passages, context.caller, context.show)
        return replace(answer, refusal=_with_ways_on(answer.refusal, question, found)) if answer.refusal else answer

    def _looked_up(self, question: Question) -> _LookedUp:
        """An empty scope is empty: it never stands for all sources here."""
        sources = sources_in(self._sources, question)
        if not sources:
            return _LookedUp((), ())
        ids = [source.id for source in sources]
        hits = self._search.hits(question.owner_id, question.text, _LOOKED_UP, ids)
        return _LookedUp(sources, [hit.passage for hit in hits])


def sources_in(store: SourceStore, question: Question) -> list[Source]:
    """The ready sources within the question's scope."""
    ids = set(store.in_scope(question.owner_id, question.scope))
    return [source for source in store.listing(question.owner_id) if source.id in ids]


def _with_ways_on(refusal: Refusal, question: Question, found: _LookedUp) -> Refusal:
    if not found.passages:  # the same words would find nothing in Sources either
        return refusal
    nearest = refusal.nearest or tuple(passage.id for passage in found.passages[:_NEAREST])
    return replace(refusal, nearest=nearest, suggested=refusal.suggested or _suggested(question, found))


def _nothing_near(question: Question) -> str:
    wanted = " ".join(telling_words(question.text))
    about = f" about “{wanted[:80]}”" if wanted else ""
    elsewhere = "" if question.scope.is_everything else " Only what you chose was searched: ask all of your sources."
    return f"No passage comes near the question: ask it in other words, or add a source{about}.{elsewhere}"


def _suggested(question: Question, found: _LookedUp) -> tuple[str, ...]:
    """The question's own words, and beside them what the nearest passages are called."""
    words = " ".join(telling_words(question.text))
    near = [passage.heading_path[-1] for passage in found.passages[:2] if passage.heading_path]
    return tuple(dict.fromkeys(filter(None, (words, *near))))[:_MOST_SUGGESTED]
