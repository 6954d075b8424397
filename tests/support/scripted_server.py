"""A model service that does what a script says, over real sockets: OpenAI chat completions and Gemini, streamed or not.

In a test (the server runs in a thread; `url` is the OpenAI base URL, `root` the Gemini one):

    with ScriptedServer(Reply("Hello there.")) as server:                          # every request gets this
    with ScriptedServer([failing(503), Reply("Then it works.")]) as server:        # one per request, the last repeats
    with ScriptedServer(lambda asked: Reply(f"You said {asked.prompt}")) as server:  # depends on the request

    server.url, server.root          "http://127.0.0.1:4711/v1", "http://127.0.0.1:4711"
    server.script = [...]            another script from now on (lists start at their first entry)
    server.requests                  list[Asked]: number, path, headers, body, model, prompt, system, at, chunks_sent,
                                     first_byte_at, last_byte_at, finished_at, disconnected_at (time.monotonic())
    server.peak                      most requests that were open at once
    server.wait_for(lambda: len(server.requests) == 2)      blocks until true; `await server.until(...)` in async tests
    server.release()                 lets replies go on that a `hold_after` keeps waiting

What a `Reply` can do: see its fields. Shorthands: `failing(503)`, `rate_limited(2)`, `rate_limited(2, "date")`,
`out_of_credit()`, `steady()` (200 ms to the first of 50 chunks at 5 ms), and
`NEVER_ENDING`, `ENDLESS`, `SILENT`, `THINKING`, `EMOJI_IN_HALVES`, `LOOPING`.

In a process of its own (kill tests, benchmarks: its CPU then does not count as the client's):

    python -m tests.support.scripted_server --port 4711 --script steady        # a name of NAMED, or module:attribute
    with ServerProcess("steady") as server: server.url; server.requests(); server.forget()

It answers GET /_scripted/requests (the records as JSON), POST /_scripted/release and POST /_scripted/forget.
"""

import argparse
import asyncio
import importlib
import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from email.utils import formatdate
from typing import Any, Self

from tests.support.scripted_formats import error_body, frames, http_chunk, whole_body
from tests.support.scripted_replies import (
    EMOJI_IN_HALVES as EMOJI_IN_HALVES,
)
from tests.support.scripted_replies import (
    ENDLESS as ENDLESS,
)
from tests.support.scripted_replies import (
    LOOPING as LOOPING,
)
from tests.support.scripted_replies import (
    NAMED as NAMED,
)
from tests.support.scripted_replies import (
    NEVER_ENDING as NEVER_ENDING,
)
from tests.support.scripted_replies import (
    SILENT as SILENT,
)
from tests.support.scripted_replies import (
    THINKING as THINKING,
)
from tests.support.scripted_replies import (
    Asked as Asked,
)
from tests.support.scripted_replies import (
    Fault as Fault,
)
from tests.support.scripted_replies import (
    Reply as Reply,
)
from tests.support.scripted_replies import (
    Script as Script,
)
from tests.support.scripted_replies import (
    failing as failing,
)
from tests.support.scripted_replies import (
    out_of_credit as out_of_credit,
)
from tests.support.scripted_replies import (
    rate_limited as rate_limited,
)
from tests.support.scripted_replies import (
    steady as steady,
)

WAITING_S = 20.0


class ScriptedServer:
    """Serves from a thread of its own for as long as the `with` block lasts."""

    def __init__(self, script: Script | None = None, port: int = 0) -> None:
        self.requests: list[Asked] = []
        self.peak = 0
        self.open = 0
        self.port = port
        self._changed = threading.Condition()
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._released = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="scripted-server", daemon=True)
        self._connections: set[_Connection] = set()
        self.script = script if script is not None else Reply()

    @property
    def script(self) -> Script:
        return self._script

    @script.setter
    def script(self, script: Script) -> None:
        self._script = script
        self._given: Iterator[Reply] | None = iter(script) if isinstance(script, Sequence) else None
        self._last = Reply()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.root}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(WAITING_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(WAITING_S)

    def wait_for(self, condition: Callable[[], bool], timeout_s: float = WAITING_S) -> None:
        with self._changed:
            if not self._changed.wait_for(condition, timeout_s):
                raise AssertionError(f"not so after {timeout_s} s: {self.requests}")

    async def until(self, condition: Callable[[], bool], timeout_s: float = WAITING_S) -> None:
        await asyncio.to_thread(self.wait_for, condition, timeout_s)

    def release(self) -> None:
        self._loop.call_soon_threadsafe(self._released.set)

    def forget(self) -> None:
        """Start counting anew."""
        with self._changed:
            self.requests.clear()
            self.peak = 0

    def reply_to(self, asked: Asked) -> Reply:
        if self._given is not None:
            self._last = next(self._given, self._last)
            return self._last
        return self._script if isinstance(self._script, Reply) else self._script(asked)  # type: ignore[operator]

    def note(self, change: Callable[[], object]) -> None:
        with self._changed:
            change()
            self._changed.notify_all()

    async def held(self) -> None:
        await self._released.wait()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        listening = self._loop.create_server(lambda: _Connection(self), "127.0.0.1", self.port, backlog=512)
        server = self._loop.run_until_complete(listening)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for connection in list(self._connections):
            connection.end(abruptly=True)
        self._loop.run_until_complete(asyncio.sleep(0))
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()


class _Connection(asyncio.Protocol):
    """One kept-alive HTTP/1.1 connection: a request at a time, each answered by a task."""

    def __init__(self, server: ScriptedServer) -> None:
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
            asked.chunks_sent += i < count
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


class ServerProcess:
    """The same server in a process of its own; `script` is a name of NAMED or "module:attribute"."""

    def __init__(self, script: str = "reply", port: int = 0) -> None:
        command = [sys.executable, "-m", "tests.support.scripted_server", "--port", str(port), "--script", script]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.root = self._process.stdout.readline().strip()
        self.url = f"{self.root}/v1"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def requests(self) -> list[Asked]:
        return [Asked(**record) for record in self._own("requests")]

    def release(self) -> None:
        self._own("release")

    def forget(self) -> None:
        self._own("forget")

    def _own(self, what: str) -> Any:
        with urllib.request.urlopen(f"{self.root}/_scripted/{what}", timeout=WAITING_S) as reply:
            return json.load(reply)


def found(name: str) -> Script:
    if name in NAMED:
        return NAMED[name]
    module, _, attribute = name.partition(":")
    script: Script = getattr(importlib.import_module(module), attribute)
    return script


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--script", default="reply", help=f"{', '.join(NAMED)}, or module:attribute")
    options = parser.parse_args()
    with ScriptedServer(found(options.script), options.port) as server:
        print(server.root, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
