"""Who may talk to the API at all: the right host name, no foreign web page, and no endless body."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from writer.api.problems import problem

MAX_JSON_BYTES = 25_000_000
MAX_UPLOAD_BYTES = 60_000_000
_LOOPBACK_NAMES = {"localhost", "127.0.0.1", "::1"}
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

    - A foreign name that resolves to loopback (DNS rebinding) is refused by its Host header.
    - A request that changes something and comes from another page is refused by Origin and Sec-Fetch-Site. "Same site"
      is not enough: another program on another port of localhost is the same site.
    Programs that are no browsers send neither header and are not concerned.
    """

    def __init__(self, app: ASGIApp, allowed_hosts: Sequence[str] = ()) -> None:
        self._app = app
        self._allowed = {host.lower() for host in allowed_hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self._is_our_name(scope, headers.get("host", "")):
            sentence = "This name does not belong to Writer. Add it to WRITER_ALLOWED_HOSTS if it should."
            await problem(421, sentence)(scope, receive, send)
        elif scope["method"] not in _SAFE_METHODS and not self._is_own_page(headers):
            await problem(403, "Another web page may not change anything here.")(scope, receive, send)
        else:
            await self._limited(scope, receive, send, headers)

    def _is_our_name(self, scope: Scope, host: str) -> bool:
        name = _name_of(host)
        if self._allowed:
            return name in self._allowed or host.lower() in self._allowed or name in _LOOPBACK_NAMES
        client = scope.get("client")
        return client is None or client[0] not in ("127.0.0.1", "::1") or name in _LOOPBACK_NAMES

    def _is_own_page(self, headers: Headers) -> bool:
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = headers.get("origin")
        if origin is None:
            return True
        parts = urlsplit(origin)
        return parts.netloc.lower() == headers.get("host", "").lower() or (parts.hostname or "") in self._allowed

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


def _name_of(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


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
