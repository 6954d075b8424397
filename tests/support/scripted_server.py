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
`out_of_credit()`, `steady()` (200 ms to the first of 50 chunks at 5 ms), `NEVER_ENDING`, `EMOJI_IN_HALVES`, `LOOPING`.

In a process of its own (kill tests, benchmarks: its CPU then does not count as the client's):

    python -m tests.support.scripted_server --port 4711 --script steady        # a name of NAMED, or module:attribute
    with ServerProcess("steady") as server: server.url; server.requests(); server.forget()

It answers GET /_scripted/requests (the records as JSON), POST /_scripted/release and POST /_scripted/forget.
"""

import argparse
import asyncio
import importlib
import itertools
import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from email.utils import formatdate
from functools import lru_cache
from typing import Any, Literal, Self

Fault = Literal["", "refuse", "cut", "reset", "garbage", "broken_json", "error_event"]
WAITING_S = 20.0


@dataclass(frozen=True)
class Reply:
    """One scripted answer. Times are in seconds from the arrival of the request.

    `chunks` are sent as they are (lone surrogates and NUL too); without them `text` is cut into `count` chunks (0: one
    per five words). Chunk i is sent at `first_s + i * every_s`; the headers come with the first chunk, or at once with
    `headers_first`. `finish` None never says why it ended. `usage` comes in the last chunk, in an extra chunk with no
    choices, or never; `tokens` (input, output) are counted as a quarter of the characters when None. After `after`
    chunks the `fault` happens: refuse (closed before any byte), cut (closed), reset, garbage (no SSE), broken_json,
    error_event (an error inside the stream). After `hold_after` chunks nothing comes until `server.release()`.
    """

    text: str = "A scripted reply from the scripted server, long enough to be cut into a few chunks."
    chunks: tuple[str, ...] = ()
    count: int = 0
    first_s: float = 0.0
    every_s: float = 0.0
    headers_first: bool = False
    finish: str | None = "stop"
    usage: Literal["last", "extra", "never"] = "extra"
    tokens: tuple[int, int] | None = None
    tool_calls: tuple[tuple[str, str, str], ...] = ()
    fault: Fault = ""
    after: int = 0
    hold_after: int | None = None
    status: int = 200
    code: str | None = None
    message: str = ""
    retry_after: float | None = None
    retry_after_as: Literal["seconds", "date", "ms"] = "seconds"

    def parts(self) -> tuple[str, ...]:
        if self.chunks:
            return self.chunks
        if not self.text:
            return ()
        count = self.count or max(1, len(self.text.split(" ")) // 5)
        edges = [round(i * len(self.text) / count) for i in range(count + 1)]
        return tuple(self.text[a:b] for a, b in itertools.pairwise(edges))


@dataclass
class Asked:
    """One request as it came, and what became of it."""

    number: int
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    at: float
    chunks_sent: int = 0
    first_byte_at: float | None = None
    last_byte_at: float | None = None
    finished_at: float | None = None
    disconnected_at: float | None = None

    @property
    def is_gemini(self) -> bool:
        return "enerateContent" in self.path

    @property
    def model(self) -> str:
        if self.is_gemini:
            return self.path.rpartition("/")[2].partition(":")[0]
        return str(self.body.get("model", ""))

    @property
    def streamed(self) -> bool:
        return ":stream" in self.path or bool(self.body.get("stream"))

    @property
    def system(self) -> str:
        """The system prompt."""
        if self.is_gemini:
            found = self.body.get("systemInstruction") or self.body.get("system_instruction") or {}
            return "".join(part.get("text", "") for part in found.get("parts", ()))
        return "\n\n".join(_said(m) for m in self.body.get("messages", ()) if m["role"] in ("system", "developer"))

    @property
    def prompt(self) -> str:
        """Everything that was said, except by the system."""
        if self.is_gemini:
            return "\n\n".join(part.get("text", "") for c in self.body.get("contents", ()) for part in c["parts"])
        return "\n\n".join(_said(m) for m in self.body.get("messages", ()) if m["role"] not in ("system", "developer"))


def _said(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


Script = Reply | Sequence[Reply] | Callable[[Asked], Reply]


def failing(status: int, message: str = "scripted failure", code: str | None = None) -> Reply:
    return Reply(status=status, message=message, code=code)


def rate_limited(after: float | None, form: Literal["seconds", "date", "ms"] = "seconds") -> Reply:
    return Reply(status=429, code="rate_limit_exceeded", message="Slow down.", retry_after=after, retry_after_as=form)


def out_of_credit() -> Reply:
    return Reply(status=429, code="insufficient_quota", message="You exceeded your current quota.", retry_after=1)


def steady(text: str = "", first_s: float = 0.2, count: int = 50, every_s: float = 0.005) -> Reply:
    return Reply(text or "Steady words " * count, count=count, first_s=first_s, every_s=every_s)


NEVER_ENDING = Reply(chunks=("It ", "begins "), hold_after=2)
SILENT = Reply(hold_after=0)
EMOJI_IN_HALVES = Reply(chunks=("A smile \ud83d", "\ude00 and a\x00 NUL."))
LOOPING = Reply(chunks=("Once upon a time. ",) + ("and then the same words again ",) * 400)
THINKING = Reply(chunks=("<th", "ink>Let me see", " what to say.</thi", "nk>\n\nThe answer", " is 42."))

NAMED: dict[str, Script] = {
    "reply": Reply(),
    "steady": steady(),
    "unavailable": failing(503, "The server is overloaded."),
    "never-ending": NEVER_ENDING,
    "silent": SILENT,
    "looping": LOOPING,
    "thinking": THINKING,
}


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
            self._send(200, json.dumps(self._own(path)).encode())
            return
        asked = Asked(len(server.requests) + 1, path, headers, json.loads(body or b"{}"), time.monotonic())
        self._asked = asked
        server.open += 1
        server.peak = max(server.peak, server.open)
        server.note(lambda: server.requests.append(asked))
        self._task = server._loop.create_task(self._answer(asked, server.reply_to(asked)))

    def _own(self, path: str) -> object:
        match path.rpartition("/")[2].partition("?")[0]:
            case "requests":
                return [asdict(asked) for asked in self._server.requests]
            case "release":
                self._server._released.set()
            case "forget":
                self._server.forget()
            case "models" if "/v1beta/" in path:
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
            self._send(reply.status, _error(asked, reply), _asked_to_wait(reply))
        elif asked.streamed:
            await self._stream(asked, reply)
        else:
            await self._whole(asked, reply)
        self._over(asked, "finished_at")

    async def _whole(self, asked: Asked, reply: Reply) -> None:
        await self._at(asked, reply.first_s + reply.every_s * len(reply.parts()))
        if reply.hold_after is not None:
            await self._server.held()
        body = b'{"choices": [{' if reply.fault == "broken_json" else json.dumps(_whole_body(asked, reply)).encode()
        self._send(200, body)

    async def _stream(self, asked: Asked, reply: Reply) -> None:
        framing = _Sse if not asked.is_gemini or "alt=sse" in asked.path else _JsonArray
        frames = _frames(reply, asked.is_gemini, asked.model, len(asked.prompt) + len(asked.system), framing.array)
        count = len(reply.parts())
        head = _head(200, framing.type, (("Transfer-Encoding", "chunked"),))
        if reply.headers_first:
            self._write(asked, head)
            head = b""
        for i, frame in enumerate(frames):
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
        if reply.hold_after is not None and reply.hold_after >= len(frames):
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
            "error_event": b"data: " + _error(asked, Reply(status=500, message="The model crashed.")) + b"\n\n",
        }
        self._write(asked, _chunk(bodies[reply.fault]) + b"0\r\n\r\n")

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


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def _asked_to_wait(reply: Reply) -> tuple[tuple[str, str], ...]:
    if reply.retry_after is None:
        return ()
    match reply.retry_after_as:
        case "ms":
            return (("retry-after-ms", str(int(reply.retry_after * 1000))),)
        case "date":
            return (("Retry-After", formatdate(time.time() + reply.retry_after, usegmt=True)),)
    return (("Retry-After", f"{reply.retry_after:g}"),)


_STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
_STATUSES |= {429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}


def _error(asked: Asked, reply: Reply) -> bytes:
    if asked.is_gemini:
        status = _STATUSES.get(reply.status, "UNKNOWN")
        return json.dumps({"error": {"code": reply.status, "message": reply.message, "status": status}}).encode()
    error = {"message": reply.message, "type": "scripted", "param": None, "code": reply.code}
    return json.dumps({"error": error}).encode()


def _usage(reply: Reply, prompt_length: int) -> tuple[int, int]:
    return reply.tokens or (prompt_length // 4, sum(map(len, reply.parts())) // 4)


def _openai_usage(reply: Reply, prompt_length: int) -> dict[str, int]:
    asked, said = _usage(reply, prompt_length)
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def _openai_calls(reply: Reply) -> list[dict[str, Any]]:
    return [
        {"index": i, "id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
        for i, (call_id, name, arguments) in enumerate(reply.tool_calls)
    ]


def _whole_body(asked: Asked, reply: Reply) -> dict[str, Any]:
    length = len(asked.prompt) + len(asked.system)
    if asked.is_gemini:
        return _gemini_event(reply, "".join(reply.parts()), length, last=True)
    message: dict[str, Any] = {"role": "assistant", "content": "".join(reply.parts())}
    if reply.tool_calls:
        message["tool_calls"] = _openai_calls(reply)
    choice = {"index": 0, "message": message, "finish_reason": reply.finish}
    body = {"id": "scripted", "object": "chat.completion", "created": 0, "model": asked.model, "choices": [choice]}
    return body if reply.usage == "never" else body | {"usage": _openai_usage(reply, length)}


@lru_cache(maxsize=64)
def _frames(reply: Reply, gemini: bool, model: str, prompt_length: int, array: bool) -> list[bytes]:
    """HTTP chunks: one for each part of the text first, then what ends the stream."""
    if gemini:
        return _gemini_frames(reply, prompt_length, array)
    base = {"id": "scripted", "object": "chat.completion.chunk", "created": 0, "model": model}
    events = [
        base | {"choices": [{"index": 0, "delta": {"role": "assistant", "content": part}, "finish_reason": None}]}
        for part in reply.parts()
    ]
    delta: dict[str, Any] = {"tool_calls": _openai_calls(reply)} if reply.tool_calls else {}
    last = base | {"choices": [{"index": 0, "delta": delta, "finish_reason": reply.finish}]}
    usage = {"usage": _openai_usage(reply, prompt_length)}
    events.append(last | usage if reply.usage == "last" else last)
    if reply.usage == "extra":
        events.append(base | {"choices": []} | usage)
    return [_chunk(f"data: {data}\n\n".encode()) for data in (*map(json.dumps, events), "[DONE]")]


_GEMINI_FINISH = {"stop": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY", "tool_calls": "STOP"}


def _gemini_event(reply: Reply, text: str, prompt_length: int, *, last: bool) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{"text": text}] if text else []
    if last:
        calls = (({"name": name, "args": json.loads(arguments)}) for _, name, arguments in reply.tool_calls)
        parts += [{"functionCall": call} for call in calls]
    candidate: dict[str, Any] = {"index": 0, "content": {"role": "model", "parts": parts}}
    if last and reply.finish:
        candidate["finishReason"] = _GEMINI_FINISH[reply.finish]
    event: dict[str, Any] = {"candidates": [candidate]}
    if last and reply.usage == "last":
        event |= _gemini_usage(reply, prompt_length)
    return event


def _gemini_usage(reply: Reply, prompt_length: int) -> dict[str, Any]:
    asked, said = _usage(reply, prompt_length)
    return {"usageMetadata": {"promptTokenCount": asked, "candidatesTokenCount": said, "totalTokenCount": asked + said}}


def _gemini_frames(reply: Reply, prompt_length: int, array: bool) -> list[bytes]:
    events = [_gemini_event(reply, part, prompt_length, last=False) for part in reply.parts()]
    events.append(_gemini_event(reply, "", prompt_length, last=True))
    if reply.usage == "extra":
        events.append({"candidates": []} | _gemini_usage(reply, prompt_length))
    if not array:
        return [_chunk(f"data: {json.dumps(event)}\r\n\r\n".encode()) for event in events]
    texts = [f"{'[' if i == 0 else ','}{json.dumps(event)}" for i, event in enumerate(events)]
    return [_chunk(text.encode()) for text in (*texts, "]")]


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
