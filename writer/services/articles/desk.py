"""What every step of an article needs: a drafter, the library, the draft as it is now, and results kept before."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from writer.domain.briefs import Brief
from writer.domain.citations import cited_ids
from writer.domain.drafting import Drafted, Drafter, Library, SectionContract, WrittenBody
from writer.domain.drafts import Draft, Section
from writer.domain.jobs import JsonObject
from writer.domain.ports.drafts import DraftStore
from writer.domain.sources import Passage
from writer.services.articles import steps
from writer.services.articles.codec import brief_of, drafted_json, drafted_of
from writer.services.jobs.context import StepContext

DrafterFor = Callable[[str, str], Drafter]
"""(owner, route) → the drafter; "" is the owner's own order of routes, or the built-in drafter without any."""


@dataclass(frozen=True, slots=True)
class Desk:
    drafter_for: DrafterFor
    library: Library
    drafts: DraftStore

    async def drafter(self, context: StepContext) -> Drafter:
        """Off the loop: a provider's SDK is imported the first time."""
        return await asyncio.to_thread(self.drafter_for, context.job.owner_id, str(context.job.args.get("route", "")))

    async def draft(self, context: StepContext) -> Draft:
        return await asyncio.to_thread(self.drafts.get, context.job.draft_id)

    async def passages(self, context: StepContext, ids: Sequence[str]) -> dict[str, Passage]:
        if not ids:
            return {}
        return await asyncio.to_thread(self.library.passages, context.job.owner_id, list(ids))

    async def nearest(self, context: StepContext, question: str, limit: int) -> list[Passage]:
        brief = brief_in(context)
        return await asyncio.to_thread(
            self.library.nearest, context.job.owner_id, question, limit, list(brief.source_ids)
        )

    async def contract(self, context: StepContext, key: str) -> SectionContract:
        """With the passages that still exist, in the plan's order."""
        plan = steps.plan_in(context.results)
        rows = {row.key: i for i, row in enumerate(plan.sections)}
        at = rows[key]
        found = await self.passages(context, plan.sections[at].passage_ids)
        return SectionContract(
            brief_in(context),
            steps.outline_in(context.results),
            plan,
            plan.sections[at],
            plan.sections[at - 1] if at else None,
            plan.sections[at + 1] if at + 1 < len(plan.sections) else None,
            tuple(found[id_] for id_ in plan.sections[at].passage_ids if id_ in found),
        )

    async def body(self, context: StepContext) -> tuple[WrittenBody, Draft]:
        """The body as the writer has it now, in the plan's order, with the passages it cites; and the whole draft."""
        draft = await self.draft(context)
        plan = steps.plan_in(context.results)
        sections = tuple(section for row in plan.sections if (section := draft.section(row.key)))
        found = await self.passages(context, cited_in(sections))
        outline = steps.outline_in(context.results)
        return WrittenBody(brief_in(context), outline, plan, sections, tuple(found.values())), draft

    async def unless_edited(self, context: StepContext, sections: Iterable[Section]) -> "Placed":
        """Those that the writer has not touched since they were written: a person's text is never replaced, nor is the
        heading that a person gave. The ledger looks once more, in the transaction that would replace it."""
        draft = await self.draft(context)
        now = {section.key: section for section in draft.sections}
        mine = tuple(section for section in sections if untouched(context, draft, section.key))
        return Placed(
            tuple(replace(section, heading=now[section.key].heading) for section in mine),
            tuple((section.key, now[section.key].text) for section in mine),
        )


class Placed(NamedTuple):
    """Sections for the draft, and for each the text that it may replace."""

    sections: tuple[Section, ...] = ()
    replaces: tuple[tuple[str, str], ...] = ()


def brief_in(context: StepContext) -> Brief:
    return brief_of(context.job.args["brief"])


def has_text(draft: Draft, key: str) -> bool:
    section = draft.section(key)
    return section is not None and bool(section.text)


def untouched(context: StepContext, draft: Draft, key: str) -> bool:
    now = draft.section(key)
    if now is None:
        return False
    drafted = [drafted_of(r) for name in (f"section:{key}", f"repair:{key}", key) if (r := context.results.get(name))]
    return now.text in {"", *(one.text.strip() for one in drafted)}


def cited_in(sections: Iterable[Section]) -> list[str]:
    return cited_ids("\n".join(section.text for section in sections))


async def remembered(
    context: StepContext, key: str, write: Callable[[], Awaitable[Drafted]]
) -> tuple[Drafted, tuple[tuple[str, JsonObject], ...]]:
    """What was kept under the key, else what `write` makes, and what is to be kept."""
    if (kept := await context.kept(key)) is not None:
        drafted = drafted_of(kept)
        context.show(drafted.text)
        return drafted, ((key, kept),)
    drafted = await write()
    return drafted, ((key, drafted_json(drafted)),)
