"""The steps that bring an article to its first full text: outline, plan, sections. `finishing` has the rest."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain

from writer.domain.briefs import Brief
from writer.domain.citations import source_id_of
from writer.domain.drafting import Drafted, Drafter, SectionContract
from writer.domain.drafts import DraftState, Gap, Origin, Section
from writer.domain.jobs import JsonObject, StepOutcome
from writer.domain.outlines import ArticlePlan, Outline, SectionPlan
from writer.domain.sources import Passage
from writer.services.articles import steps
from writer.services.articles.codec import (
    brief_json,
    digest_of,
    drafted_json,
    outline_json,
    outline_of,
    plan_json,
    section_of,
)
from writer.services.articles.content_types import type_of
from writer.services.articles.desk import Desk, brief_in, has_text, remembered
from writer.services.articles.finishing import Finishing
from writer.services.articles.material import outline_shown
from writer.services.articles.retrieval import EarlyRetrieval, in_order, question_of
from writer.services.jobs.context import Handler, StepContext

_OVERVIEW = 24
_NEAREST_TOPIC = 12
_NEAREST_SECTION = 8


class ArticleHandlers:
    """`handlers` is what the runner is given; each is a pure function of its step's input."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._finishing = Finishing(desk)

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {
            "article.outline": self.outline,
            "article.plan": self.plan,
            "article.section": self.section,
            **self._finishing.handlers,
        }

    async def outline(self, context: StepContext) -> StepOutcome:
        """Waits for the writer afterwards, unless the job approves its own outline."""
        brief = brief_in(context)
        drafter, evidence = await asyncio.gather(self._desk.drafter(context), self._overview(context, brief))
        approved = bool(context.job.args.get("auto_approve"))
        early = EarlyRetrieval(context.show, brief, lambda question: self._section_passages(context, question))
        try:
            outline = await drafter.outline(brief, evidence, context.caller, early if approved else context.show)
            # A writer who shapes the outline may add sources meanwhile: then everything is looked up afterwards.
            found = await early.found(outline)
        finally:
            early.close()
        return StepOutcome(
            {"outline": outline_json(outline), "text": outline_shown(outline)},
            next_steps=(steps.plan_step(outline, found),) if approved else (),
            title=outline.title,
            outline=outline,
            draft_state=DraftState.OUTLINED,
            pause=not approved,
        )

    async def _overview(self, context: StepContext, brief: Brief) -> list[Passage]:
        shown, near = await asyncio.gather(
            asyncio.to_thread(self._desk.library.overview, context.job.owner_id, list(brief.source_ids), _OVERVIEW),
            self._desk.nearest(context, f"{brief.topic}. {brief.angle}", _NEAREST_TOPIC),
        )
        return list({passage.id: passage for passage in chain(shown, near)}.values())

    async def plan(self, context: StepContext) -> StepOutcome:
        """Finds each section's passages, shares facts and passages out, and lays the sections' places in the draft."""
        brief, outline = brief_in(context), outline_of(context.step.args["outline"])
        drafter, draft, evidence = await asyncio.gather(
            self._desk.drafter(context), self._desk.draft(context), self._evidence(context, brief, outline)
        )
        plan = await drafter.plan(brief, outline, evidence, context.caller)
        return StepOutcome(
            {"outline": outline_json(outline), "plan": plan_json(plan)},
            next_steps=(*steps.section_steps(plan), steps.REVIEW),
            sections=tuple(place for place in _places(brief, plan) if not has_text(draft, place.key)),
            draft_state=DraftState.DRAFTING,
        )

    async def _evidence(self, context: StepContext, brief: Brief, outline: Outline) -> dict[str, list[Passage]]:
        """By section key. What was found while the outline was being written is not looked up again."""
        early: Mapping[str, list[str]] = context.step.args.get("found", {})
        late = [section for section in outline.sections if section.key not in early]
        known, found = await asyncio.gather(
            self._desk.passages(context, [id_ for ids in early.values() for id_ in ids]),
            asyncio.gather(*(self._section_passages(context, question_of(brief, section)) for section in late)),
        )
        by_key = {section.key: passages for section, passages in zip(late, found, strict=True)}
        return {s.key: by_key[s.key] if s.key in by_key else in_order(early[s.key], known) for s in outline.sections}

    async def _section_passages(self, context: StepContext, question: str) -> list[Passage]:
        return await self._desk.nearest(context, question, _NEAREST_SECTION)

    async def section(self, context: StepContext) -> StepOutcome:
        key = str(context.step.args["section"])
        drafter, contract = await asyncio.gather(self._desk.drafter(context), self._desk.contract(context, key))
        keep: tuple[tuple[str, JsonObject], ...] = ()
        if contract.row.passage_ids and not contract.passages:
            drafted = Drafted("", _deleted(contract.row))
        else:
            drafted, keep = await remembered(
                context,
                section_key(context.job.owner_id, drafter, contract),
                lambda: drafter.section(contract, context.caller, context.show),
            )
        drafted = replace(drafted, flags=(*drafted.flags, *_without_deleted(contract)))
        placed = await self._desk.unless_edited(context, [section_of(drafted, key, contract.row.heading)])
        return StepOutcome(
            drafted_json(drafted),
            sections=placed.sections,
            replaces=placed.replaces,
            origin=Origin("generated", context.job.owner_id, drafted.route or drafter.name, drafted.prompt_version),
            version_note=f"“{contract.row.heading}” written",
            keep=keep,
        )


def section_key(owner_id: str, drafter: Drafter, contract: SectionContract) -> str:
    """Whatever may change a section's text changes this: then it is written anew, else what was written is used."""
    return digest_of(
        "section",
        owner_id,
        drafter.identity,
        brief_json(contract.brief),
        outline_json(contract.outline),
        plan_json(contract.plan),
        contract.row.key,
        [(passage.id, passage.digest) for passage in contract.passages],
    )


def _places(brief: Brief, plan: ArticlePlan) -> tuple[Section, ...]:
    """Every part in reading order before any is written, so that none's place depends on who is ready first."""
    type_ = type_of(brief)
    body = [Section(row.key, row.heading) for row in plan.sections]
    first = [Section("introduction", "Introduction", role="introduction")] if type_.introduction else []
    last = [Section("conclusion", "Conclusion", role="conclusion")] if type_.conclusion else []
    return (*first, *body, *last)


def _deleted(row: SectionPlan) -> Gap:
    return Gap(
        (f"The sources planned for “{row.heading}” were deleted while the article was being written.",), (row.heading,)
    )


def _without_deleted(contract: SectionContract) -> tuple[str, ...]:
    here = {passage.id for passage in contract.passages}
    gone = dict.fromkeys(f"S{source_id_of(id_)}" for id_ in contract.row.passage_ids if id_ not in here)
    if not gone or not here:
        return ()
    return (f"A source planned for this section was deleted meanwhile ({', '.join(gone)}); it was written without it.",)
