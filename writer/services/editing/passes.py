"""Something done to a whole draft, part by part, so that the first hunks are there at once."""

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from writer.domain.actors import Actor
from writer.domain.completions import Caller, Message
from writer.domain.drafts import Draft, count_words
from writer.domain.errors import WriterError
from writer.domain.hunks import Hunk, diff
from writer.domain.tokens import utf16_length
from writer.services.budgets import Call, both, of_words
from writer.services.drafts import Drafts
from writer.services.editing import lines
from writer.services.editing.asks import Ask, PassAsk, checked_pass
from writer.services.editing.lines import Line, Put
from writer.services.editing.model import ModelEditor, messages, prompt_of
from writer.services.editing.rules import pass_over
from writer.services.editing.service import NOTHING, Editing, Made, caller_of, spent_on
from writer.services.usage import UsageBook

_PARAGRAPHS = re.compile(r"(?<=\n)(?=#{1,6} )|(?<=\n\n)(?=\S)|(?<=\r\n\r\n)(?=\S)")
_PART = 4_000
_LEAST_WORDS = 12
_NOT_ASKED = "estimated"
_PROMPTS = {"brevity": "brevity", "style-guide": "style"}
_NO_GUIDE = "Follow the usual rules of good style in the passage's language; be consistent in spelling and punctuation."


@dataclass(frozen=True, slots=True)
class Part:
    """`at` and `at16` are where it begins in its section, or in the whole text where `section` is ""."""

    section: str
    at: int
    at16: int
    text: str


@dataclass(frozen=True, slots=True)
class PreparedPass:
    ask: PassAsk
    by: Actor
    draft: Draft
    parts: tuple[Part, ...]
    editor: ModelEditor | None = None

    @property
    def whole(self) -> str:
        return "".join(part.text for part in self.parts)

    def ask_for(self, number: int, text: str) -> Ask:
        """Of a model, about the part of that number as the rules have left it."""
        return Ask(
            self.ask.id,
            self.ask.draft_id,
            "own",
            text,
            before=self.parts[number - 1].text if number else "",
            after=self.parts[number + 1].text if number + 1 < len(self.parts) else "",
            instruction=self.ask.instruction.strip() or _NO_GUIDE,
        )


class Passes:
    """`in_style` puts a part of a draft into its owner's own style, by rules."""

    def __init__(
        self,
        drafts: Drafts,
        editing: Editing,
        book: UsageBook,
        in_style: Callable[[Draft], Callable[[str], str]] = lambda draft: lambda part: part,
    ) -> None:
        self._in_style = in_style
        self._drafts = drafts
        self._editing = editing
        self._book = book

    def prepare(self, ask: PassAsk, by: Actor) -> PreparedPass:
        prepared = self._read(checked_pass(ask), by)
        self._editing.check_new(ask.draft_id, ask.id)
        return replace(prepared, editor=self._editing.editor(by, ask.route) if ask.model else None)

    def calls(self, draft_id: str, name: str, by: Actor) -> list[Call]:
        """What a model would be asked for the draft as it is saved: to be priced before it is."""
        prepared = self._read(checked_pass(PassAsk(_NOT_ASKED, draft_id, name, model=True)), by)
        prompt, voice = prompt_of(_PROMPTS[name]), self._editing.voice(prepared.draft)
        return [
            _call(messages(prepared.ask_for(number, part.text), prompt, voice), part.text)
            for number, part in enumerate(prepared.parts)
            if count_words(part.text) >= _LEAST_WORDS
        ]

    def _read(self, ask: PassAsk, by: Actor) -> PreparedPass:
        draft = self._drafts.open(ask.draft_id, by)
        texts = [("", ask.text)] if ask.text is not None else [(one.key, one.text) for one in draft.sections]
        return PreparedPass(ask, by, draft, tuple(part for key, text in texts for part in _parts(key, text)))

    async def run(self, prepared: PreparedPass, put: Put) -> None:
        """Puts lines until “done”. What was put before an error or a stop can still be decided."""
        ask, begun = prepared.ask, perf_counter()
        caller = caller_of(prepared.by, ask.draft_id, ask.name, ask.id)
        made = Made(route=prepared.editor.route if prepared.editor else "built-in")
        put(lines.begin(ask.id, made.route))
        with self._book.receipt(caller) as events:
            run = _Run(self._editing, prepared, caller, put, made, self._in_style)
            kept = ""
            try:
                await run.all()
            except WriterError as problem:
                put(lines.error(problem))
            finally:
                spent = spent_on(events, (perf_counter() - begun) * 1000)
                keep = self._editing.keep
                kept = await asyncio.to_thread(keep, prepared.by, ask.draft_id, ask.id, ask.name, run.made, spent)
        if not kept:
            put(lines.note(NOTHING))
        put(lines.done(kept, run.made.route, run.made.prompt_version, spent))


