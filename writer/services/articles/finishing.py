"""The steps after the body: review, repair, settling, the parts that need the finished text, and the finished draft."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, replace

from writer.domain.completions import Caller
from writer.domain.drafting import Drafted, Drafter, Show, WrittenBody
from writer.domain.drafts import DraftState, Gap, Origin, Section
from writer.domain.errors import ProviderError, ReplyInvalid
from writer.domain.jobs import JsonObject, NewStep, StepOutcome
from writer.services.articles import steps
from writer.services.articles.checks import findings_of
from writer.services.articles.codec import brief_json, digest_of, drafted_json, drafted_of, section_of
from writer.services.articles.content_types import type_of
from writer.services.articles.desk import Desk, Placed, brief_in, remembered
from writer.services.articles.overlap import distinct, runs_of, shared_words, without_overlap
from writer.services.articles.review import faults_by_section
from writer.services.jobs.context import Handler, StepContext

_Write = Callable[[WrittenBody, Caller, Show], Awaitable[Drafted]]


class Finishing:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {
            "article.review": self.review,
            "article.repair": self.repair,
            "article.settle": self.settle,
            "article.introduction": self.introduction,
            "article.conclusion": self.conclusion,
            "article.headline": self.headline,
            "article.assemble": self.assemble,
        }

    async def review(self, context: StepContext) -> StepOutcome:
        """Nothing to mend: straight on to the parts that need the finished text."""
        rows = steps.plan_in(context.results).sections
        texts = [(row.key, steps.written_in(context.results, row.key).text) for row in rows]
        headings = {row.key: row.heading for row in rows}
        faults = faults_by_section(texts, headings)
        repairs = tuple(steps.repair_step(key, headings[key], found) for key, found in faults.items())
        settle = (steps.SETTLE,) if repairs else ()
        return StepOutcome({"faults": faults}, next_steps=(*repairs, *settle, *self._last_steps(context)))

    def _last_steps(self, context: StepContext) -> tuple[NewStep, ...]:
        type_ = type_of(brief_in(context))
        left_out = {
            name
            for name, there in (("introduction", type_.introduction), ("conclusion", type_.conclusion))
            if not there
        }
        return (*(step for step in steps.FRONTS if step.key not in left_out), steps.ASSEMBLE)

    async def repair(self, context: StepContext) -> StepOutcome:
        """Once, by the drafter. A failure here costs the article nothing: what is still repeated is settled next."""
        key, faults = str(context.step.args["section"]), [str(fault) for fault in context.step.args["faults"]]
        before = drafted_of(context.results[f"section:{key}"])
        drafter, contract = await asyncio.gather(self._desk.drafter(context), self._desk.contract(context, key))

        async def written() -> Drafted:
            return await drafter.repair(contract, before.text, faults, context.caller, context.show)

        passages = [(passage.id, passage.digest) for passage in contract.passages]
        keep: tuple[tuple[str, JsonObject], ...] = ()
        try:
            own = digest_of(
                "repair", context.job.owner_id, drafter.identity, before.text, faults, contract.row.heading, passages
            )
            drafted, keep = await remembered(context, own, written)
        except (ProviderError, ReplyInvalid) as error:
            drafted = Drafted(before.text, notes=(f"A repetition could not be rewritten: {error}",))
        whole = replace(
            drafted,
            flags=tuple(dict.fromkeys((*before.flags, *drafted.flags))),
            notes=tuple(dict.fromkeys((*before.notes, *drafted.notes))),
            route=drafted.route or before.route,
        )
        placed = await self._desk.unless_edited(context, [section_of(whole, key, contract.row.heading)])
        return StepOutcome(
            drafted_json(whole),
            sections=placed.sections,
            replaces=placed.replaces,
            origin=_origin(context, drafter, whole),
            version_note=f"“{contract.row.heading}” rewritten to end a repetition",
            keep=keep,
        )

    async def settle(self, context: StepContext) -> StepOutcome:
        """What is still said twice goes from the later section, sentence by sentence."""
        rows = steps.plan_in(context.results).sections
        before = {row.key: steps.written_in(context.results, row.key) for row in rows}
        texts = distinct([drafted.text for drafted in before.values()])
        changed = {
            row.key: _shortened(before[row.key], text, row.heading)
            for row, text in zip(rows, texts, strict=True)
            if text != before[row.key].text
        }
        headings = {row.key: row.heading for row in rows}
        sections = [section_of(drafted, key, headings[key]) for key, drafted in changed.items()]
        placed = await self._desk.unless_edited(context, sections)
        return StepOutcome(
            {"sections": {key: drafted_json(drafted) for key, drafted in changed.items()}},
            sections=placed.sections,
            replaces=placed.replaces,
            origin=Origin("generated", context.job.owner_id) if sections else None,
            version_note="Repeated sentences taken out" if sections else "",
        )

    async def introduction(self, context: StepContext) -> StepOutcome:
        drafter, (body, _) = await asyncio.gather(self._desk.drafter(context), self._desk.body(context))
        return await self._front(context, drafter, body, drafter.introduction, "introduction", "Introduction")

    async def conclusion(self, context: StepContext) -> StepOutcome:
        drafter, (body, _) = await asyncio.gather(self._desk.drafter(context), self._desk.body(context))
        return await self._front(context, drafter, body, drafter.conclusion, "conclusion", "Conclusion")

    async def _front(
        self, context: StepContext, drafter: Drafter, body: WrittenBody, write: _Write, key: str, heading: str
    ) -> StepOutcome:
        drafted, keep = await remembered(
            context, _body_key(context, drafter, body, key), lambda: write(body, context.caller, context.show)
        )
        drafted = _shortened(drafted, without_overlap(drafted.text, _runs_in(body.sections)), heading)
        placed = await self._desk.unless_edited(context, [section_of(drafted, key, heading, role=key)])
        return StepOutcome(
            drafted_json(drafted),
            sections=placed.sections,
            replaces=placed.replaces,
            origin=_origin(context, drafter, drafted),
            version_note=f"{heading} written",
            keep=keep,
        )

    async def headline(self, context: StepContext) -> StepOutcome:
        """A title that the writer has changed meanwhile stays."""
        drafter, (body, draft) = await asyncio.gather(self._desk.drafter(context), self._desk.body(context))
        headline = await drafter.headline(body, context.caller)
        untouched = draft.title in (body.outline.title, body.brief.topic)
        return StepOutcome(
            {"title": headline.title, "description": headline.description, "text": headline.title},
            title=headline.title if untouched else None,
            description=headline.description,
            origin=Origin("generated", context.job.owner_id, headline.route, headline.prompt_version),
            version_note="Title and description written",
        )

    async def assemble(self, context: StepContext) -> StepOutcome:
        """Introduction and conclusion were written side by side: the later of the two gives way. Then the checks of the
        content type are run over the whole."""
        placed = Placed()
        if "introduction" in context.results and "conclusion" in context.results:
            first, last = (drafted_of(context.results[key]) for key in ("introduction", "conclusion"))
            taken = runs_of(shared_words(first.text))
            if taken & runs_of(shared_words(last.text)):
                # What is left moves together, and must not meet the body's words either.
                taken |= _runs_in((await self._desk.body(context))[0].sections)
                left = _shortened(last, without_overlap(last.text, taken), "Conclusion")
                end = section_of(left, "conclusion", "Conclusion", role="conclusion")
                placed = await self._desk.unless_edited(context, [end])
        draft = await self._desk.draft(context)
        changed = {section.key: section for section in placed.sections}
        whole = replace(draft, sections=tuple(changed.get(section.key, section) for section in draft.sections))
        found = await asyncio.to_thread(findings_of, whole)
        return StepOutcome(
            {"sections": len(steps.plan_in(context.results).sections), "findings": [asdict(one) for one in found]},
            sections=placed.sections,
            replaces=placed.replaces,
            draft_state=DraftState.IN_REVIEW,
            origin=Origin("generated", context.job.owner_id),
            version_note="First full draft",
        )


def _runs_in(sections: Iterable[Section]) -> set[tuple[str, ...]]:
    return {run for section in sections for run in runs_of(shared_words(section.text))}


def _origin(context: StepContext, drafter: Drafter, drafted: Drafted) -> Origin:
    return Origin("generated", context.job.owner_id, drafted.route or drafter.name, drafted.prompt_version)


def _body_key(context: StepContext, drafter: Drafter, body: WrittenBody, part: str) -> str:
    texts = [(section.key, section.heading, section.text) for section in body.sections]
    passages = [(passage.id, passage.digest) for passage in body.passages]
    return digest_of(
        part, context.job.owner_id, drafter.identity, brief_json(body.brief), body.outline.title, texts, passages
    )


def _shortened(drafted: Drafted, text: str, heading: str) -> Drafted:
    """With nothing left of its own a part is a gap: an empty text, or one made up to fill it, would be worse."""
    if text.strip() or not drafted.text.strip():
        return replace(drafted, text=text)
    missing = f"“{heading}” said only what other parts of the article already say in the same words."
    return replace(drafted, text="", gap=Gap((missing,), (heading,)))
