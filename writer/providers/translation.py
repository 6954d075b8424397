"""Foreign failures into Writer's own, once, at the edge: what happened in a sentence, the cause kept, no key in either.

Exceptions are told apart by the names of their classes: openai 2.x raises httpx's, openai 3.x and google-genai
httpx2's, and neither library has to be installed for the other to be understood.
"""

import json
import math
import re
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from importlib import import_module
from typing import Any

from writer.domain.errors import (
    AuthenticationFailed,
    ProviderError,
    ProviderTimeout,
    ProviderUnavailable,
    QuotaExhausted,
    RateLimited,
    RequestRejected,
)
from writer.providers.timing import Clock

_NO_WAITING_CURES = ("insufficient_quota", "billing_hard_limit", "billing_not_active", "credit", "perday")
_TIMEOUTS = {"APITimeoutError", "TimeoutException", "Timeout", "TimeoutError", "ServerTimeoutError", "DeadlineExceeded"}
_ADDRESSES = {"UnsupportedProtocol", "InvalidURL", "MissingSchema", "InvalidSchema", "LocalProtocolError"}
_SECRETS = re.compile(
    r"\b(?:sk|pk|gsk|xai|key|AIza|hf)[-_]?[A-Za-z0-9*_\-]{8,}|(?i:bearer|key=|api[-_ ]?key[:=])\s*\S+"
)
_REQUEST_LINE = re.compile(r"^(?:GET|POST) \S+: ")
_LONGEST_DETAIL = 300


def redacted(text: str, key: str = "") -> str:
    """Without the key, and without anything that looks like one: services echo what they were sent."""
    return _SECRETS.sub("[key]", text.replace(key, "[key]") if key else text)


def seconds_asked(headers: Mapping[str, str], now: Clock = time.time) -> float | None:
    """How long the service wants us to stay away: `retry-after-ms`, or `retry-after` in seconds or as a date."""
    if (found := _number(headers.get("retry-after-ms"))) is not None:
        return found / 1000
    asked = headers.get("retry-after")
    if asked is None or (found := _number(asked)) is not None:
        return found if asked is not None else None
    try:
        return max(0.0, parsedate_to_datetime(asked).timestamp() - now())
    except ValueError:
        return None


def _number(text: str | None) -> float | None:
    try:
        found = float(text) if text is not None else None
    except ValueError:
        return None
    return found if found is not None and math.isfinite(found) and found >= 0 else None


def foreign_errors(*roots: type[Exception]) -> tuple[type[Exception], ...]:
    """What may come out of a vendor's SDK: its own errors, raw ones of the HTTP libraries loaded, broken JSON."""
    # Importing what is there already waits for another thread that is still at it.
    libraries = [import_module(name) for name in ("httpx", "httpx2") if name in sys.modules]
    raw = [getattr(library, name) for library in libraries for name in ("HTTPError", "StreamError", "InvalidURL")]
    return (*roots, *raw, json.JSONDecodeError, UnicodeError, OSError)


@contextmanager
def translated(
    route: str, errors: tuple[type[Exception], ...], key: str = "", now: Clock = time.time
) -> Iterator[None]:
    try:
        yield
    except errors as error:
        ours = translation(route, error, key, now)
        # A cause that shows the key would carry it into every traceback and log.
        raise ours from None if key and key in f"{error} {error!r}" else error


def translation(route: str, error: Exception, key: str = "", now: Clock = time.time) -> ProviderError:
    names = {cls.__name__ for cls in type(error).__mro__}
    status = _status(error)
    if status is not None:
        return of_status(route, status, redacted(_detail(error), key), _headers(error), str(_body(error)), now)
    if names & _TIMEOUTS:
        return ProviderTimeout(route, "the service did not answer in time.")
    if names & _ADDRESSES:
        return RequestRejected(route, "the address of the service cannot be used. Check its base URL in Settings.")
    if isinstance(error, ValueError) or names & {"DecodingError", "ParseError"}:
        return ProviderUnavailable(route, "the service sent a reply that cannot be read.")
    if "APIConnectionError" in names or "TransportError" in names or isinstance(error, OSError):
        return ProviderUnavailable(route, "the connection to the service failed or was cut.")
    return ProviderUnavailable(route, f"the service reported an error: {redacted(_detail(error), key)}")


def of_status(
    route: str, status: int, detail: str, headers: Mapping[str, str], body: str = "", now: Clock = time.time
) -> ProviderError:
    said = f" It said: {detail}{'' if detail[-1] in '.!?…”' else '.'}" if detail else ""
    squashed = body.lower().replace("_", "").replace(" ", "")
    if status in (401, 403) or (status == 400 and "apikey" in squashed and "invalid" in squashed):
        return AuthenticationFailed(route, f"the service refuses the API key ({status}). Check it in Settings.{said}")
    if status == 402 or (status == 429 and _mentions(squashed, _NO_WAITING_CURES)):
        return QuotaExhausted(route, f"the account has no credit or quota left ({status}).{said}")
    if status == 429:
        asked = seconds_asked(headers, now)
        asked = asked if asked is not None else _delay_in(body)
        return RateLimited(route, f"too many requests for now (429).{said}", retry_after=asked)
    if status in (408, 409) or status >= 500:
        return ProviderUnavailable(route, f"the service failed ({status}).{said}")
    if status == 404:
        return RequestRejected(route, f"no such model or address (404). Check the route in Settings.{said}")
    return RequestRejected(route, f"the service rejects this request ({status}).{said}")


def _mentions(text: str, words: Collection[str]) -> bool:
    return any(word.replace("_", "") in text for word in words)


def _delay_in(body: str) -> float | None:
    """Gemini says it in the body: google.rpc.RetryInfo, "retryDelay": "34s"."""
    found = re.search(r"retry_?delay['\": ]+(\d+(?:\.\d+)?)s", body, re.IGNORECASE)
    return float(found.group(1)) if found else None


def _status(error: Exception) -> int | None:
    for name in ("status_code", "code"):
        if isinstance(found := getattr(error, name, None), int) and found >= 300:
            return int(found)
    return None


def _headers(error: Exception) -> Mapping[str, str]:
    headers: Any = getattr(getattr(error, "response", None), "headers", None)
    return headers if headers is not None else {}


def _body(error: Exception) -> object:
    for name in ("body", "details"):
        if isinstance(found := getattr(error, name, None), dict | list | str):
            return found
    return f"{error} {getattr(error, 'details', '')} {getattr(error, 'errors', '')}"


def _detail(error: Exception) -> str:
    body = _body(error)
    inner = body.get("error", body) if isinstance(body, dict) else None
    said = inner.get("message") if isinstance(inner, dict) else getattr(error, "message", None)
    text = _REQUEST_LINE.sub("", " ".join(str(said or error).split()))
    return text if len(text) <= _LONGEST_DETAIL else text[: _LONGEST_DETAIL - 1] + "…"
