"""Starts a stream again while nothing has been shown to the reader."""

import threading
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from random import random as _random
from time import monotonic

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt

from writer.domain.completions import CompletionRequest, Provider, StreamEvent, TextDelta
from writer.domain.errors import CircuitOpen, ProviderUnavailable, RateLimited, RetryLater, StreamInterrupted, Transient
from writer.providers.timing import Bell, Clock, Random, Sleep

Opened = tuple[StreamEvent, AsyncGenerator[StreamEvent, None]]
"""The first event, and the stream that goes on after it."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Waits are `uniform(0, min(cap_s, base_s * 2^n))`. One that is longer than `longest_wait_s`, or than what is left
    of `whole_s`, is left to somebody who can come back later."""

    attempts: int = 3
    patient_attempts: int = 6
    base_s: float = 0.5
    cap_s: float = 20.0
    longest_wait_s: float = 60.0
    whole_s: float = 180.0


class Traffic:
    """Keeps retries from becoming a storm. Shared by all calls to one provider.

    Retries are at most a fifth of the last minute's calls, but three are always allowed. And a retry is sent only once
    no other attempt is waiting for its first word, or one has just got it: ten calls that fail together do not fail
    again together, and the breaker has heard of all ten.
    """

    def __init__(self, *, share: float = 0.2, least: int = 3, window_s: float = 60.0, clock: Clock = monotonic) -> None:
        self._share = share
        self._least = least
        self._window_s = window_s
        self._clock = clock
        self._lock = threading.Lock()
        self._calls: deque[float] = deque()
        self._retries: deque[float] = deque()
        self._pending = 0
        self._answers = 0
        self._changed = Bell()

    def called(self) -> None:
        with self._lock:
            self._calls.append(self._clock())

    def may_retry(self) -> bool:
        """Takes one retry from the budget when there is one left."""
        with self._lock:
            since = self._clock() - self._window_s
            for times in (self._calls, self._retries):
                while times and times[0] <= since:
                    times.popleft()
            if len(self._retries) >= max(self._least, int(self._share * len(self._calls))):
                return False
            self._retries.append(self._clock())
            return True

    async def turn(self) -> None:
        """Until this retry would be the only attempt that nobody has heard from, or the provider has answered somebody.
        The attempt counts as pending from here on."""
        answers = self._answers
        await self._changed.until(lambda: self._taken(answers))

    def start(self) -> None:
        with self._lock:
            self._pending += 1

    @contextmanager
    def pending(self) -> Iterator[None]:
        """Round the wait for the first event of an attempt that has been started."""
        answered = 0
        try:
            yield
            answered = 1
        finally:
            with self._lock:
                self._pending -= 1
                self._answers += answered
            self._changed.ring()

    def _taken(self, answers: int) -> bool:
        with self._lock:
            if self._pending and self._answers == answers:
                return False
            self._pending += 1
            return True


class Retried:
    def __init__(
        self,
        inner: Provider,
        policy: RetryPolicy,
        traffic: Traffic,
        *,
        sleep: Sleep,
        clock: Clock = monotonic,
        random: Random = _random,
    ) -> None:
        self.route = inner.route
        self._inner = inner
        self._policy = policy
        self._traffic = traffic
        self._sleep = sleep
        self._clock = clock
        self._random = random

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        event, events = await self._opened(request)
        kept: list[str] = []
        async with aclosing(events):
            try:
                if type(event) is TextDelta:
                    kept.append(event.text)
                yield event
                async for event in events:
                    if type(event) is TextDelta:
                        kept.append(event.text)
                    yield event
            except Transient as error:
                said = str(error).removeprefix(f"{error.route}: ")
                raise StreamInterrupted(self.route, f"the reply broke off: {said}", text="".join(kept)) from error

    async def _opened(self, request: CompletionRequest) -> Opened:
        call = _Call(self._policy, self._traffic, self._clock, self._random, self.route)
        self._traffic.called()
        attempts = self._policy.patient_attempts if request.patient else self._policy.attempts
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(Transient),
            stop=stop_after_attempt(attempts),
            wait=call.wait,
            before_sleep=call.allow,
            sleep=self._sleep,
            reraise=True,
        )
        return await retrying(self._attempt, request, call)

    async def _attempt(self, request: CompletionRequest, call: "_Call") -> Opened:
        if call.failure is None:
            self._traffic.start()
        else:
            await self._traffic.turn()
        with self._traffic.pending():
            events = self._inner.stream(request)
            try:
                return await anext(events), events
            except StopAsyncIteration as ended:
                raise ProviderUnavailable(self.route, "the reply ended before it began.") from ended
            except CircuitOpen as resting:
                raise resting from call.failure


class _Call:
    """One call's way through its attempts: how long to wait, and whether to."""

    def __init__(self, policy: RetryPolicy, traffic: Traffic, clock: Clock, random: Random, route: str) -> None:
        self._policy = policy
        self._traffic = traffic
        self._random = random
        self._clock = clock
        self._ends = clock() + policy.whole_s
        self._route = route
        self.failure: BaseException | None = None

    def wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, RateLimited) and error.retry_after is not None:
            return error.retry_after + self._random() * (0.1 * error.retry_after + 0.3)
        longest = min(self._policy.cap_s, self._policy.base_s * 2 ** (state.attempt_number - 1))
        return float(self._random() * longest)

    def allow(self, state: RetryCallState) -> None:
        """Asked before each wait: raises when the wait is too long, or when the provider has had its retries."""
        error = state.outcome.exception() if state.outcome else None
        assert isinstance(error, Transient)
        wait_s = state.upcoming_sleep
        if wait_s > min(self._policy.longest_wait_s, self._ends - self._clock()):
            said = str(error).removeprefix(f"{error.route}: ")
            raise RetryLater(self._route, f"to be tried again in {wait_s:.0f} s: {said}", retry_in=wait_s) from error
        # A wait that the provider asked for cannot become a storm: until it is over, its cool-down lets nobody through.
        told = isinstance(error, RateLimited) and error.retry_after is not None
        if not told and not self._traffic.may_retry():
            raise error
        self.failure = error
