"""Text that can be shown and kept: no thoughts, no halves of characters, no NUL, no endless repetition, no flood."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from writer.domain.completions import CompletionRequest, Finished, Provider, StopReason, StreamEvent, TextDelta
from writer.domain.errors import StreamInterrupted
from writer.providers.clean import Joined, Spoken
from writer.providers.estimates import CHARACTERS_PER_TOKEN, estimate
from writer.providers.loops import Repetition, without_repetition

_ROOM_TO_THINK = 8192


class Tidied:
    """Under Retried: a reply that breaks off while it is still thinking has shown nothing, and may be asked again."""

    def __init__(self, inner: Provider) -> None:
        self.route = inner.route
        self._inner = inner

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        joined, spoken, repetition = Joined(), Spoken(), Repetition()
        allowed = 2 * request.max_output_tokens * CHARACTERS_PER_TOKEN
        room = allowed + _ROOM_TO_THINK * CHARACTERS_PER_TOKEN
        shown: list[str] = []
        said = heard = 0
        async with aclosing(self._inner.stream(request)) as events:
            async for event in events:
                if type(event) is not TextDelta:
                    if isinstance(event, Finished) and (rest := spoken.rest(joined.rest())):
                        yield TextDelta(rest)
                    yield event
                    continue
                raw = joined.add(event.text)
                heard += len(raw)
                text = spoken.add(raw)
                if text:
                    said += len(text)
                    shown.append(text)
                    yield TextDelta(text)
                if repetition.add(raw):
                    said_once = without_repetition("".join(shown))
                    raise StreamInterrupted(self.route, "the model kept repeating itself.", text=said_once)
                if said > allowed or heard > room:
                    yield Finished(estimate(request, heard), self.route, StopReason.LENGTH)
                    return
