"""No more calls at once, and no more tokens a minute, than the provider is meant to get."""

import threading
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing
from time import monotonic

from writer.domain.completions import CompletionRequest, Finished, Provider, StreamEvent
from writer.providers.estimates import input_tokens
from writer.providers.timing import Bell, Clock, Sleep

_MINUTE = 60.0


class Bulkhead:
    """Slots and tokens of one provider, shared by all its calls on all event loops."""

    def __init__(self, slots: int, tokens_per_minute: int | None = None, *, clock: Clock = monotonic) -> None:
        self._free = slots
        self._per_minute = tokens_per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._freed = Bell()
        self._spent: deque[list[float]] = deque()

    async def enter(self) -> None:
        await self._freed.until(self._taken)

    def leave(self) -> None:
        with self._lock:
            self._free += 1
        self._freed.ring()

    def reserve(self, tokens: int) -> tuple[float, list[float] | None]:
        """(seconds to wait before asking again, 0 when reserved; the reservation to settle later)."""
        if self._per_minute is None:
            return 0.0, None
        with self._lock:
            now = self._clock()
            while self._spent and self._spent[0][0] <= now - _MINUTE:
                self._spent.popleft()
            # A request larger than a whole minute's allowance may go when nothing else was asked for.
            if self._spent and sum(entry[1] for entry in self._spent) + tokens > self._per_minute:
                return self._spent[0][0] + _MINUTE - now, None
            entry = [now, float(tokens)]
            self._spent.append(entry)
            return 0.0, entry

    def _taken(self) -> bool:
        with self._lock:
            if self._free <= 0:
                return False
            self._free -= 1
            return True


class Limited:
    def __init__(self, inner: Provider, bulkhead: Bulkhead, *, sleep: Sleep) -> None:
        self.route = inner.route
        self._inner = inner
        self._bulkhead = bulkhead
        self._sleep = sleep

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        await self._bulkhead.enter()
        try:
            reservation = await self._reserved(request)
            async with aclosing(self._inner.stream(request)) as events:
                async for event in events:
                    if reservation is not None and isinstance(event, Finished):
                        reservation[1] = event.tokens.input + event.tokens.output
                    yield event
        finally:
            self._bulkhead.leave()

    async def _reserved(self, request: CompletionRequest) -> list[float] | None:
        expected = input_tokens(request) + request.max_output_tokens
        while True:
            wait_s, reservation = self._bulkhead.reserve(expected)
            if not wait_s:
                return reservation
            await self._sleep(wait_s)
