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
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Self

from tests.support.scripted_connection import Connection
from tests.support.scripted_process import WAITING_S, ServerProcess
from tests.support.scripted_replies import (
    EMOJI_IN_HALVES,
    ENDLESS,
    LOOPING,
    NAMED,
    NEVER_ENDING,
    SILENT,
    THINKING,
    Asked,
    Fault,
    Reply,
    Script,
    failing,
    out_of_credit,
    rate_limited,
    steady,
)

__all__ = [
    "EMOJI_IN_HALVES",
    "ENDLESS",
    "LOOPING",
    "NAMED",
    "NEVER_ENDING",
    "SILENT",
    "THINKING",
    "Asked",
    "Fault",
    "Reply",
    "Script",
    "ScriptedServer",
    "ServerProcess",
    "failing",
    "out_of_credit",
    "rate_limited",
    "steady",
]


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
        self._connections: set[Connection] = set()
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
        listening = self._loop.create_server(lambda: Connection(self), "127.0.0.1", self.port, backlog=512)
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
