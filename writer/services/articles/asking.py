"""One question to a model: streamed to the reader, continued when it was cut, begun again once when the line broke."""

import re
from contextlib import aclosing
from dataclasses import dataclass, replace

from writer.domain.completions import CompletionRequest, Finished, Message, Provider, StopReason, TextDelta
from writer.domain.drafting import Show
from writer.domain.drafts import count_words
from writer.domain.errors import BudgetReached, ReplyInvalid, StreamInterrupted
from writer.domain.repetition import Loop, first_of_repetition
from writer.domain.text import joined_surrogates, sentences
from writer.services.articles.prompts import prompts

KEPT_REPLY = "From the reply cache: the same was asked before, and nothing was paid for it now."
_LOOK_EVERY = 100
_LOOP = Loop(times=4, least=300, longest=600)
"""Sooner than what providers' replies are cut for: here the text is known to be prose of a certain length."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole reply. `notes` are sentences for the writer."""

    text: str
    route: str
    stop_reason: StopReason
    notes: tuple[str, ...] = ()


class Hidden:
    """Shows nothing: for replies that are not prose."""

    def __call__(self, delta: str) -> None:
        pass

    def restart(self) -> None:
        pass


class Visible:
    """Passes prose on and holds back replies that are a JSON value."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._held = ""
        self._open = False

    def __call__(self, delta: str) -> None:
        if self._open:
            self._show(delta)
            return
        self._held += delta
        text = self._held.lstrip()
        if text and not text.startswith(("{", "`")):
            self._open = True
            self._show(text)


class Asking:
    """`continuations`: how often a reply that ran into its length limit is taken up again."""

    def __init__(self, provider: Provider, continuations: int = 3) -> None:
        self._provider = provider
        self._continuations = continuations

    async def prose(self, request: CompletionRequest, show: Show, words: int) -> Reply:
        """Raises ReplyInvalid when nothing usable came, StreamInterrupted when the line broke twice."""
        reply = await self._restarted_once(request, show, words)
        if not reply.text.strip():
            show.restart()
            reply = await self._restarted_once(said(request, "", prompts()["empty"].messages()), show, words)
        if not reply.text.strip():
            raise ReplyInvalid(f"{reply.route} answered with nothing, twice. Go on to try again, or choose another.")
        return self._noted(reply)

    async def value(self, request: CompletionRequest) -> Reply:
        """A reply that a program reads: not shown, and not continued, since half a value is none."""
        return self._noted(await self._restarted_once(request, Hidden(), 0))

    def _noted(self, reply: Reply) -> Reply:
        if reply.route == self._provider.route:
            return reply
        note = f"This was written by {reply.route}, because {self._provider.route} was not available."
        return replace(reply, notes=(*reply.notes, note))

    async def _restarted_once(self, request: CompletionRequest, show: Show, words: int) -> Reply:
        try:
            return await self._whole(request, show, words)
        except StreamInterrupted as broken:
            show.restart()
            reply = await self._whole(request, show, words)
            note = f"The connection to {broken.route} broke while this was written; it was begun again."
            return replace(reply, notes=(note, *reply.notes))

    async def _whole(self, request: CompletionRequest, show: Show, words: int) -> Reply:
        reply = await self._streamed(request, show, words)
        for _ in range(self._continuations if words else 0):
            if reply.stop_reason is not StopReason.LENGTH or not reply.text.strip():
                break
            kept = whole_sentences(reply.text)
            show.restart()
            show(f"{kept} ")
            try:
                more = await self._streamed(said(request, kept, prompts()["continue"].messages()), show, words)
            except BudgetReached as reached:  # what came is paid for
                return replace(reply, text=kept, notes=(*reply.notes, f"It ends early: {reached}"))
            reply = replace(more, text=joined(kept, more.text), notes=(*reply.notes, *more.notes))
        if words and reply.stop_reason is StopReason.LENGTH:
            note = "The model kept running into its length limit; the text ends at its last whole sentence."
            reply = replace(reply, text=whole_sentences(reply.text), notes=(*reply.notes, note))
        return reply

    async def _streamed(self, request: CompletionRequest, show: Show, words: int) -> Reply:
        pieces: list[str] = []
        visible = Visible(show)
        finished: Finished | None = None
        watch = _Watch(words)
        async with aclosing(self._provider.stream(request)) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    pieces.append(event.text)
                    visible(event.text)
                    if words and watch.has_run_away(pieces, len(event.text)):
                        break
                elif isinstance(event, Finished):
                    finished = event
        text = joined_surrogates("".join(pieces))
        if watch.note:
            return Reply(watch.cut(text), self._provider.route, StopReason.STOP, (watch.note,))
        if finished is None:
            raise ReplyInvalid("The reply broke off: the provider never said that it was finished.")
        if finished.stop_reason is StopReason.CONTENT_FILTER:
            raise ReplyInvalid(
                f"{finished.route} refused to write this (its content filter). Change the brief or route."
            )
        notes = (KEPT_REPLY,) if finished.cached else ()
        return Reply(text, finished.route, finished.stop_reason, notes)


class _Watch:
    """Stops a stream that goes round in circles, or that writes far more than it was asked for, and keeps what was
    good of it. The wrappers round providers watch too, later, and then throw all of it away."""

    def __init__(self, words: int) -> None:
        self._most = 2 * words + 100
        self._unseen = 0
        self._period = 0
        self.note = ""

    def has_run_away(self, pieces: list[str], came: int) -> bool:
        self._unseen += came
        if self._unseen < _LOOK_EVERY:
            return False
        self._unseen = 0
        text = "".join(pieces)
        self._period = _LOOP.period(text)
        if self._period:
            self.note = "The model began to repeat itself and was stopped; the text ends before the repetition."
        elif count_words(text) > self._most:
            self.note = "The model wrote more than twice what was asked and was stopped there."
        return bool(self.note)

    def cut(self, text: str) -> str:
        return whole_sentences(first_of_repetition(text, self._period))


def said(request: CompletionRequest, reply: str, then: tuple[Message, ...]) -> CompletionRequest:
    """The same conversation, one exchange further."""
    answer = (Message("assistant", reply),) if reply else ()
    return replace(request, messages=(*request.messages, *answer, *then))


def whole_sentences(text: str) -> str:
    """Up to the end of the last sentence that is complete; all of it when there is none."""
    text = text.rstrip()
    head, _, last = text.rpartition("\n")
    parts = sentences(last)
    if parts and not _ends(parts[-1]):
        last = last[: last.rindex(parts[-1])].rstrip()
    kept = f"{head}\n{last}".strip() if last.strip() else head.strip()
    return kept or text.strip()


def _ends(sentence: str) -> bool:
    return re.search(r"[.!?…:][\"'”’)\]]*(?:\s*\[\[[^\[\]]*\]\])*\Z", sentence) is not None


def joined(kept: str, more: str) -> str:
    """Two halves of one text, without what the second says again of the end of the first."""
    start = more.lstrip()
    for size in range(min(len(kept), len(start), 400), 15, -1):
        if kept.endswith(start[:size]):
            start = start[size:].lstrip()
            break
    gap = "\n\n" if more[: len(more) - len(more.lstrip())].count("\n") or start.startswith(("#", "-", "|")) else " "
    return f"{kept}{gap}{start}".strip()
