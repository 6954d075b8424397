"""Asking a model: the selection and two paragraphs round it go out, only the replacement comes back."""

from collections.abc import Sequence
from dataclasses import dataclass

from writer.domain.briefs import Brief
from writer.domain.completions import Caller, CompletionRequest, Message, Provider, Purpose
from writer.domain.drafting import Show
from writer.domain.drafts import count_words
from writer.domain.text import joined_surrogates
from writer.services.articles.asking import Asking
from writer.services.articles.prompts import Prompt, prompts
from writer.services.articles.section_writing import ROOM_TO_THINK
from writer.services.editing.actions import LANGUAGES
from writer.services.editing.asks import Ask, mark_for
from writer.services.editing.replies import may_be_remark, replacement_in

_CONTINUED_WORDS = 120
_LEAST_WORDS = 20
_TOKENS_PER_CHARACTER = 0.6
_SPARE_TOKENS = 400


@dataclass(frozen=True, slots=True)
class Proposed:
    text: str
    route: str
    notes: tuple[str, ...]


class ModelEditor:
    """`provider` already is wrapped: retries, breaker, limits and fallback are not this one's business."""

    def __init__(self, provider: Provider) -> None:
        self._asking = Asking(provider, continuations=2)
        self.route = provider.route

    async def proposal(self, ask: Ask, prompt: Prompt, voice: str, caller: Caller, show: Show) -> Proposed:
        """Raises ProviderError or ReplyInvalid."""
        words = words_for(ask)
        request = CompletionRequest(
            messages(ask, prompt, voice),
            Purpose.EDIT,
            caller,
            temperature=0.1 if ask.action == "grammar" else 0.5,
            max_output_tokens=ROOM_TO_THINK + _SPARE_TOKENS + int(_room(ask, words) * _TOKENS_PER_CHARACTER),
            prompt_version=prompt.version,
            action=ask.action,
        )
        most = max(words, count_words(ask.text), _LEAST_WORDS)
        reply = await self._asking.prose(request, Preview(show), 2 * most)
        found = replacement_in(reply.text, ask)
        return Proposed(found.text, reply.route, (*reply.notes, *found.notes))


class Preview:
    """Shows a reply once it is sure that it is not a remark about the reply."""

    def __init__(self, show: Show) -> None:
        self._show = show
        self._held = ""
        self._open = False

    def __call__(self, delta: str) -> None:
        if self._open:
            self._show(delta)
            return
        self._held += delta
        if not may_be_remark(self._held):
            self._open = True
            self._show(self._held)

    def restart(self) -> None:
        self._held = ""
        self._open = False
        self._show.restart()


def prompt_of(action: str) -> Prompt:
    return prompts()[f"edit-{action}"]


def words_for(ask: Ask) -> int:
    if ask.action == "continue":
        return _CONTINUED_WORDS
    return max(1, round(count_words(ask.text) * ask.kind.words))


def messages(ask: Ask, prompt: Prompt, voice: str) -> tuple[Message, ...]:
    before, after = ask.context
    text = joined_surrogates(ask.text)
    return prompt.messages(
        mark=mark_for(text, before, after),
        voice=voice,
        before=joined_surrogates(before),
        text=text if ask.action == "continue" else text.strip(),
        after=joined_surrogates(after),
        instruction=joined_surrogates(ask.instruction).strip(),
        language=_language(ask.language),
        words=str(words_for(ask)),
    )


def voice_of(brief: Brief, style: Sequence[str] = (), learnt: Sequence[str] = ()) -> str:
    """What the brief, the writer's style guide and the voice that was learnt say about how the text is to sound."""
    fields = (
        ("Reader", brief.reader),
        ("Tone", brief.tone),
        ("Point of view", brief.point_of_view),
        ("Reading level", brief.reading_level),
        ("Never claim", "; ".join(brief.avoid)),
    )
    lines = [f"{label}: {value}" for label, value in fields if value]
    lines += [f"Style guide: {rule}" for rule in style]
    lines += [f"Voice: {sentence}" for sentence in learnt]
    return "\n".join(["<voice>", *lines, "</voice>"]) if lines else ""


def _room(ask: Ask, words: int) -> int:
    """In characters: twice what is asked for."""
    return max(2 * len(ask.text), 12 * words)


def _language(code: str) -> str:
    return next((choice.label for choice in LANGUAGES if choice.value == code), joined_surrogates(code).strip())
