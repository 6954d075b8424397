"""The whole of a call, waits and retries included, ends by a certain time."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from writer.domain.completions import CompletionRequest, Provider, StreamEvent, TextDelta
from writer.domain.errors import ProviderTimeout, StreamInterrupted
from writer.providers.timing import Patience


class Deadline:
    def __init__(self, inner: Provider, whole_s: float) -> None:
        self.route = inner.route
        self._inner = inner
        self._whole_s = whole_s

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        patience = Patience()
        due = asyncio.get_running_loop().time() + self._whole_s
        kept: list[str] = []
        async with aclosing(self._inner.stream(request)) as events:
            try:
                while True:
                    event = await patience.wait(anext(events), due)
                    if type(event) is TextDelta:
                        kept.append(event.text)
                    yield event
            except StopAsyncIteration:
                return
            except TimeoutError as late:
                message = f"the reply was not complete within {self._whole_s:g} seconds."
                if kept:
                    raise StreamInterrupted(self.route, message, text="".join(kept)) from late
                raise ProviderTimeout(self.route, message) from late
            finally:
                patience.end()
