"""A section as a model writes it: citations checked, length counted, gaps kept as values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from writer.domain.briefs import Brief
from writer.domain.citations import TOKEN, Checked, cited_ids, ids_of, only_known
from writer.domain.completions import Caller, CompletionRequest, Message, Purpose
from writer.domain.drafting import Drafted, SectionContract, Show, WrittenBody
from writer.domain.drafts import Gap, count_words
from writer.domain.errors import ProviderError, ReplyInvalid
from writer.domain.text import sentences
from writer.services.articles import material
from writer.services.articles.asking import Asking, Reply, said
from writer.services.articles.content_types import type_of
from writer.services.articles.prompts import Prompt, prompts
from writer.services.articles.replies import cited, gap_in, prose_in

_SHARE_OF_FRONT = 0.06
UNSOURCED = "Written without sources: nothing in this section has been checked."

# Models that think spend their thoughts from the same allowance. What is written too much is stopped as it comes.
ROOM_TO_THINK = 3_000
UNCITED = "No sentence of this section names its source."


@dataclass(frozen=True, slots=True)
class LengthRule:
    """A part that is off its word target by more than this share is made longer or shorter, once."""

    off_by: float = 0.25

    def is_off(self, now: int, wanted: int) -> bool:
        return abs(now - wanted) > wanted * self.off_by


@dataclass(frozen=True, slots=True)
class _Part:
    """What is being written, and the conversation about it so far."""

    request: CompletionRequest
    legal: tuple[str, ...]
    words: int
    heading: str = ""

    @property
    def version(self) -> str:
        return self.request.prompt_version

    def checked(self, text: str) -> Checked:
        return only_known(prose_in(text, self.heading), set(self.legal).__contains__)


VoiceOf = Callable[[Brief], Sequence[str]]
StyleOf = VoiceOf


def no_voice(brief: Brief) -> Sequence[str]:
    return ()


no_style = no_voice


class SectionWriting:
    """`style` gives the rules of the style guide that a brief goes by, `voice` what is known of the voice that it
    names."""

    def __init__(
        self, asking: Asking, length: LengthRule, style: StyleOf = no_style, voice: VoiceOf = no_voice
    ) -> None:
        self._asking = asking
        self._length = length
        self._style = style
        self._voice = voice

    def _values(self, contract: SectionContract) -> dict[str, str]:
        return _values_of(contract, self._style(contract.brief), self._voice(contract.brief))

    async def section(self, contract: SectionContract, caller: Caller, show: Show) -> Drafted:
        """A section that was to have passages and has none is a gap, without asking anybody."""
        sourced = any(row.passage_ids for row in contract.plan.sections)
        if sourced and not contract.passages:
            return Drafted("", _nothing_found(contract))
        prompt = prompts()["section" if sourced else "section-unsourced"]
        part = _part_of(prompt, prompt.messages(**self._values(contract)), Purpose.SECTION, contract, caller)
        written = await self._written(part, show)
        return written if sourced or written.gap else replace(written, flags=(UNSOURCED, *written.flags))

    async def repair(
        self, contract: SectionContract, text: str, faults: Sequence[str], caller: Caller, show: Show
    ) -> Drafted:
        prompt = prompts()["repair"]
        messages = prompt.messages(**self._values(contract), text=text, faults=material.bullets(faults))
        part = _part_of(prompt, messages, Purpose.REPAIR, contract, caller)
        reply = await self._asking.prose(part.request, show, part.words)
        checked = part.checked(reply.text)
        # A repair is not worth a second one: what it spoils, it loses.
        if gap_in(reply.text) or not checked.text or checked.unknown:
            note = "The rewriting that was meant to end a repetition could not be used; the text stayed as it was."
            return Drafted(text, None, reply.route, part.version, (), (*reply.notes, note))
        return Drafted(checked.text, None, reply.route, part.version, (), reply.notes)

    async def from_body(self, name: str, purpose: Purpose, body: WrittenBody, caller: Caller, show: Show) -> Drafted:
        """Introduction and conclusion: they know the finished text and nothing else."""
        prompt, legal = prompts()[name], tuple(material.body_ids(body))
        words = min(200, max(50, round(body.brief.words * _SHARE_OF_FRONT)))
        messages = prompt.messages(
            brief=material.brief_text(body.brief, self._style(body.brief), self._voice(body.brief)),
            content_type=material.type_text(type_of(body.brief)),
            text=material.body_text(body),
            title=body.outline.title,
            words=str(words),
            legal_ids=material.legal_ids(legal),
        )
        request = CompletionRequest(
            messages,
            purpose,
            caller,
            max_output_tokens=ROOM_TO_THINK + words * 4,
            prompt_version=prompt.version,
            patient=True,
        )
        reply = await self._asking.prose(request, show, words)
        checked = only_known(prose_in(reply.text, name), set(legal).__contains__)
        return Drafted(
            checked.text, None, reply.route, prompt.version, _flags(prose_in(reply.text, name), checked), reply.notes
        )

    async def _written(self, part: _Part, show: Show) -> Drafted:
        reply = await self._asking.prose(part.request, show, part.words)
        if gap := gap_in(reply.text):
            show.restart()
            return Drafted("", gap, reply.route, part.version, (), reply.notes)
        reply = await self._with_known_ids(part, reply, show)
        reply = await self._of_length(part, reply, show)
        checked = part.checked(reply.text)
        flags = _flags(prose_in(reply.text, part.heading), checked)
        if part.legal and not cited_ids(checked.text):
            flags = (UNCITED, *flags)
        return Drafted(checked.text, None, reply.route, part.version, flags, reply.notes)

    async def _with_known_ids(self, part: _Part, reply: Reply, show: Show) -> Reply:
        """One question about ids that do not exist; the answer counts when it has fewer and lost no good one."""
        before = part.checked(reply.text)
        if not before.unknown:
            return reply
        then = prompts()["citations"].messages(
            unknown=", ".join(before.unknown), legal_ids=material.legal_ids(part.legal)
        )
        answer = await self._again(part, reply, then, show)
        after = part.checked(answer.text)
        kept = set(cited_ids(before.text)) <= set(cited_ids(after.text))
        if kept and len(after.unknown) < len(before.unknown) and count_words(after.text) * 2 > count_words(before.text):
            return answer
        return _shown(reply, before.text, show)

    async def _of_length(self, part: _Part, reply: Reply, show: Show) -> Reply:
        """One question to expand or trim; the answer counts when it is nearer and cites as well as before."""
        before = part.checked(reply.text)
        now = count_words(before.text)
        if not self._length.is_off(now, part.words):
            return reply
        how = _EXPAND if now < part.words else _TRIM
        then = prompts()["length"].messages(now=str(now), words=str(part.words), how=how)
        answer = await self._again(part, reply, then, show)
        after = part.checked(answer.text)
        nearer = abs(count_words(after.text) - part.words) < abs(now - part.words)
        if nearer and not after.unknown and bool(cited_ids(after.text)) >= bool(cited_ids(before.text)):
            return answer
        return _shown(reply, before.text, show)

    async def _again(self, part: _Part, reply: Reply, then: tuple[Message, ...], show: Show) -> Reply:
        show.restart()
        try:
            answer = await self._asking.prose(said(part.request, reply.text, then), show, part.words)
        except (ReplyInvalid, ProviderError):  # the text in hand is good enough to keep, and has been paid for
            return replace(reply, text="")
        if gap_in(answer.text):
            return replace(reply, text="")
        return replace(answer, notes=tuple(dict.fromkeys((*reply.notes, *answer.notes))))


_EXPAND = "Make it longer with what the sources hold and it does not say yet; invent nothing."
_TRIM = "Make it shorter: leave out what matters least."


def _shown(reply: Reply, text: str, show: Show) -> Reply:
    """The earlier text is the one that counts: the reader sees it again."""
    show.restart()
    show(text)
    return reply


def _part_of(
    prompt: Prompt, messages: tuple[Message, ...], purpose: Purpose, contract: SectionContract, caller: Caller
) -> _Part:
    words = contract.row.words
    request = CompletionRequest(
        messages,
        purpose,
        caller,
        max_output_tokens=ROOM_TO_THINK + words * 4,
        prompt_version=prompt.version,
        patient=True,
    )
    return _Part(request, tuple(passage.id for passage in contract.passages), words, contract.row.heading)


def _values_of(contract: SectionContract, style: Sequence[str], voice: Sequence[str]) -> dict[str, str]:
    return {
        "sources": material.source_blocks(contract.passages),
        "brief": material.brief_text(contract.brief, style, voice),
        "content_type": material.type_text(type_of(contract.brief)),
        "outline": material.outline_text(contract.outline, contract.plan),
        "row": material.row_text(contract.row),
        "neighbours": material.neighbours_text(contract),
        "heading": contract.row.heading,
        "key": contract.row.key,
        "words": str(contract.row.words),
        "legal_ids": material.legal_ids(passage.id for passage in contract.passages),
    }


def _nothing_found(contract: SectionContract) -> Gap:
    wanted = contract.row.promise or contract.row.heading
    return Gap(
        (f"No source says anything about this: {wanted}",),
        (f"{contract.brief.topic} {contract.row.heading}", *contract.row.key_points[:2]),
    )


def _flags(text: str, checked: Checked) -> tuple[str, ...]:
    """A sentence for each sentence that lost a citation."""
    unknown = set(checked.unknown)
    found = []
    for sentence in sentences(text) if unknown else ():
        ids = [id_ for token in TOKEN.finditer(sentence) for id_ in ids_of(token.group(1)) if id_ in unknown]
        if ids:
            start = " ".join(TOKEN.sub("", cited(sentence)).split())[:80].rstrip()
            found.append(f"“{start}…” cited {', '.join(ids)}, which is not among its sources; that was taken out.")
    return tuple(found)
