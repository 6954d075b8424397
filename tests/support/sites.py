"""Small local web sites: real sockets, scripted answers."""

import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Page:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    announce: bool = True
    endless: bool = False


@dataclass
class Site:
    """`asked` holds (path, Host header) of every request."""

    port: int
    pages: dict[str, Page]
    asked: list[tuple[str, str]] = field(default_factory=list)
    closed: threading.Event = field(default_factory=threading.Event)

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, self.headers.get("Host", "")))
            page = site.pages.get(self.path, Page(404))
            if "ETag" in page.headers and self.headers.get("If-None-Match") == page.headers["ETag"]:
                page = Page(304, announce=False)
            self.send_response(page.status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            if page.announce and not page.endless:
                self.send_header("Content-Length", str(len(page.body)))
            self.end_headers()
            try:
                self.wfile.write(page.body)
                while page.endless and not site.closed.wait(0.01):
                    self.wfile.write(b"and so on ")
            except OSError:
                return  # the fetcher had enough

        def log_message(self, *_: object) -> None:
            """Tests read no access log."""

    return Handler


ServeSite = Callable[..., Site]


def serving() -> Iterator[ServeSite]:
    """For a fixture: a function that starts sites, all of which end with the test."""
    servers: list[tuple[ThreadingHTTPServer, threading.Thread, Site]] = []

    def start(pages: dict[str, Page], tls: ssl.SSLContext | None = None) -> Site:
        site = Site(0, pages)
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
        server.daemon_threads = True
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        site.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        servers.append((server, thread, site))
        return site

    yield start
    for server, thread, site in servers:
        site.closed.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
