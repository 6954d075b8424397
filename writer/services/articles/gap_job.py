"""The one step that writes a section again, now that its sources hold more, or from passages that the writer named."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace

from writer.domain.citations import cited_ids
from writer.domain.drafting import Drafted, SectionContract
from writer.domain.drafts import Draft, Origin
from writer.domain.jobs import StepOutcome
from writer.domain.outlines import OutlineSection
from writer.domain.sources import Passage
from writer.services.articles.codec import digest_of, drafted_json, outline_of, plan_of, section_of
from writer.services.articles.desk import Desk, brief_in, remembered
from writer.services.articles.gaps import STEP
from writer.services.articles.overlap import runs_of, shared_words, without_overlap
from writer.services.articles.retrieval import question_of
from writer.services.jobs.context import Handler, StepContext

_NEAREST = 8


class GapJob:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {STEP: self.retry}

    async def retry(self, context: StepContext) -> StepOutcome:
        """A text that the writer has put there meanwhile stays."""
        key = str(context.step.args["section"])
        drafter, draft, passages = await asyncio.gather(
            self._desk.drafter(context), self._desk.draft(context), self._passages(context, key)
        )
        contract = _contract(context, key, passages)
        own = digest_of("retry", context.job.id, drafter.identity, [(one.id, one.digest) for one in passages])
        drafted, keep = await remembered(context, own, lambda: drafter.section(contract, context.caller, context.show))
        drafted = drafted if contract.chosen else _distinct(drafted, draft, key)
        now = draft.section(key)
        heading = now.heading if now else contract.row.heading
        route = drafted.route or drafter.name
        return StepOutcome(
            drafted_json(drafted),
            sections=(section_of(drafted, key, heading),) if now else (),
            replaces=((key, ""),),
            origin=Origin("generated", context.job.owner_id, route, drafted.prompt_version),
            version_note=f"“{heading}” written again",
            keep=keep,
        )

    async def _passages(self, context: StepContext, key: str) -> tuple[Passage, ...]:
        """Those that were named, as far as they are still there, else the nearest to what the section promises."""
        if chosen := [str(id_) for id_ in context.job.args["passages"]]:
            found = await self._desk.passages(context, chosen)
            return tuple(found[id_] for id_ in chosen if id_ in found)
        outline = outline_of(context.job.args["outline"])
        asked = next((one for one in outline.sections if one.key == key), OutlineSection(key, key))
        question = question_of(brief_in(context), asked)
        return tuple(await self._desk.nearest(context, question, _NEAREST))


def _contract(context: StepContext, key: str, passages: Iterable[Passage]) -> SectionContract:
    args, found = context.job.args, tuple(passages)
    plan = plan_of(args["plan"])
    at = next(n for n, row in enumerate(plan.sections) if row.key == key)
    row = replace(plan.sections[at], passage_ids=tuple(passage.id for passage in found))
    rows = tuple(row if one.key == key else one for one in plan.sections)
    return SectionContract(
        brief_in(context),
        outline_of(args["outline"]),
        replace(plan, sections=rows),
        row,
        rows[at - 1] if at else None,
        rows[at + 1] if at + 1 < len(rows) else None,
        found,
        chosen=bool(args["passages"]),
    )


def _distinct(drafted: Drafted, draft: Draft, key: str) -> Drafted:
    """Without what other sections say in the same words, unless no evidence would be left."""
    runs = {run for s in draft.sections if s.key != key for run in runs_of(shared_words(s.text))}
    left = without_overlap(drafted.text, runs)
    return replace(drafted, text=left) if cited_ids(left) else drafted
