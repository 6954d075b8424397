"""A search service that answers what a test says, over real sockets; it keeps every request as it came."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Answer:
    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    endless: bool = False


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def query(self) -> str:
        """What was searched for, wherever the service takes it."""
        if self.method == "POST":
            return str(json.loads(self.body)["query"])
        return parse_qs(urlsplit(self.path).query).get("q", [""])[0]


Script = Callable[[Request], Answer]


@dataclass
class SearchServer:
    script: Script
    port: int = 0
    requests: list[Request] = field(default_factory=list)
    closed: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def queries(self) -> list[str]:
        return [request.query for request in self.requests if "search" in request.path]


def results(*rows: dict[str, Any]) -> Answer:
    """As SearXNG and Tavily have them, and as Brave has them."""
    return Answer(json.dumps({"results": rows, "web": {"results": rows}}).encode())


def row(number: int, **more: Any) -> dict[str, Any]:
    text = f"What page {number} says."
    base = {"title": f"Page {number}", "url": f"https://site{number}.example/page", "content": text}
    return {**base, "description": text, **more}


def in_turn(answers: Sequence[Answer]) -> Script:
    """One for each request, the last one for ever."""
    left = list(answers)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


@contextmanager
def searching(script: Script | Answer) -> Iterator[SearchServer]:
    server = SearchServer(script if callable(script) else lambda request: script)
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    httpd.daemon_threads = True
    server.port = httpd.server_address[1]
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closed.set()
        httpd.shutdown()
        httpd.server_close()
        thread.join(5)


def _handler(server: SearchServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = Request(self.command, self.path, dict(self.headers.items()), body)
            server.requests.append(request)
            answer = server.script(request)
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            if not answer.endless:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            try:
                self.wfile.write(answer.body)
                while answer.endless and not server.closed.is_set():
                    self.wfile.write(b"and so on " * 1000)
            except OSError:
                return  # the asker had enough

        def log_message(self, *_: object) -> None:
            """Tests read no access log."""

    return Handler
