"""Errors as problem+json (RFC 9457): a status, and the sentence that a person can read."""

import logging
import re
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from writer.domain.errors import (
    BudgetReached,
    CircuitOpen,
    ConfigurationError,
    EditConflict,
    ExportFailed,
    JobStopped,
    MissingKey,
    NotFound,
    ProviderError,
    RateLimited,
    ReplyInvalid,
    RetryLater,
    SourceRefused,
    StorageError,
    UnknownRoute,
    UserMistake,
    WriterError,
)
from writer.domain.jobs import IllegalTransition
from writer.domain.log_context import log_context, log_facts

logger = logging.getLogger(__name__)

# The most specific first.
_STATUSES: tuple[tuple[type[WriterError], int], ...] = (
    (NotFound, 404),
    (EditConflict, 412),
    (SourceRefused, 422),
    (UserMistake, 422),
    (UnknownRoute, 422),
    (MissingKey, 422),
    (ConfigurationError, 503),
    (RateLimited, 503),
    (CircuitOpen, 503),
    (RetryLater, 503),
    (BudgetReached, 402),
    (ProviderError, 502),
    (ReplyInvalid, 502),
    (JobStopped, 409),
    (IllegalTransition, 409),
    (StorageError, 503),
    (ExportFailed, 503),
)
_TITLES = {
    400: "Bad request",
    402: "Over the budget",
    403: "Refused",
    404: "Not found",
    405: "Method not allowed",
    409: "Not possible now",
    412: "Changed in between",
    413: "Too large",
    415: "Unsupported media type",
    421: "Wrong host",
    422: "Not usable",
    428: "Revision missing",
    500: "Unexpected error",
    502: "Provider failed",
    503: "Not available now",
}


def problem(status: int, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> JSONResponse:
    body = {"type": "about:blank", "title": _TITLES.get(status, "Error"), "status": status, "detail": detail, **more}
    if request_id := log_facts().get("request_id"):
        body["request_id"] = request_id
    return JSONResponse(body, status, dict(headers or {}), media_type="application/problem+json")


def problem_of(error: WriterError) -> JSONResponse:
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)
    if isinstance(error, EditConflict):
        return problem(status, str(error), headers={"ETag": f'"{error.revision}"'}, revision=error.revision)
    wait = getattr(error, "retry_in", None) or getattr(error, "retry_after", None)
    headers = {"Retry-After": str(int(wait) + 1)} if status == 503 and wait else None
    if status >= 500:
        logger.warning("request failed", extra={"status": status, "kind": type(error).__name__, "error": str(error)})
    return problem(status, str(error), headers=headers)


def add_problem_handlers(api: FastAPI) -> None:
    @api.exception_handler(WriterError)
    async def _of_writer(request: Request, error: WriterError) -> JSONResponse:
        return problem_of(error)

    @api.exception_handler(HTTPException)
    async def _of_http(request: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, _detail(error), headers=error.headers)

    @api.exception_handler(RequestValidationError)
    async def _of_validation(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = [str(part) for part in first["loc"]]
        if place[:1] == ["path"]:  # an id that no thing can have
            return problem(404, f"There is no such {place[-1].removesuffix('_id')}.")
        if first["type"] == "json_invalid":
            return problem(400, "The body is not JSON.")
        where = ".".join(place[1:]) or "the body"
        return problem(422, f"“{where[:100]}” cannot be used: {first['msg'].removeprefix('Value error, ')}.")


def _detail(error: HTTPException) -> str:
    sentences = {404: "There is nothing at this address.", 405: "This address does not take that method."}
    return sentences.get(error.status_code, str(error.detail))


Told = Callable[[str, str, int, float], None]
"""(method, pattern of the address, status, seconds to the first byte)"""


def nobody(method: str, route: str, status: int, seconds: float) -> None:
    pass


class LastResort:
    """The API's boundary for what nobody expected: the log gets all of it, the caller an id to ask about. Every answer
    has that id in its header X-Request-ID, and every line that is logged meanwhile; a caller may bring one."""

    def __init__(self, app: ASGIApp, told: Told = nobody, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._told = told
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
                self._told(scope["method"], _pattern(scope), message["status"], self._clock() - came)
            await send(message)

        request_id, came = _request_id(scope), self._clock()
        with log_context(request_id=request_id):
            try:
                await self._app(scope, receive, sending)
            except Exception:  # one of the three boundaries: a fault of one request must not end others
                logger.exception("unexpected error", extra={"method": scope["method"], "path": scope["path"]})
                if not begun:
                    sentence = (
                        f"Something unexpected went wrong. Nothing was changed; the log says more under {request_id}."
                    )
                    await problem(500, sentence, id=request_id)(scope, receive, sending)


def _request_id(scope: Scope) -> str:
    """A proxy's own id, if it is one: anything else could forge lines of the log."""
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _ID.fullmatch(given) else uuid.uuid4().hex[:12]


def _pattern(scope: Scope) -> str:
    """Known once a route was found."""
    return str(getattr(scope.get("route"), "path", "none"))


_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
