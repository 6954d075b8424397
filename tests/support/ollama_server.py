"""Ollama as far as Writer speaks with it, over real sockets: its own interface, and the one it shares with OpenAI.

with serving(OllamaSite({"llama3.2": 2_000})) as site:      # site.url, site.models, site.loaded, site.requests
    site.pieces["qwen3:4b"] = 3_000
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class OllamaSite:
    """`library` are models that can be pulled, with their sizes; a pull stops after `pause_at` bytes until released."""

    models: dict[str, int] = field(default_factory=dict)
    library: dict[str, int] = field(default_factory=dict)
    loaded: set[str] = field(default_factory=set)
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    held: dict[str, int] = field(default_factory=dict)
    pause_at: int | None = None
    is_ollama: bool = True
    answer: bytes | None = None
    port: int = 0
    released: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving(site: OllamaSite, port: int = 0) -> Iterator[OllamaSite]:
    """Raises OSError where `port` is taken."""
    httpd = ThreadingHTTPServer(("127.0.0.1", port), type("Bound", (_Handler,), {"site": site}))
    httpd.daemon_threads = True
    site.port = httpd.server_address[1]
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.released.set()
        httpd.shutdown()
        httpd.server_close()
        thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    site: OllamaSite

    def _any(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length) or b"null")
        self.site.requests.append((self.command, self.path, body))
        if self.site.answer is not None:
            self._send(self.site.answer)
        elif self.path == "/v1/models":
            self._json({"object": "list", "data": [{"id": name, "object": "model"} for name in self.site.models]})
        elif self.site.is_ollama and self.path.startswith("/api/"):
            getattr(self, f"_{self.path.removeprefix('/api/')}")(body)
        else:
            self._json({"error": "not found"}, 404)

    do_GET = do_POST = do_DELETE = _any

    def _tags(self, body: Any) -> None:
        details = {"family": "llama", "parameter_size": "3.2B", "quantization_level": "Q4_K_M"}
        self._json({"models": [{"name": n, "size": s, "details": details} for n, s in self.site.models.items()]})

    def _ps(self, body: Any) -> None:
        self._json({"models": [{"name": name, "size": 2 * self.site.models[name]} for name in self.site.loaded]})

    def _generate(self, body: Any) -> None:
        if body["model"] not in self.site.models:
            self._json({"error": "model not found"}, 404)
            return
        (self.site.loaded.discard if body["keep_alive"] == 0 else self.site.loaded.add)(body["model"])
        self._json({"done": True})

    def _delete(self, body: Any) -> None:
        known = self.site.models.pop(body["model"], None) is not None
        self._send(b"", 200) if known else self._json({"error": "model not found"}, 404)

    def _pull(self, body: Any) -> None:
        name = body["model"]
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.end_headers()
        try:
            self._line({"status": "pulling manifest"})
            if name not in self.site.library:
                self._line({"error": "pull model manifest: file does not exist"})
                return
            self._pieces(name, self.site.library[name])
            for status in ("verifying sha256 digest", "writing manifest"):
                self._line({"status": status})
            self.site.models[name] = self.site.library[name]
            self._line({"status": "success"})
        except OSError:
            self.site.left.set()

    def _pieces(self, name: str, size: int) -> None:
        for done in range(self.site.held.get(name, 0), size + 1, 100):
            self.site.held[name] = done
            line = {"status": "pulling aaaa", "digest": "sha256:aaaa", "total": size, "completed": done}
            self._line(line)
            while self.site.pause_at is not None and done >= self.site.pause_at and not self.site.released.wait(0.02):
                self._line(line)  # as Ollama does, several times a second

    def _line(self, value: Any) -> None:
        self.wfile.write(json.dumps(value).encode() + b"\n")

    def _json(self, value: Any, status: int = 200) -> None:
        self._send(json.dumps(value).encode(), status)

    def _send(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass
