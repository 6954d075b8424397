"""Asks nothing of a provider that is resting, and learns from each call whether it should rest."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from time import monotonic

from writer.domain.completions import CompletionRequest, Finished, Provider, Purpose, StreamEvent
from writer.domain.errors import (
    AuthenticationFailed,
    CircuitOpen,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    StreamInterrupted,
    Transient,
)
from writer.providers.breaker import Breaker, Permit
from writer.providers.cooldown import UNUSABLE_S, Cooldown
from writer.providers.health import Health, limited_key, unusable_key
from writer.providers.timing import Clock

_PROBE_S = 120.0
_ASK_AGAIN_S = 1.0


class Guarded:
    """`breaker_key` and `cooldown_key` name the two on the board that replicas share."""

    def __init__(
        self,
        inner: Provider,
        breaker: Breaker,
        cooldown: Cooldown,
        health: Health,
        *,
        breaker_key: str,
        cooldown_key: str,
        clock: Clock = monotonic,
    ) -> None:
        self.route = inner.route
        self.breaker = breaker
        self.cooldown = cooldown
        self._inner = inner
        self._health = health
        self._breaker_key = breaker_key
        self._cooldown_key = cooldown_key
        self._clock = clock

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        permit = await self._admitted(is_test=request.purpose is Purpose.TEST)
        asked_at = self._clock()
        answered = False
        try:
            async with aclosing(self._inner.stream(request)) as events:
                async for event in events:
                    if not answered:
                        answered = True
                        await self._answered(permit)
                    if isinstance(event, Finished):
                        self.breaker.succeeded(permit)
                    yield event
        except RateLimited as error:
            raise await self._limited(error, asked_at) from error
        except (AuthenticationFailed, QuotaExhausted) as error:
            self.cooldown.unusable(type(error), UNUSABLE_S, _said(error))
            await self._health.publish(unusable_key(self._cooldown_key, type(error)), UNUSABLE_S, _said(error))
            raise
        except (Transient, StreamInterrupted) as error:
            await self._failed(permit, error)
            raise
        finally:
            await self._handed_back(permit)

    async def _admitted(self, *, is_test: bool) -> Permit:
        await self._health.refresh()
        refusal = self.cooldown.refusal(self.route, is_test=is_test)
        if refusal is not None:
            raise refusal
        permit = self.breaker.admit()
        if isinstance(permit, float):
            raise self._open(permit)
        if permit.is_probe and not await self._health.may_probe(self._breaker_key, _PROBE_S):
            self.breaker.gave_back(permit)
            raise self._open(_ASK_AGAIN_S)
        return permit

    async def _answered(self, permit: Permit) -> None:
        was_probe = permit.is_probe
        self.breaker.answered(permit)
        self.cooldown.worked()
        if was_probe:
            await self._health.publish(self._breaker_key, 0, "")

    async def _limited(self, error: RateLimited, asked_at: float) -> RateLimited:
        rest_s = self.cooldown.limited(asked_at, error.retry_after)
        await self._health.publish(limited_key(self._cooldown_key), rest_s, _said(error))
        return RateLimited(self.route, _said(error), retry_after=rest_s)

    async def _failed(self, permit: Permit, error: ProviderError) -> None:
        if self.breaker.failed(permit, _said(error)):
            if permit.is_probe:
                # The board lends the probe for two minutes; the next rest may be over before.
                await self._health.publish(self._breaker_key, 0, "")
            await self._health.publish(self._breaker_key, self.breaker.open_for, self.breaker.reason)
            await self._health.opened(self.route, self.breaker.open_for, self.breaker.reason)

    async def _handed_back(self, permit: Permit) -> None:
        unheard = permit.is_probe and not permit.settled
        self.breaker.gave_back(permit)
        if unheard:
            await self._health.publish(self._breaker_key, 0, "")

    def _open(self, retry_in: float) -> CircuitOpen:
        why = f" Last failure: {self.breaker.reason}" if self.breaker.reason else ""
        message = f"resting for another {max(1, round(retry_in))} s, because it kept failing.{why}"
        return CircuitOpen(self.route, message, retry_in=retry_in)


def _said(error: ProviderError) -> str:
    return str(error).removeprefix(f"{error.route}: ")
