"""One attempt's silence is bounded: to the first token, and between chunks. And it ends properly, or fails."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from writer.domain.completions import CompletionRequest, Finished, Provider, StreamEvent
from writer.domain.errors import ProviderTimeout, ProviderUnavailable
from writer.providers.timing import Patience


class Watched:
    """Inside Metered and Guarded, so that a silent service is counted as a failure and not as the reader's Stop."""

    def __init__(self, inner: Provider, first_token_s: float, idle_s: float) -> None:
        self.route = inner.route
        self._inner = inner
        self._first_token_s = first_token_s
        self._idle_s = idle_s

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        patience = Patience()
        now = asyncio.get_running_loop().time
        limit = self._first_token_s
        async with aclosing(self._inner.stream(request)) as events:
            try:
                while True:
                    event = await patience.wait(anext(events), now() + limit)
                    limit = self._idle_s
                    yield event
                    if isinstance(event, Finished):
                        return
            except StopAsyncIteration as ended:
                raise ProviderUnavailable(self.route, "the reply ended without saying that it was complete.") from ended
            except TimeoutError as silent:
                raise ProviderTimeout(self.route, f"nothing came from the service for {limit:g} seconds.") from silent
            finally:
                patience.end()
