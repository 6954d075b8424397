"""A key's own rest, apart from the breaker: the service said "too many requests", or that the key is no good."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from writer.domain.errors import CircuitOpen, ProviderError, RateLimited
from writer.providers.timing import Clock

UNUSABLE_S = 600.0
_LONGEST_BACKOFF_S = 20.0
_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class _Rest:
    until: float
    reason: str
    refusal: Callable[[str, str, float], ProviderError]
    spares_tests: bool = False


def _limited(route: str, reason: str, left: float) -> ProviderError:
    return RateLimited(route, reason, retry_after=left)


def _resting(route: str, reason: str, left: float) -> ProviderError:
    return CircuitOpen(route, reason, retry_in=left)


class Cooldown:
    """Of one (provider, base URL, model, key). A new key starts without the old one's rest."""

    def __init__(self, *, clock: Clock = monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rest: _Rest | None = None
        self._in_a_row = 0
        self._began = float("-inf")

    def refusal(self, route: str, *, is_test: bool) -> ProviderError | None:
        """Why a call may not be made now. A test of the settings is let through to a key that did not work."""
        rest = self._rest
        if rest is None or (left := rest.until - self._clock()) <= 0 or (is_test and rest.spares_tests):
            return None
        return rest.refusal(route, rest.reason, left)

    def limited(self, asked_at: float, retry_after: float | None) -> float:
        """Start resting, and say for how long. Refusals of calls from before the rest began do not count twice."""
        with self._lock:
            now = self._clock()
            if asked_at > self._began:
                self._in_a_row += 1
                self._began = now
            backoff = min(_LONGEST_BACKOFF_S, 0.5 * 2**self._in_a_row)
            rest_s = retry_after if retry_after is not None else backoff
            tired = self._in_a_row >= _IN_A_ROW
            reason = f"resting for {rest_s:.0f} s: the service said that there were too many requests (429)."
            self._begin(_Rest(now + rest_s, reason, _resting if tired else _limited))
            return rest_s

    def unusable(self, kind: type[ProviderError], seconds: float, said: str) -> None:
        """Wrong key or no credit: no waiting inside a call cures it, so nobody asks before a person says so."""

        def again(route: str, reason: str, _: float) -> ProviderError:
            return kind(route, reason)

        with self._lock:
            self._begin(_Rest(self._clock() + seconds, said, again, spares_tests=True))

    def forgive(self) -> None:
        """A person asked again: the key may work by now."""
        with self._lock:
            if self._rest is not None and self._rest.spares_tests:
                self._rest = None

    def rest_for(self, seconds: float, reason: str) -> None:
        """Another replica says so."""
        with self._lock:
            self._begin(_Rest(self._clock() + seconds, reason, _limited))

    def worked(self) -> None:
        if self._rest is not None or self._in_a_row:
            with self._lock:
                self._rest = None
                self._in_a_row = 0

    @property
    def left(self) -> tuple[float, str]:
        """(seconds of rest that are left, why)."""
        rest = self._rest
        seconds = max(0.0, rest.until - self._clock()) if rest else 0.0
        return seconds, rest.reason if rest and seconds else ""

    def _begin(self, rest: _Rest) -> None:
        if self._rest is None or rest.until >= self._rest.until:
            self._rest = rest
