"""A model answers: from the passages it is shown, with their ids, or it says that they do not hold the answer."""

from collections.abc import Sequence
from dataclasses import replace

from writer.domain.citations import Checked, cited_ids, only_known
from writer.domain.completions import Caller, CompletionRequest, Provider, Purpose, StopReason
from writer.domain.drafting import Show
from writer.domain.drafts import count_words
from writer.domain.errors import ProviderError, ReplyInvalid, StreamInterrupted
from writer.domain.questions import Answer, Refusal
from writer.domain.sources import Passage
from writer.services.articles import material
from writer.services.articles.asking import Asking, Reply, said, whole_sentences
from writer.services.articles.prompts import prompts
from writer.services.articles.replies import gap_in, prose_in
from writer.services.articles.section_writing import ROOM_TO_THINK
from writer.services.questions.refusing import refusal_in

WORDS = 250
_CUT = StopReason.LENGTH
UNCITED = "No sentence of this answer names its source: nothing in it could be checked."
_TAKEN_OUT = "The answer cited {ids}, which no passage here has; that was taken out."


class ModelAnswerer:
    """`provider` already is wrapped: retries, breaker, limits and fallback are not this one's business."""

    def __init__(self, provider: Provider) -> None:
        self._asking = Asking(provider)
        self.name = provider.route

    async def answer(self, question: str, passages: Sequence[Passage], caller: Caller, show: Show) -> Answer:
        request, legal = _request(question, passages, caller), [passage.id for passage in passages]
        reply = await self._reply(request, show)
        made = Answer("", reply.route, request.prompt_version, notes=reply.notes)
        if not cited_ids(prose_in(reply.text)) and (refused := refusal_in(reply.text)):
            show.restart()
            return made.refused(refused)
        checked = await self._with_known_ids(request, reply, legal, show)
        if not cited_ids(checked.text) and reply.stop_reason is not _CUT:
            checked, refused = await self._asked_for_citations(request, checked, legal, show)
            if refused:
                show.restart()
                return made.refused(refused)
        flags = (_TAKEN_OUT.format(ids=", ".join(checked.unknown)),) if checked.unknown else ()
        uncited = () if cited_ids(checked.text) else (UNCITED,)
        return replace(made, text=checked.text, flags=(*uncited, *flags))

    async def _reply(self, request: CompletionRequest, show: Show) -> Reply:
        """What came before the line broke for the second time is kept, with a sentence that it is not all."""
        try:
            return await self._asking.prose(request, show, WORDS)
        except StreamInterrupted as broken:
            kept = whole_sentences(broken.text).strip()
            if not kept or kept.startswith("{"):
                raise
            note = f"The connection to {broken.route} broke twice: this is what had come. Ask again for all of it."
            return Reply(kept, broken.route, stop_reason=_CUT, notes=(note,))

    async def _with_known_ids(
        self, request: CompletionRequest, reply: Reply, legal: Sequence[str], show: Show
    ) -> Checked:
        """One question about ids that do not exist; the answer counts when it has fewer and lost no good one."""
        before = _checked(reply.text, legal)
        if not before.unknown or reply.stop_reason is _CUT:
            return before
        then = prompts()["answer-citations"].messages(
            unknown=", ".join(before.unknown), legal_ids=material.legal_ids(legal)
        )
        show.restart()
        try:
            again = await self._asking.prose(said(request, reply.text, then), show, WORDS)
        except (ReplyInvalid, ProviderError):  # the text in hand is good enough to keep, and has been paid for
            return before
        after = _checked(again.text, legal)
        kept = set(cited_ids(before.text)) <= set(cited_ids(after.text))
        whole = not gap_in(again.text) and 2 * count_words(after.text) > count_words(before.text)
        return after if kept and whole and len(after.unknown) < len(before.unknown) else before

    async def _asked_for_citations(
        self, request: CompletionRequest, before: Checked, legal: Sequence[str], show: Show
    ) -> tuple[Checked, Refusal | None]:
        """One question to a model that cited nothing: it may cite after all, or say that the sources are silent."""
        then = prompts()["answer-uncited"].messages(legal_ids=material.legal_ids(legal))
        show.restart()
        try:
            again = await self._asking.prose(said(request, before.text, then), show, WORDS)
        except (ReplyInvalid, ProviderError):
            return before, None
        after = _checked(again.text, legal)
        if cited_ids(after.text):
            return after, None
        return before, refusal_in(again.text)


def _checked(text: str, legal: Sequence[str]) -> Checked:
    return only_known(prose_in(text), set(legal).__contains__)


def _request(question: str, passages: Sequence[Passage], caller: Caller) -> CompletionRequest:
    prompt = prompts()["answer"]
    messages = prompt.messages(
        sources=material.source_blocks(passages),
        question=question,
        words=str(WORDS),
        legal_ids=material.legal_ids(passage.id for passage in passages),
    )
    return CompletionRequest(
        messages,
        Purpose.ASKING,
        caller,
        temperature=0.2,
        max_output_tokens=ROOM_TO_THINK + 4 * WORDS,
        prompt_version=prompt.version,
    )
