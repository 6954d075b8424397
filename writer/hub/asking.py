"""What servers of models answer when something is wrong, as errors with a sentence. No sentence holds a token."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from writer.domain.errors import (
    AuthenticationFailed,
    ProviderUnavailable,
    RateLimited,
    ReplyInvalid,
    RequestRejected,
    SourceRefused,
    WriterError,
)
from writer.security.fetch import Unanswered
from writer.security.streaming import Answer

REPLY_BYTES = 8_000_000
_MOST = 10**15


@contextmanager
def reached(name: str) -> Iterator[None]:
    """Whatever keeps us from an answer, as an error of the server called `name`."""
    try:
        yield
    except Unanswered as error:
        raise ProviderUnavailable(name, str(error)) from None
    except SourceRefused as error:
        raise RequestRejected(name, str(error)) from None


def refused(name: str, answer: Answer) -> WriterError:
    status = answer.status
    if status == 429:
        return RateLimited(name, "it asks for a pause.", retry_after=_seconds(answer.headers.get("retry-after", "")))
    if status in (401, 403):
        return AuthenticationFailed(name, f"it refused the request (status {status}).")
    if status >= 500 or status == 408:
        return ProviderUnavailable(name, f"it does not work at the moment (status {status}).")
    return RequestRejected(name, f"it refused the request (status {status}).")


def read_json(name: str, answer: Answer, *, or_nothing: bool = False) -> Mapping[str, Any]:
    """The whole answer, which must be a JSON object of a bearable size, with `or_nothing` also empty."""
    body = bytearray()
    for chunk in answer.chunks:
        body += chunk
        if len(body) > REPLY_BYTES:
            raise ReplyInvalid(f"{name} answered with more than can be a list of models.")
    return {} if or_nothing and not body.strip() else as_object(name, bytes(body))


def as_object(name: str, text: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ReplyInvalid(f"{name} did not answer as expected. Check the address.")
    return value


def rows(value: object) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def line(value: object, limit: int = 200) -> str:
    if not isinstance(value, str):
        return ""
    return "".join(letter for letter in " ".join(value[: 4 * limit].split()) if letter.isprintable())[:limit]


def whole(value: object) -> int | None:
    """A count; None for anything else, and for what no disk can hold."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST else None


def _seconds(retry_after: str) -> float | None:
    text = retry_after.strip()
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None
