"""A circuit breaker: stops asking a provider that keeps failing, and lets exactly one call find out whether it is back.

A library was not used: those tried either hold their lock during the call or let every waiting caller probe at once,
and none opens when half of the calls fail.
"""

import threading
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from random import random as _random
from time import monotonic

from writer.providers.timing import Clock, Random


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(slots=True)
class Permit:
    """To make one call. Results of an older generation than the breaker's are ignored."""

    generation: int
    is_probe: bool = False
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Trip:
    """When the breaker opens, and for how long: 30 s, doubling up to 300 s, and up to a tenth longer by chance."""

    window_s: float = 60.0
    least_outcomes: int = 5
    failure_share: float = 0.5
    open_s: float = 30.0
    longest_open_s: float = 300.0
    probe_s: float = 120.0


class Breaker:
    """Safe to share between threads and event loops: the lock is held around changes of state only, never a call."""

    def __init__(self, rule: Trip | None = None, *, clock: Clock = monotonic, random: Random = _random) -> None:
        self._rule = rule or Trip()
        self._clock = clock
        self._random = random
        self._lock = threading.Lock()
        self._state = State.CLOSED
        self._generation = 0
        self._outcomes: deque[tuple[float, bool]] = deque()
        self._failures = 0
        self._times_opened = 0
        self._open_until = 0.0
        self._probe_until = 0.0
        self._bypassed = self._bypassing = False
        self.reason = ""

    def admit(self) -> Permit | float:
        """A permit, or the seconds after which asking again makes sense."""
        with self._lock:
            now = self._clock()
            if self._state is State.CLOSED:
                return Permit(self._generation)
            if self._state is State.OPEN and now < self._open_until:
                return self._open_until - now
            if self._state is State.HALF_OPEN and now < self._probe_until:
                return min(self._probe_until - now, self._rule.open_s)
            return self._probe(now)

    def answered(self, permit: Permit) -> None:
        """The first text has come. A probe closes the breaker now: its reply may take half a minute."""
        with self._lock:
            if permit.is_probe and permit.generation == self._generation:
                self._move(State.CLOSED)
                self._outcomes.clear()
                self._failures = self._times_opened = 0
                self._bypassed = False
                # What becomes of the rest of this reply counts in the new window.
                permit.generation, permit.is_probe = self._generation, False

    def succeeded(self, permit: Permit) -> None:
        self.answered(permit)
        self._settle(permit, failed=False)

    def failed(self, permit: Permit, reason: str = "") -> bool:
        """True when this failure opened the breaker."""
        return self._settle(permit, failed=True, reason=reason)

    def gave_back(self, permit: Permit) -> None:
        """Stopped, cancelled or rejected: says nothing about the provider. The next caller may probe."""
        with self._lock:
            if not permit.settled and permit.is_probe and permit.generation == self._generation:
                self._probe_until = self._clock()
            permit.settled = True

    def trip(self, remaining: float, reason: str) -> None:
        """Another replica has opened it: rest for as long as that one does."""
        with self._lock:
            now = self._clock()
            until = now + remaining
            if until > now and (self._state is State.CLOSED or until > self._open_until):
                self._move(State.OPEN)
                self._open_until = until
                self.reason = reason

    def ask_again(self) -> None:
        """A person does not want to wait: the next call probes, and the rest grows if that fails."""
        with self._lock:
            if self._state is State.OPEN:
                self._open_until = self._clock()

    def bypass(self) -> bool:
        """Let the next call probe although the rest is not over: once, until the breaker closes or the rest ends."""
        with self._lock:
            if self._state is not State.OPEN or self._bypassed:
                return False
            self._bypassed = self._bypassing = True
            self._open_until = self._clock()
            return True

    @property
    def state(self) -> State:
        with self._lock:
            return State.HALF_OPEN if self._state is State.OPEN and self._rest() <= 0 else self._state

    @property
    def open_for(self) -> float:
        """Seconds of rest that are left."""
        with self._lock:
            return max(0.0, self._rest()) if self._state is State.OPEN else 0.0

    def _rest(self) -> float:
        return self._open_until - self._clock()

    def _move(self, state: State) -> None:
        self._state = state
        self._generation += 1

    def _probe(self, now: float) -> Permit:
        if not self._bypassing:
            self._bypassed = False
        self._bypassing = False
        self._move(State.HALF_OPEN)
        self._probe_until = now + self._rule.probe_s
        return Permit(self._generation, is_probe=True)

    def _settle(self, permit: Permit, *, failed: bool, reason: str = "") -> bool:
        with self._lock:
            current = not permit.settled and permit.generation == self._generation
            permit.settled = True
            if not current:
                return False
            if failed:
                self.reason = reason
            if not permit.is_probe:
                self._count(failed)
            if failed and (permit.is_probe or self._too_many()):
                self._open()
                return True
            return False

    def _count(self, failed: bool) -> None:
        now = self._clock()
        self._outcomes.append((now, failed))
        self._failures += failed
        while self._outcomes[0][0] <= now - self._rule.window_s:
            self._failures -= self._outcomes.popleft()[1]

    def _too_many(self) -> bool:
        count = len(self._outcomes)
        return count >= self._rule.least_outcomes and self._failures >= self._rule.failure_share * count

    def _open(self) -> None:
        rest = min(self._rule.longest_open_s, self._rule.open_s * 2**self._times_opened)
        self._times_opened += 1
        self._move(State.OPEN)
        self._open_until = self._clock() + rest * (1 + 0.1 * self._random())
        self._outcomes.clear()
        self._failures = 0
