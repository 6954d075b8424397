"""The next route when one fails, as long as the reader has seen nothing. Finished.route says who answered."""

import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from writer.domain.completions import CompletionRequest, Provider, StreamEvent
from writer.domain.errors import BudgetReached, CircuitOpen, ProviderError, RetryLater, StreamInterrupted, Transient
from writer.providers.breaker import Breaker

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Candidate:
    provider: Provider
    breaker: Breaker


class Fallback:
    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self.route = candidates[0].provider.route
        self._candidates = tuple(candidates)

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        event, events = await self._opened(request)
        async with aclosing(events):
            yield event
            async for event in events:
                yield event

    async def _opened(self, request: CompletionRequest) -> tuple[StreamEvent, AsyncGenerator[StreamEvent, None]]:
        failures: list[ProviderError] = []
        for candidate in self._candidates:
            if failures:
                _log(failures[-1], candidate, request)
            try:
                return await _first_of(candidate, request)
            except (StreamInterrupted, BudgetReached):  # who set a budget chooses what to do when it is used up
                raise
            except ProviderError as error:
                failures.append(error)
        if (soonest := self._soonest(failures)) is not None:
            _log(failures[-1], soonest, request)
            return await _first_of(soonest, request)
        raise _most_hopeful(failures)

    def _soonest(self, failures: Sequence[ProviderError]) -> Candidate | None:
        """When every route was resting before anything was asked: the one that ends its rest first, tried once early.
        A route without alternatives rests: trying it is what its breaker forbids."""
        at_the_door = all(isinstance(error, CircuitOpen) and error.__cause__ is None for error in failures)
        if len(self._candidates) == 1 or not at_the_door:
            return None
        soonest = min(self._candidates, key=lambda candidate: candidate.breaker.open_for)
        return soonest if soonest.breaker.bypass() else None


async def _first_of(
    candidate: Candidate, request: CompletionRequest
) -> tuple[StreamEvent, AsyncGenerator[StreamEvent, None]]:
    events = candidate.provider.stream(request)
    return await anext(events), events


def _most_hopeful(failures: Sequence[ProviderError]) -> ProviderError:
    """One that time may cure, if there is one: whoever asked can then come back. The others are named in its notes."""
    curable = [error for error in failures if isinstance(error, Transient | CircuitOpen | RetryLater)]
    chosen = (curable or failures)[0]
    for other in failures:
        if other is not chosen:
            chosen.add_note(str(other))
    return chosen


def _log(failed: ProviderError, to: Candidate, request: CompletionRequest) -> None:
    facts = {"from_route": failed.route, "to_route": to.provider.route, "purpose": str(request.purpose)}
    logger.warning("route failed over", extra=facts | {"error": type(failed).__name__})