class _Run:
    """One pass over one draft."""

    def __init__(
        self,
        editing: Editing,
        prepared: PreparedPass,
        caller: Caller,
        put: Put,
        made: Made,
        in_style: Callable[[Draft], Callable[[str], str]],
    ) -> None:
        self._in_style = in_style
        self._editing = editing
        self._prepared = prepared
        self._caller = caller
        self._put = put
        self.made = made

    async def all(self) -> None:
        prepared = self._prepared
        change = await asyncio.to_thread(self._change)
        for number, part in enumerate(prepared.parts):
            proposal = await asyncio.to_thread(change, part.text)
            if prepared.editor is not None and count_words(part.text) >= _LEAST_WORDS:
                proposal = await self._by_model(number, proposal, prepared.editor)
            self._offer(number, part, await asyncio.to_thread(diff, part.text, proposal))

    def _change(self) -> Callable[[str], str]:
        """The writer's own rules have the last word."""
        prepared = self._prepared
        by_rules = pass_over(prepared.ask.name, prepared.whole, prepared.draft.brief.language)
        if prepared.ask.name != "style-guide":
            return by_rules
        own = self._in_style(prepared.draft)
        return lambda part: own(by_rules(part))

    async def _by_model(self, number: int, text: str, editor: ModelEditor) -> str:
        prepared = self._prepared
        ask, prompt_id = prepared.ask_for(number, text), _PROMPTS[prepared.ask.name]
        proposed, version = await self._editing.proposed(
            ask, prepared.draft, editor, self._caller, _silent(self._put), prompt_id
        )
        self.made = replace(self.made, route=proposed.route, prompt_version=version)
        for sentence in proposed.notes:
            self._put(lines.note(sentence))
        return proposed.text

    def _offer(self, number: int, part: Part, hunks: tuple[Hunk, ...]) -> None:
        first = len(self.made.hunks)
        self.made = replace(self.made, hunks=(*self.made.hunks, *hunks))
        place = {"section": part.section, "part": number + 1, "of": len(self._prepared.parts)}
        made = lines.hunks_json(part.text, hunks, first, part.at, part.at16)
        self._put({"type": "hunks", **place, "proposal": "", "hunks": made})


def _call(asked: Sequence[Message], text: str) -> Call:
    """At the least the passage comes back as long as it was; at the most every second part is asked for again."""
    return Call(both(sum(len(message.content) for message in asked)), of_words(count_words(text)), (1, 1.5))


def _silent(put: Put) -> Put:
    """Parts come as hunks: nothing is shown of a part while it is written."""

    def putting(line: Line) -> None:
        if line["type"] not in ("delta", "restart"):
            put(line)

    return putting


def _parts(section: str, text: str) -> Iterator[Part]:
    """Whole paragraphs, up to some length; code keeps its paragraphs together."""
    start = at16 = 0
    for end in _ends(text):
        yield Part(section, start, at16, text[start:end])
        at16 += utf16_length(text[start:end])
        start = end


def _ends(text: str) -> Iterator[int]:
    start = 0
    for cut in [*(match.start() for match in _PARAGRAPHS.finditer(text)), len(text)]:
        is_heading = text[cut : cut + 1] == "#"
        if (cut - start >= _PART or is_heading or cut == len(text)) and cut > start and not _in_fence(text[start:cut]):
            yield cut
            start = cut
    if start < len(text):
        yield len(text)


def _in_fence(text: str) -> bool:
    return len(re.findall(r"^[ \t]*(?:```|~~~)", text, re.MULTILINE)) % 2 == 1
