"""One question to a search service: asked within limits, tried again where that may help, refused in a sentence."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

from writer.domain.errors import (
    AuthenticationFailed,
    ProviderError,
    ProviderUnavailable,
    QuotaExhausted,
    RateLimited,
    ReplyInvalid,
    RequestRejected,
    SourceRefused,
)
from writer.security.fetch import AnsweredOtherwise, Ask, Fetched

REPLY_BYTES = 8_000_000
SECONDS = 20.0
TRIES = 3
LONGEST_WAIT = 10.0
_WAIT = 1.0
_OUT_OF_CREDIT = (402, 432, 433)


class Fetch(Protocol):
    """The one fetcher, with the resolver and the opened hosts of this installation."""

    def __call__(self, url: str, *, limit_bytes: int, timeout: float, ask: Ask) -> Fetched: ...


@dataclass(frozen=True, slots=True)
class Calling:
    """`name` is the service as people know it. `hint` says what to do when it refuses (403)."""

    name: str
    fetch: Fetch
    hint: str = ""
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def json_of(self, url: str, ask: Ask) -> dict[str, Any]:
        for attempt in range(1, TRIES + 1):
            try:
                return self._once(url, ask)
            except (RateLimited, ProviderUnavailable) as error:
                wait = getattr(error, "retry_after", None) or _WAIT * attempt
                if attempt == TRIES or wait > LONGEST_WAIT:
                    raise
                self.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _once(self, url: str, ask: Ask) -> dict[str, Any]:
        try:
            fetched = self.fetch(url, limit_bytes=REPLY_BYTES, timeout=SECONDS, ask=ask)
        except AnsweredOtherwise as answer:
            raise self._refusal(answer) from None  # the request that is in its frames holds the key
        except SourceRefused as error:
            raise RequestRejected(self.name, str(error)) from None
        return self._value(fetched)

    def _value(self, fetched: Fetched) -> dict[str, Any]:
        try:
            value = json.loads(fetched.content)
        except (ValueError, RecursionError):
            what = "a web page" if "html" in fetched.media_type else "something else"
            raise ReplyInvalid(f"{self.name} answered with {what} instead of JSON. {self.hint}".strip()) from None
        if not isinstance(value, dict):
            raise ReplyInvalid(f"{self.name} answered with JSON of another form than it documents.")
        return value

    def _refusal(self, answer: AnsweredOtherwise) -> ProviderError:
        status = answer.status
        if status == 429:
            wait = seconds_of(answer.retry_after, self.now())
            return RateLimited(self.name, f"too many searches for now{_in(wait)}.", retry_after=wait)
        if status in _OUT_OF_CREDIT:
            return QuotaExhausted(self.name, f"the plan's searches are used up (status {status}).")
        if status == 401 or (status == 403 and not self.hint):
            return AuthenticationFailed(self.name, f"the key was refused (status {status}). Check it in Settings.")
        if status >= 500 or status == 408:
            return ProviderUnavailable(self.name, f"the service does not work at the moment (status {status}).")
        return RequestRejected(self.name, f"the search was refused (status {status}). {self.hint}".strip())


def seconds_of(retry_after: str, now: datetime) -> float | None:
    """Seconds or a date (RFC 9110); None where it says nothing that can be read."""
    text = retry_after.strip()
    if text.isascii() and text.replace(".", "", 1).isdigit() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _in(wait: float | None) -> str:
    return f"; try again in {wait:.0f} seconds" if wait else ""
