"""Who may talk to the API at all: the right host name, no foreign web page, and no endless body."""

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from writer.api.problems import problem
from writer.security.hosts import NOT_OUR_NAME, is_known, is_listed, name_of

MAX_JSON_BYTES = 25_000_000
MAX_UPLOAD_BYTES = 60_000_000
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
}


class _TooLarge(HTTPException):
    """Raised while the body comes, where its length was not announced. FastAPI takes any other error that comes from
    reading a body for a client's broken JSON."""


class Guard:
    """A browser on this machine reaches us on loopback; any page it shows could make it send requests here.

    - A foreign name that leads here (DNS rebinding) is refused by its Host header.
    - A request that changes something and comes from another page is refused by Origin and Sec-Fetch-Site. "Same site"
      is not enough: another program on another port of localhost is the same site.
    Programs that are no browsers send neither header and are not concerned.
    """

    def __init__(self, app: ASGIApp, allowed_hosts: Sequence[str] = ()) -> None:
        self._app = app
        self._allowed = tuple(allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not is_known(headers.get("host", ""), self._allowed):
            await problem(421, NOT_OUR_NAME)(scope, receive, send)
        elif scope["method"] not in _SAFE_METHODS and not self._is_own_page(headers):
            await problem(403, "Another web page may not change anything here.")(scope, receive, send)
        else:
            await self._limited(scope, receive, send, headers)

    def _is_own_page(self, headers: Headers) -> bool:
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = headers.get("origin")
        if origin is None:
            return True
        place = origin.partition("://")[2].lower()
        # Behind a proxy the Host header may be another of our names. “*” is no name: it would let every page in.
        return place == headers.get("host", "").lower() or is_listed(name_of(place), self._allowed)

    async def _limited(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        limit = MAX_UPLOAD_BYTES if headers.get("content-type", "").startswith("multipart/") else MAX_JSON_BYTES
        announced = headers.get("content-length", "0")
        if not announced.isdecimal() or int(announced[:20]) > limit:
            await problem(413, f"The request is larger than {limit:,} bytes.")(scope, receive, send)
            return
        try:
            await self._app(scope, _counted(receive, limit), _with_headers(send))
        except _TooLarge as error:
            await problem(413, error.detail)(scope, receive, send)


def _counted(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise _TooLarge(413, f"The request is larger than {limit:,} bytes.")
        return message

    return counting


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending
