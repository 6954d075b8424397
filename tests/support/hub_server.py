"""A hub as far as Writer speaks with it, over real sockets: real bytes, checksums, ranges, redirects, and faults.

    with serving(HubSite({"org/tiny": a_model()})) as hub:      # hub.url, hub.requests, hub.sent
        hub.faults.append(Fault("model.safetensors", "cut", after=1000))

What a fault does to the first request for a file that it fits, once:

    503, 429, …   that status
    "cut"         so many bytes, then the connection ends
    "stall"       so many bytes, then silence until the server is released
    "garbled"     all bytes, one of them another
    "longer"      more bytes than announced
    "unranged"    the whole file, although a range was asked for
"""

import hashlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

TOKEN = "hf_of_the_test"
PIECE = 16_384


def weights(size: int, seed: int = 1) -> bytes:
    """A safetensors file whose one tensor has so many bytes."""
    header = json.dumps({"w": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    header += b" " * (-len(header) % 8)
    body = hashlib.shake_128(seed.to_bytes(4)).digest(size)
    return struct.pack("<Q", len(header)) + header + body


def a_model(size: int = 200_000, **files: bytes) -> dict[str, bytes]:
    """Also what nobody should want of it."""
    return {
        "README.md": b"# Tiny\n",
        "LICENSE": b"Apache License",
        "config.json": b'{"model_type": "llama", "max_position_embeddings": 256}',
        "tokenizer.json": b'{"version": "1.0"}',
        "model.safetensors": weights(size),
        "pytorch_model.bin": b"\x80\x04pickle",
        "modeling_tiny.py": b"raise SystemExit('never run')",
        "onnx/model.onnx": b"onnx",
        ".gitattributes": b"*.bin filter=lfs",
        **{name.replace("__", "."): content for name, content in files.items()},
    }


@dataclass
class Fault:
    name: str
    kind: str | int
    after: int = 0


@dataclass
class Asked:
    path: str
    headers: dict[str, str]


@dataclass
class HubSite:
    """`etag` is of the storage's answers; "" gives none. `line` is bytes a second, 0 for as fast as it goes."""

    models: dict[str, dict[str, bytes]]
    card: dict[str, Any] = field(default_factory=lambda: {"license": "apache-2.0"})
    gated: bool = False
    redirects: bool = True
    ranged: bool = True
    etag: str = "v1"
    line: int = 0
    announced: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    requests: list[Asked] = field(default_factory=list)
    sent: int = 0
    on_request: Callable[[], None] = lambda: None
    port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def asked_for(self, name: str) -> list[Asked]:
        return [asked for asked in self.requests if asked.path.startswith("/stored/") and asked.path.endswith(name)]

    def revision(self, model: str) -> str:
        content = b"".join(name.encode() + value for name, value in sorted(self.models[model].items()))
        return hashlib.sha1(content, usedforsecurity=False).hexdigest()

    def described(self, model: str) -> dict[str, Any]:
        value = {
            "id": model,
            "sha": self.revision(model),
            "gated": "auto" if self.gated else False,
            "pipeline_tag": "text-generation",
            "tags": ["transformers", "license:apache-2.0"],
            "cardData": self.card,
            "safetensors": {"parameters": {"BF16": 1_000}, "total": 1_000},
            "siblings": [_sibling(name, content) for name, content in self.models[model].items()],
        }
        return value | self.announced

    def fault_for(self, path: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if path.endswith(fault.name):
                    self.faults.remove(fault)
                    return fault
        return None


def _sibling(name: str, content: bytes) -> dict[str, Any]:
    header = f"blob {len(content)}\0".encode()
    value: dict[str, Any] = {
        "rfilename": name,
        "size": len(content),
        "blobId": hashlib.sha1(header + content, usedforsecurity=False).hexdigest(),
    }
    if name.endswith((".safetensors", ".bin")):
        value["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
    return value


@contextmanager
def serving(site: HubSite) -> Iterator[HubSite]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"site": site}))
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
    site: HubSite
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        # What lies in buffers when a reader dies was sent, and reached nobody: a real line holds little.
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 32_768)
        super().setup()

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.site.on_request()
        with self.site.lock:
            self.site.requests.append(Asked(path, headers))
        self.close_connection = True
        if path.startswith("/api/models/"):
            self._describe(path.removeprefix("/api/models/"), headers)
        elif path.startswith("/stored/"):
            self._file(path.removeprefix("/stored/"), headers)
        else:
            model, _, rest = path.strip("/").partition("/resolve/")
            self._resolve(model, rest.partition("/")[2], headers)

    def _describe(self, model: str, headers: dict[str, str]) -> None:
        if model not in self.site.models:
            self._plain(401, b'{"error": "Invalid username or password."}', {"X-Error-Code": "RepoNotFound"})
        elif isinstance(self.site.announced.get("raw"), bytes):
            self._plain(200, self.site.announced["raw"])
        else:
            self._plain(200, json.dumps(self.site.described(model)).encode())

    def _resolve(self, model: str, name: str, headers: dict[str, str]) -> None:
        if self.site.gated and headers.get("authorization") != f"Bearer {TOKEN}":
            self._plain(401 if "authorization" not in headers else 403, b"{}", {"X-Error-Code": "GatedRepo"})
        elif name not in self.site.models.get(model, {}):
            self._plain(404, b"{}", {"X-Error-Code": "EntryNotFound"})
        elif self.site.redirects:  # localhost is another host than 127.0.0.1: no token may go there
            self._plain(302, b"", {"Location": f"http://localhost:{self.site.port}/stored/{model}/{name}"})
        else:
            self._file(f"{model}/{name}", headers)

    def _file(self, path: str, headers: dict[str, str]) -> None:
        fault = self.site.fault_for(path)
        kind = fault.kind if fault else ""
        if isinstance(kind, int):
            self._plain(kind, b"")
            return
        model, _, name = path.rpartition("/")
        content, start = self.site.models[model][name], 0
        etag = f'"{self.site.etag}"' if self.site.etag else ""
        wanted = headers.get("range", "")
        if wanted and self.site.ranged and kind != "unranged" and headers.get("if-range", etag) == etag:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
        if start >= len(content) > 0:
            self._plain(416, b"", {"Content-Range": f"bytes */{len(content)}"})
            return
        body = content[start:]
        if kind == "garbled":
            body = body[:-1] + bytes([body[-1] ^ 1])
        if kind == "longer":
            body += b"more"
        told = {"ETag": etag} if etag else {}
        if start:
            told["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self._head(206 if start else 200, len(body), told)
        self._body(body, fault)

    def _body(self, body: bytes, fault: Fault | None) -> None:
        stops = fault is not None and fault.kind in ("cut", "stall")
        end = fault.after if fault is not None and stops else len(body)
        for at in range(0, end, PIECE):
            piece = body[at : min(at + PIECE, end)]
            try:
                self.wfile.write(piece)
            except OSError:
                return
            with self.site.lock:
                self.site.sent += len(piece)
            if self.site.line:
                time.sleep(len(piece) / self.site.line)
        if fault is not None and fault.kind == "stall":
            self.site.released.wait()

    def _plain(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self._head(status, len(body), headers or {})
        self.wfile.write(body)

    def _head(self, status: int, length: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass
