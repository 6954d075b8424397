"""Asking a site once: what it answers as JSON, and what it means when it does not."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from writer.domain.errors import (
    AuthenticationFailed,
    ProviderTimeout,
    ProviderUnavailable,
    RateLimited,
    ReplyInvalid,
    SourceRefused,
)
from writer.domain.publishing import SendingRefused
from writer.security.fetch import AnsweredOtherwise, Ask, Fetched, Unanswered

REPLY_BYTES = 20_000_000
SECONDS = 30.0
READABLE = (200, 201, 204, 400, 404, 409, 410, 422)
_CODE = re.compile(r"[A-Za-z_]{1,60}")

Headers = tuple[tuple[str, str], ...]


class Fetch(Protocol):
    """The one fetcher, with the resolver and the opened hosts of this installation."""

    def __call__(self, url: str, *, limit_bytes: int, timeout: float, ask: Ask) -> Fetched: ...


@dataclass(frozen=True, slots=True)
class Reply:
    """`code` is the site's name for what went wrong, "" where it gave none that is a plain word."""

    status: int
    value: Any
    code: str = ""

    @property
    def is_gone(self) -> bool:
        return self.status in (404, 410)


@dataclass(frozen=True, slots=True)
class Calling:
    """`name` is the site as its owner calls it."""

    name: str
    fetch: Fetch
    seconds: float = SECONDS

    def ask(self, url: str, ask: Ask) -> Reply:
        """Statuses up to 299, 400, 404, 409, 410 and 422 are replies; any other is raised."""
        asked = Ask(ask.method, ask.headers, ask.body, READABLE)
        try:
            fetched = self.fetch(url, limit_bytes=REPLY_BYTES, timeout=self.seconds, ask=asked)
        except AnsweredOtherwise as answer:
            raise self._refusal(answer) from None  # the request that is in its frames holds the secret
        except Unanswered as error:
            raise ProviderTimeout(self.name, str(error)) from None
        except SourceRefused as error:
            raise SendingRefused(self.name, str(error)) from None
        return self._reply(fetched)

    def done(self, url: str, ask: Ask) -> Any:
        """What it says of something that was asked for and has been done."""
        reply = self.ask(url, ask)
        if reply.status >= 300:
            raise self.refused(reply)
        return reply.value

    def refused(self, reply: Reply) -> SendingRefused:
        named = f", {reply.code}" if reply.code else ""
        return SendingRefused(self.name, f"the site refused this (status {reply.status}{named}).")

    def _reply(self, fetched: Fetched) -> Reply:
        try:
            value = json.loads(fetched.content)
        except (ValueError, RecursionError):
            if fetched.status >= 204:
                return Reply(fetched.status, None)
            what = "a web page" if "html" in fetched.media_type else "something else"
            raise ReplyInvalid(
                f"{self.name} answered with {what} instead of JSON. Check the address of the site in Settings."
            ) from None
        return Reply(fetched.status, value, _code_in(value))

    def _refusal(self, answer: AnsweredOtherwise) -> Exception:
        status = answer.status
        if status == 429:
            return RateLimited(self.name, "the site asks for a pause.", retry_after=_seconds(answer.retry_after))
        if status in (401, 403):
            return AuthenticationFailed(
                self.name,
                f"the credentials were refused (status {status}). Check them, and what they may do, in Settings.",
            )
        if status >= 500 or status == 408:
            return ProviderUnavailable(self.name, f"the site does not work at the moment (status {status}).")
        return SendingRefused(self.name, f"the site refused this (status {status}).")


def _seconds(retry_after: str) -> float | None:
    text = retry_after.strip()
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


def _code_in(value: object) -> str:
    """WordPress: {"code": …}; Ghost: {"errors": [{"type": …}]}. Nothing else of a refusal is passed on."""
    if not isinstance(value, Mapping):
        return ""
    errors = value.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], Mapping) else {}
    code = value.get("code") or first.get("code") or first.get("type")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""
