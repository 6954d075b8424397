"""The drafter that has a model write: outline, plan, sections, and the parts that need the finished text."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from writer.domain.briefs import Brief
from writer.domain.completions import Caller, CompletionRequest, Message, Provider, Purpose
from writer.domain.drafting import Drafted, Headline, SectionContract, Show, WrittenBody
from writer.domain.errors import ProviderError, ReplyInvalid
from writer.domain.outlines import ArticlePlan, Outline
from writer.domain.sources import Passage
from writer.services.articles import material
from writer.services.articles.asking import Asking, said
from writer.services.articles.codec import digest_of
from writer.services.articles.content_types import type_of
from writer.services.articles.headlines import in_bounds, plain_headline
from writer.services.articles.outline_reply import outline_in
from writer.services.articles.plan_reply import PLAN_SCHEMA, plan_in
from writer.services.articles.plans import mended, plain_plan
from writer.services.articles.prompts import all_versions, prompts
from writer.services.articles.replies import headline_in
from writer.services.articles.section_writing import (
    ROOM_TO_THINK,
    LengthRule,
    SectionWriting,
    StyleOf,
    VoiceOf,
    no_style,
    no_voice,
)

_EXCERPT = 420
_OUTLINE_WORDS = 1_500
_OUTLINE_TOKENS = ROOM_TO_THINK + 3_000
_PLAN_TOKENS = ROOM_TO_THINK + 8_000
_HEADLINE_SCHEMA = (
    '{"additionalProperties":false,"properties":{"description":{"type":"string"},"title":{"type":"string"}},'
    '"required":["title","description"],"type":"object"}'
)


class ModelDrafter:
    """`provider` already is wrapped: retries, breaker, limits and fallback are not this one's business. `style` gives
    the rules of the style guide that a brief goes by; `rules` are those of all the writer's guides: a change of theirs
    makes another text. `voice` says what is known of the voice that a brief names, which never changes under its id."""

    def __init__(
        self,
        provider: Provider,
        *,
        length: LengthRule | None = None,
        style: StyleOf = no_style,
        rules: Sequence[str] = (),
        voice: VoiceOf = no_voice,
    ) -> None:
        rule = length or LengthRule()
        self._asking = Asking(provider)
        self._style = style
        self._voice = voice
        self._writing = SectionWriting(self._asking, rule, self._style, voice)
        self.name = provider.route
        self.identity = f"{provider.route}/{digest_of(all_versions(), rule.off_by, *rules)[:12]}"

    async def outline(self, brief: Brief, evidence: Sequence[Passage], caller: Caller, show: Show) -> Outline:
        request = CompletionRequest(
            prompts()["outline"].messages(
                sources=material.source_blocks(evidence, _EXCERPT),
                brief=material.brief_text(brief, self._style(brief), self._voice(brief)),
                content_type=material.type_text(type_of(brief)),
                sections=_sections_wanted(brief),
                words=str(brief.words),
            ),
            Purpose.OUTLINE,
            caller,
            max_output_tokens=_OUTLINE_TOKENS,
            prompt_version=prompts()["outline"].version,
        )
        reply = await self._asking.prose(request, show, _OUTLINE_WORDS)
        if outline := outline_in(reply.text, brief.topic):
            return outline
        show.restart()
        again = said(request, reply.text, prompts()["outline-again"].messages())
        reply = await self._asking.prose(again, show, _OUTLINE_WORDS)
        if outline := outline_in(reply.text, brief.topic):
            return outline
        raise ReplyInvalid(f"{reply.route} was asked twice and gave no outline. Go on to try again, or choose another.")

    async def plan(
        self, brief: Brief, outline: Outline, evidence: Mapping[str, Sequence[Passage]], caller: Caller
    ) -> ArticlePlan:
        request = CompletionRequest(
            _plan_messages(
                brief, outline, evidence, material.brief_text(brief, self._style(brief), self._voice(brief))
            ),
            Purpose.PLAN,
            caller,
            temperature=0.2,
            max_output_tokens=_PLAN_TOKENS,
            reply_schema=PLAN_SCHEMA,
            prompt_version=prompts()["plan"].version,
            patient=True,
        )
        reply = await self._asking.value(request)
        plan = plan_in(reply.text, brief, outline, evidence)
        if plan and not plan.faults(brief.must_include, brief.words):
            return plan
        faults = plan.faults(brief.must_include, brief.words) if plan else ["It is not a JSON object of that form."]
        then = prompts()["plan-again"].messages(faults=material.bullets(faults))
        with suppress(ReplyInvalid, ProviderError):  # a second opinion is not worth losing the article for
            reply = await self._asking.value(said(request, reply.text, then))
        better = plan_in(reply.text, brief, outline, evidence) or plan
        return mended(better, brief) if better else plain_plan(brief, outline, evidence)

    async def section(self, contract: SectionContract, caller: Caller, show: Show) -> Drafted:
        return await self._writing.section(contract, caller, show)

    async def repair(
        self, contract: SectionContract, text: str, faults: Sequence[str], caller: Caller, show: Show
    ) -> Drafted:
        return await self._writing.repair(contract, text, faults, caller, show)

    async def introduction(self, body: WrittenBody, caller: Caller, show: Show) -> Drafted:
        return await self._writing.from_body("introduction", Purpose.INTRODUCTION, body, caller, show)

    async def conclusion(self, body: WrittenBody, caller: Caller, show: Show) -> Drafted:
        return await self._writing.from_body("conclusion", Purpose.CONCLUSION, body, caller, show)

    async def headline(self, body: WrittenBody, caller: Caller) -> Headline:
        """A reply that holds no title gives the approved working title and the thesis."""
        prompt = prompts()["headline"]
        messages = prompt.messages(
            brief=material.brief_text(body.brief, self._style(body.brief), self._voice(body.brief)),
            content_type=material.type_text(type_of(body.brief)),
            text=material.body_text(body),
            title=body.outline.title,
            sections=material.counted(len(body.sections), "section"),
            most_title=str(type_of(body.brief).most_title),
            description_bounds="{} to {}".format(*type_of(body.brief).description_bounds),
        )
        request = CompletionRequest(
            messages,
            Purpose.TITLE,
            caller,
            max_output_tokens=ROOM_TO_THINK + 600,
            reply_schema=_HEADLINE_SCHEMA,
            prompt_version=prompt.version,
            patient=True,
        )
        reply = await self._asking.value(request)
        headline = headline_in(reply.text) or plain_headline(body)
        return in_bounds(headline, body, reply.route, prompt.version)


def _plan_messages(
    brief: Brief, outline: Outline, evidence: Mapping[str, Sequence[Passage]], told: str
) -> tuple[Message, ...]:
    passages = {passage.id: passage for found in evidence.values() for passage in found}
    return prompts()["plan"].messages(
        sources=material.source_blocks(passages.values(), _EXCERPT),
        brief=told,
        outline=material.outline_text(outline),
        evidence=material.evidence_text(outline, evidence),
        must_include=material.bullets(brief.must_include),
        words=str(brief.words),
        legal_ids=material.legal_ids(passages),
    )


def _sections_wanted(brief: Brief) -> str:
    """How many: what a list's own number says, else about one for every 200 words."""
    extra = dict(brief.extra)
    number = extra.get("items", "").strip()
    if type_of(brief).counts_sections_in_title and number.isdigit() and 1 <= int(number) <= 24:
        return f"exactly {number} sections, one for each item"
    return material.counted(min(12, max(3, round(brief.words / 200))), "section")
