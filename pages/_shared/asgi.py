"""What surrounds the pages in the served app: start and stop of Writer, the API, our own files, headers, host check."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio.to_thread
import streamlit
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit.runtime.pages_manager import PagesManager

from pages._shared.banner import show_fault
from pages._shared.paper import EDITOR
from pages._shared.start import StartInWords
from writer import bootstrap
from writer.security.hosts import NOT_OUR_NAME, is_known

_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)


def asgi_app(assets: Path, make_api: Callable[[], ASGIApp]) -> dict[str, Any]:
    """Keyword arguments for `st.App`."""
    # Private, hence pinned and tested: without it the first session shows file names as navigation for a moment.
    PagesManager.uses_pages_directory = False
    api = LateApi(make_api)
    return {
        "lifespan": lifespan,
        "on_script_error": show_fault,
        "routes": [
            Mount("/api", app=api),
            Route("/metrics", endpoint=api),  # where Prometheus looks, behind the same guard
            Mount("/assets/editor", app=StaticFiles(directory=EDITOR)),
            Mount("/assets", app=StaticFiles(directory=assets)),
        ],
        "middleware": [
            Middleware(StartInWords),
            Middleware(KnownHosts, allowed=_allowed_hosts),
            Middleware(SecurityHeaders, policy=content_policy()),
        ],
    }


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    writer = await anyio.to_thread.run_sync(bootstrap.shared)
    await anyio.to_thread.run_sync(writer.start)
    try:
        yield
    finally:
        await anyio.to_thread.run_sync(writer.close)


class LateApi:
    """The API is made at its first request: its modules need not be loaded before the first page is painted."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            self._app = self._make()
        await self._app(scope, receive, send)


def content_policy(index: Path | None = None) -> str:
    """Everything comes from this server. Streamlit's page holds one inline script, which is named by its hash."""
    page = index or Path(streamlit.__file__).parent / "static" / "index.html"
    hashes = " ".join(f"'sha256-{_sha256(script)}'" for script in _INLINE_SCRIPT.findall(page.read_text("utf-8")))
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' blob: {hashes}".rstrip(),  # blob: our components' own modules
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )


def _sha256(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


class SecurityHeaders:
    def __init__(self, app: ASGIApp, policy: str) -> None:
        self._app = app
        self._headers = {
            "content-security-policy": policy,
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "permissions-policy": "camera=(), microphone=(), geolocation=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def _allowed_hosts() -> Sequence[str]:
    return bootstrap.shared().settings.allowed_hosts


class KnownHosts:
    """Refuses what comes under a foreign name, in the words of who was asked: the API answers with problems."""

    def __init__(self, app: ASGIApp, allowed: Callable[[], Sequence[str]]) -> None:
        self._app = app
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or is_known(_host(scope), self._allowed()):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(1008)(scope, receive, send)
        else:
            await _refusal(scope["path"])(scope, receive, send)


def _refusal(path: str) -> Response:
    if not path.startswith("/api/"):
        return PlainTextResponse(NOT_OUR_NAME, 421)
    problem = {"type": "about:blank", "title": "Wrong host", "status": 421, "detail": NOT_OUR_NAME}
    return JSONResponse(problem, 421, media_type="application/problem+json")


def _host(scope: Scope) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
