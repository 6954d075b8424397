"""Google Gemini through google-generativeai, which its maker ended in November 2025: for set-ups that still need it.

The library is synchronous, retries by itself and has a deadline of ten minutes. Here it runs in a thread, with its
retries off, and a Stop cuts its connection.
"""

import asyncio
import socket
import threading
import warnings
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any

from writer.domain.completions import CompletionRequest, StreamEvent
from writer.domain.errors import RequestRejected
from writer.domain.ports.settings import ProviderAccount
from writer.providers.bridges import Put, from_thread
from writer.providers.gemini import GeminiReading, contents, system_text
from writer.providers.presets import Preset
from writer.providers.schemas import in_words
from writer.providers.translation import foreign_errors, translated


class GeminiLegacy:
    def __init__(self, account: ProviderAccount, model: str, preset: Preset) -> None:
        self.route = f"{account.name}:{model}"
        self._model = model
        self._preset = preset
        self._base_url = account.base_url or preset.base_url
        self._key = account.key

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        if request.tools:
            raise RequestRejected(self.route, "this library cannot call tools. Use a 'gemini:' route instead.")
        sdk = await asyncio.to_thread(_sdk)
        reading = GeminiReading(self.route)
        call = _Call()
        with translated(self.route, sdk.errors, self._key):
            async with aclosing(from_thread(self._replies(sdk, request, call), call.stop)) as replies:
                async for reply in replies:
                    for event in reading.read(reply):
                        yield event
            for event in reading.end():
                yield event

    def _replies(self, sdk: "_Sdk", request: CompletionRequest, call: "_Call") -> Callable[[Put[Any]], None]:
        whole_s = self._preset.limits.whole_s

        def produce(put: Put[Any]) -> None:
            told = [system_text(request), in_words(request.reply_schema) if request.reply_schema else ""]
            system = "\n\n".join(filter(None, told))
            model = sdk.model(self._model, system_instruction=system or None)
            client = self._client(sdk)
            call.watch(client.transport._session)
            try:
                # Past the library's own reply object: it fails on chunks without text, and copies all text per chunk.
                asked = model._prepare_request(
                    contents=contents(request),
                    generation_config=_generation_config(request),
                    tools=None,
                    tool_config=None,
                )
                for reply in client.stream_generate_content(asked, retry=_never(), timeout=whole_s):
                    put(reply)
            finally:
                client.transport.close()
                call.close()

        return produce

    def _client(self, sdk: "_Sdk") -> Any:
        """A client of our own: `configure` would set one key for the whole process."""
        manager = sdk.client_manager()
        options = {"api_endpoint": self._base_url} if self._base_url else None
        manager.configure(api_key=self._key, transport="rest", client_options=options)
        return manager.get_default_client("generative")


class _Call:
    """Knows the call's connection, so that Stop can cut it while the thread waits for a byte."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stopped = False
        self._connections: list[tuple[Any, Any]] = []

    def watch(self, session: Any) -> None:
        from requests.adapters import HTTPAdapter

        opened = self._opened

        class Watching(HTTPAdapter):
            def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
                pool = super().get_connection_with_tls_context(*args, **kwargs)
                pool.ConnectionCls = _reporting(pool.ConnectionCls, opened)
                return pool

        # On 401 it would "refresh" a key that cannot be refreshed, and ask twice more.
        session._max_refresh_attempts = 0
        session.mount("https://", Watching(max_retries=0))
        session.mount("http://", Watching(max_retries=0))

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            connections = list(self._connections)
        for _, wire in connections:
            _cut(wire)

    def close(self) -> None:
        """After the session, which forgets a connection whose reply was not read to its end."""
        with self._lock:
            connections, self._connections = self._connections, []
        for connection, wire in connections:
            connection.close()
            wire.close()

    def _opened(self, connection: Any) -> None:
        wire = connection.sock
        with self._lock:
            self._connections.append((connection, wire))
            stopped = self._stopped
        if stopped:
            _cut(wire)


def _reporting(connection_class: Any, opened: Callable[[Any], None]) -> Any:
    class Reporting(connection_class):  # type: ignore[misc]
        def connect(self) -> None:
            super().connect()
            opened(self)

    return Reporting


def _cut(wire: Any) -> None:
    with suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)


def _generation_config(request: CompletionRequest) -> dict[str, Any]:
    config: dict[str, Any] = {
        "temperature": request.temperature,
        "max_output_tokens": request.max_output_tokens,
    }
    return config | ({"response_mime_type": "application/json"} if request.reply_schema else {})


def _never() -> Any:
    """The only setting that was found to bound this library: its own retries on 503 last up to ten minutes."""
    from google.api_core.retry import Retry

    return Retry(predicate=lambda error: False)


@dataclass(frozen=True, slots=True)
class _Sdk:
    model: Any
    client_manager: Any
    errors: tuple[type[Exception], ...]


def _sdk() -> _Sdk:
    with warnings.catch_warnings():
        # It announces its end, and that of the Python version, on every import.
        warnings.simplefilter("ignore")
        from google.api_core.exceptions import GoogleAPIError
        from google.generativeai import GenerativeModel
        from google.generativeai.client import _ClientManager
        from google.protobuf.json_format import ParseError  # type: ignore[import-untyped]  # protobuf ships no types
    errors = foreign_errors(GoogleAPIError, ParseError, ValueError)
    return _Sdk(GenerativeModel, _ClientManager, errors)
