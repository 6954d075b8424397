"""One HTTP/1.1 connection of the scripted server, byte by byte and on time."""

import asyncio
import json
import time
from dataclasses import asdict
from email.utils import formatdate
from typing import TYPE_CHECKING

from tests.support.scripted_formats import error_body, frames, http_chunk, whole_body
from tests.support.scripted_replies import Asked, Reply

if TYPE_CHECKING:
    from tests.support.scripted_server import ScriptedServer


class Connection(asyncio.Protocol):
    """One kept-alive HTTP/1.1 connection: a request at a time, each answered by a task."""

    def __init__(self, server: "ScriptedServer") -> None:
        self._server = server
        self._buffer = b""
        self._asked: Asked | None = None
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        self._server._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._server._connections.discard(self)
        if self._task:
            self._task.cancel()
        if (asked := self._asked) and asked.finished_at is None:
            self._over(asked, "disconnected_at")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, rest = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        line, *fields = head.decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (f.partition(":") for f in fields)}
        length = int(headers.get("content-length", "0"))
        if len(rest) >= length:
            self._buffer = rest[length:]
            self._handle(line.split(" ")[0], line.split(" ")[1], headers, rest[:length])

    def end(self, *, abruptly: bool = False) -> None:
        (self._transport.abort if abruptly else self._transport.close)()

    def _handle(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        server = self._server
        if path.startswith("/_scripted/") or method == "GET":
            self._send(200, json.dumps(self._own(path, headers)).encode())
            return
        asked = Asked(len(server.requests) + 1, path, headers, json.loads(body or b"{}"), time.monotonic())
        self._asked = asked
        server.open += 1
        server.peak = max(server.peak, server.open)
        server.note(lambda: server.requests.append(asked))
        self._task = server._loop.create_task(self._answer(asked, server.reply_to(asked)))

    def _own(self, path: str, headers: dict[str, str]) -> object:
        match path.rpartition("/")[2].partition("?")[0]:
            case "requests":
                return [asdict(asked) for asked in self._server.requests]
            case "release":
                self._server._released.set()
            case "forget":
                self._server.forget()
            case "models" if "x-goog-api-key" in headers:
                names = ("gemini-2.5-flash", "gemini-2.5-pro")
                return {
                    "models": [
                        {"name": f"models/{n}", "supportedGenerationMethods": ["generateContent"]} for n in names
                    ]
                }
            case "models":
                return {"object": "list", "data": [{"id": n, "object": "model"} for n in ("scripted-1", "scripted-2")]}
        return {}

    async def _answer(self, asked: Asked, reply: Reply) -> None:
        if reply.fault == "refuse":
            await self._at(asked, reply.first_s)
            self.end()
        elif reply.status != 200:
            await self._at(asked, reply.first_s)
            self._send(reply.status, error_body(asked, reply), _asked_to_wait(reply))
        elif asked.streamed:
            await self._stream(asked, reply)
        else:
            await self._whole(asked, reply)
        self._over(asked, "finished_at")

    async def _whole(self, asked: Asked, reply: Reply) -> None:
        await self._at(asked, reply.first_s + reply.every_s * len(reply.parts()))
        if reply.hold_after is not None:
            await self._server.held()
        body = b'{"choices": [{' if reply.fault == "broken_json" else json.dumps(whole_body(asked, reply)).encode()
        self._send(200, body)

    async def _stream(self, asked: Asked, reply: Reply) -> None:
        framing = _Sse if not asked.is_gemini or "alt=sse" in asked.path else _JsonArray
        pieces = frames(reply, asked.is_gemini, asked.model, len(asked.prompt) + len(asked.system), framing.array)
        count = len(reply.parts())
        head = _head(200, framing.type, (("Transfer-Encoding", "chunked"),))
        if reply.headers_first:
            self._write(asked, head)
            head = b""
        for i, frame in enumerate(pieces):
            if i == reply.hold_after:
                self._write(asked, head)
                head = b""
                await self._server.held()
            if reply.fault and i == reply.after:
                break
            if i <= count:
                await self._at(asked, reply.first_s + min(i, max(count - 1, 0)) * reply.every_s)
            self._write(asked, head + frame)
            if i < count:
                self._server.note(asked.count_chunk)
            head = b""
        if reply.hold_after is not None and reply.hold_after >= len(pieces):
            await self._server.held()
        if reply.fault:
            self._break(asked, reply, head)
        else:
            self._write(asked, head + b"0\r\n\r\n")

    def _break(self, asked: Asked, reply: Reply, head: bytes) -> None:
        self._write(asked, head)
        if reply.fault in ("cut", "reset"):
            self.end(abruptly=reply.fault == "reset")
            return
        bodies = {
            "garbage": b"<html><body>502 Bad Gateway</body></html>\n\n",
            "broken_json": b'data: {"choices": [{"delta": {"content": \n\n',
            "error_event": b"data: " + error_body(asked, Reply(status=500, message="The model crashed.")) + b"\n\n",
        }
        self._write(asked, http_chunk(bodies[reply.fault]) + b"0\r\n\r\n")

    async def _at(self, asked: Asked, after_s: float) -> None:
        if (left := asked.at + after_s - time.monotonic()) > 0:
            await asyncio.sleep(left)

    def _send(self, status: int, body: bytes, fields: tuple[tuple[str, str], ...] = ()) -> None:
        fields = (("Content-Length", str(len(body))), *fields)
        self._transport.write(_head(status, "application/json", fields) + body)

    def _write(self, asked: Asked, data: bytes) -> None:
        if data and not self._transport.is_closing():
            self._transport.write(data)
            asked.last_byte_at = time.monotonic()
            asked.first_byte_at = asked.first_byte_at or asked.last_byte_at

    def _over(self, asked: Asked, how: str) -> None:
        self._server.open -= 1
        self._server.note(lambda: setattr(asked, how, time.monotonic()))


class _Sse:
    type, array = "text/event-stream", False


class _JsonArray:
    type, array = "application/json", True


def _head(status: int, media_type: str, fields: tuple[tuple[str, str], ...]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"HTTP/1.1 {status} Scripted\r\nContent-Type: {media_type}\r\n{lines}\r\n".encode()


def _asked_to_wait(reply: Reply) -> tuple[tuple[str, str], ...]:
    if reply.retry_after is None:
        return ()
    match reply.retry_after_as:
        case "ms":
            return (("retry-after-ms", str(int(reply.retry_after * 1000))),)
        case "date":
            return (("Retry-After", formatdate(time.time() + reply.retry_after, usegmt=True)),)
    return (("Retry-After", f"{reply.retry_after:g}"),)
