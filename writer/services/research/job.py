"""The steps of research as the runner works on them: questions, the sources, then the web where it was asked for."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Protocol

from writer.domain.completions import Provider
from writer.domain.errors import AuthenticationFailed, ProviderError, QuotaExhausted, ReplyInvalid
from writer.domain.jobs import StepOutcome
from writer.domain.ports.web_search import WebSearch
from writer.domain.research import Question
from writer.domain.sources import Hit
from writer.services.articles.codec import brief_of
from writer.services.jobs.context import Handler, StepContext
from writer.services.research import steps
from writer.services.research.coverage import Fit, covered
from writer.services.research.model_questions import ModelQuestions
from writer.services.research.questions import questions_of

NOT_SET_UP = "No web search is set up: choose one in Settings."
_HITS = 6

ProviderFor = Callable[[str, str], Provider | None]
"""(owner, route) → who puts the questions; None where the built-in rules do."""

WebFor = Callable[[str], WebSearch | None]
"""owner → the engine that is set up now, if one is."""


class Hits(Protocol):
    """Passages of the owner's sources, best first; no ids stand for all of them."""

    def __call__(self, owner_id: str, query: str, limit: int, source_ids: Sequence[int]) -> list[Hit]: ...


class ResearchJob:
    def __init__(self, hits: Hits, provider_for: ProviderFor, web_for: WebFor, fit: Fit) -> None:
        self._hits = hits
        self._fit = fit
        self._provider_for = provider_for
        self._web_for = web_for

    def handlers(self) -> Mapping[str, Handler]:
        return {
            steps.QUESTIONS.kind: self.questions,
            steps.COVERAGE.kind: self.coverage,
            steps.WEB: self.web,
        }

    async def questions(self, context: StepContext) -> StepOutcome:
        found, note = await self._questions(context)
        rows = steps.questions_json(found)
        web = [(n, question.text) for n, question in enumerate(found)] if context.job.args.get("web") else []
        return StepOutcome(
            {"questions": rows, "note": note, "text": "\n".join(question.text for question in found)},
            next_steps=(steps.COVERAGE, *steps.web_steps(web, 0)),
        )

    async def _questions(self, context: StepContext) -> tuple[list[Question], str]:
        """Those given, else a model's, else those of the rules: a model that fails costs no research."""
        if given := context.job.args.get("questions"):
            return list(steps.questions_of(given)), ""
        brief = brief_of(context.job.args["brief"])
        route = str(context.job.args.get("route", ""))
        provider = await asyncio.to_thread(self._provider_for, context.job.owner_id, route)
        if provider is None:
            return questions_of(brief), ""
        try:
            return await ModelQuestions(provider).of(brief, context.caller), ""
        except (ProviderError, ReplyInvalid) as error:
            return questions_of(brief), f"These questions come from rules, not from a model: {error}"

    async def coverage(self, context: StepContext) -> StepOutcome:
        asked = steps.questions_of(context.results["questions"]["questions"])
        brief, owner_id = brief_of(context.job.args["brief"]), context.job.owner_id
        rows = []
        for question in asked:
            context.show(f"{question.text}\n")
            hits = await asyncio.to_thread(self._hits, owner_id, question.text, _HITS, brief.source_ids)
            found = await asyncio.to_thread(covered, question, hits, brief, owner_id, self._fit)
            rows.append(steps.covered_json(found))
        return StepOutcome({"covered": rows})

    async def web(self, context: StepContext) -> StepOutcome:
        """What the service refuses is a result with its reason: the other questions go on."""
        if problem := _known_refusal(context):
            return _refused(problem, final=True)
        search = await asyncio.to_thread(self._web_for, context.job.owner_id)
        if search is None:
            return _refused(NOT_SET_UP, final=True)
        try:
            found = await asyncio.to_thread(search.search, str(context.step.args["query"]), steps.MOST_FOUND)
        except (AuthenticationFailed, QuotaExhausted) as error:
            return _refused(str(error), final=True)
        except (ProviderError, ReplyInvalid) as error:
            return _refused(str(error))
        return StepOutcome({"found": [asdict(one) for one in found], "problem": ""})


def _refused(problem: str, *, final: bool = False) -> StepOutcome:
    """`final`: the next question would be refused as well."""
    return StepOutcome({"found": [], "problem": problem, "final": final})


def _known_refusal(context: StepContext) -> str:
    """What ended the search of the question right before this one: nobody asks twelve times with a key that is bad."""
    number = int(context.step.key.partition(":")[2])
    before = context.results.get(f"web:{number - 1}", {})
    same_go = number - 1 > int(context.step.args.get("after", 0))
    return str(before["problem"]) if before.get("final") and same_go else ""
