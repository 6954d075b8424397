"""Every vendor call is counted: finished, failed and stopped ones."""

import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic

from writer.domain.completions import CompletionRequest, Finished, Provider, StreamEvent, TextDelta, Tokens
from writer.domain.errors import ProviderTimeout, WriterError
from writer.domain.usage import Outcome, UsageEvent
from writer.providers.estimates import estimate
from writer.providers.prices import PriceOf
from writer.providers.timing import Clock

Record = Callable[[UsageEvent], None]
"""Called once per vendor call, on the event loop: it must not block."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return uuid.uuid4().hex


class Metered:
    def __init__(
        self,
        inner: Provider,
        price_of: PriceOf,
        record: Record,
        *,
        clock: Clock = monotonic,
        now: Callable[[], datetime] = _utc_now,
        new_id: Callable[[], str] = _new_id,
    ) -> None:
        self.route = inner.route
        self._inner = inner
        self._price_of = price_of
        self._record = record
        self._clock = clock
        self._now = now
        self._new_id = new_id

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        call = _Call(request, self._now(), self._clock())
        try:
            async with aclosing(self._inner.stream(request)) as events:
                async for event in events:
                    if type(event) is TextDelta:
                        if call.first_at is None and event.text:
                            call.first_at = self._clock()
                        call.characters += len(event.text)
                    elif isinstance(event, Finished):
                        event = call.finished(event)
                    yield event
        except WriterError as error:
            call.error = error
            raise
        finally:
            self._record(self._event(call))

    def _event(self, call: "_Call") -> UsageEvent:
        tokens = call.used()
        cost, version = self._price_of(tokens)
        first_ms = (call.first_at - call.started) * 1000 if call.first_at is not None else None
        return UsageEvent(
            id=self._new_id(),
            at=call.at,
            caller=call.request.caller,
            route=self.route,
            purpose=call.request.purpose,
            tokens=tokens,
            cost_micros=cost,
            first_token_ms=first_ms,
            total_ms=(self._clock() - call.started) * 1000,
            outcome=call.outcome(),
            error=type(call.error).__name__ if call.error else "",
            wasted=call.error is not None and call.characters > 0,
            price_version=version,
            prompt_version=call.request.prompt_version,
            action=call.request.action,
        )


class _Call:
    def __init__(self, request: CompletionRequest, at: datetime, started: float) -> None:
        self.request = request
        self.at = at
        self.started = started
        self.first_at: float | None = None
        self.characters = 0
        self.tokens: Tokens | None = None
        self.error: WriterError | None = None

    def finished(self, event: Finished) -> Finished:
        """With the tokens estimated where the service did not tell."""
        tokens = event.tokens
        if tokens.estimated and not (tokens.input or tokens.output):
            tokens = estimate(self.request, self.characters)
            event = replace(event, tokens=tokens)
        self.tokens = tokens
        return event

    def outcome(self) -> Outcome:
        if self.error is not None:
            return Outcome.FAILED
        return Outcome.OK if self.tokens is not None else Outcome.STOPPED

    def used(self) -> Tokens:
        """A call that was refused is not billed; one that broke off or was stopped was at least read by the service."""
        if self.tokens is not None:
            return self.tokens
        refused = self.error is not None and not self.characters and not isinstance(self.error, ProviderTimeout)
        return Tokens() if refused else estimate(self.request, self.characters)
