"""WordPress and Ghost as far as Writer speaks with them, over real sockets, with faults where a test wants them.

    with serving(WordPressSite()) as site:           # site.url, site.host, site.posts, site.requests
        site.faults.append(Fault("POST", "/posts", "lost"))

What a fault does to the first request that it fits, once:

    503, 429, …      that status; nothing is stored
    "refused"        the connection ends; nothing is stored
    "silent"         no answer until the server is closed or released; nothing is stored
    "lost"           stored, then the connection ends
    "cut"            stored, then half of the answer
    "late"           no answer; stored when the server is released
    "stored_silent"  stored, no answer
"""

import base64
import hashlib
import hmac
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

USER, PASSWORD = "ada", "abcd EFGH ijkl MNOP qrst UVWX"
GHOST_KEY = "64f0c1d2e3a4b5c6d7e8f901:" + "0123456789abcdef" * 4

Row = dict[str, Any]
S = TypeVar("S", bound="Site")


@dataclass
class Fault:
    method: str
    path: str
    kind: str | int


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Row:
        value: Row = json.loads(self.body or b"{}")
        return value


@dataclass
class Answer:
    value: Any
    status: int = 200
    raw: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """`clock` counts changes: two never have the same time."""

    posts: dict[str, Row] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    override: Callable[[Request], Answer | None] = lambda request: None
    port: int = 0
    clock: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def live(self) -> list[Row]:
        """Posts that are not in the bin."""
        return [post for post in self.posts.values() if post["status"] != "trash"]

    def tick(self) -> str:
        self.clock += 1
        return f"2031-01-01T{self.clock // 3600:02}:{self.clock // 60 % 60:02}:{self.clock % 60:02}"

    def fault_for(self, request: Request) -> str | int:
        with self.lock:
            for fault in self.faults:
                if fault.method == request.method and fault.path in request.path:
                    self.faults.remove(fault)
                    return fault.kind
        return ""

    def answer(self, request: Request) -> Answer:
        with self.lock:
            return self.override(request) or self.handled(request)

    def handled(self, request: Request) -> Answer:
        raise NotImplementedError

    def edit(self, id_: str, **values: Any) -> None:
        """Somebody at the site."""
        raise NotImplementedError


@dataclass
class WordPressSite(Site):
    tags: dict[int, str] = field(default_factory=dict)
    may_publish: bool = True

    def handled(self, request: Request) -> Answer:
        pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {pair}":
            return Answer({"code": "rest_not_logged_in", "message": "no"}, 401)
        kind, _, id_ = request.path.removeprefix("/wp-json/wp/v2/").partition("/")
        if kind == "users":
            may = {"edit_posts": True, "publish_posts": self.may_publish}
            return Answer({"id": 1, "name": "Ada", "capabilities": may})
        if kind == "tags":
            return self._tags(request)
        if kind == "media":
            return self._media(request)
        return self._one(request, id_) if id_ else self._posts(request)

    def edit(self, id_: str, **values: Any) -> None:
        self.posts[id_].update(values, modified_gmt=self.tick())

    def _posts(self, request: Request) -> Answer:
        if request.method == "GET":
            wanted = request.query.get("status", "publish").split(",")
            found = [row for row in self.posts.values() if row["status"] in wanted]
            slugs = request.query.get("slug", "").split(",")
            return Answer([self._shown(row) for row in found if "slug" not in request.query or row["slug"] in slugs])
        id_ = str(len(self.posts) + 11)
        self.posts[id_] = {"id": int(id_), "slug": "", "tags": [], "title": "", "content": "", "excerpt": ""}
        return self._stored(id_, request.json, 201)

    def _one(self, request: Request, id_: str) -> Answer:
        if id_ not in self.posts:
            return Answer({"code": "rest_post_invalid_id", "message": "Invalid post ID."}, 404)
        if request.method == "DELETE":
            self.posts[id_].update(status="trash", slug=self.posts[id_]["slug"] + "__trashed")
        elif request.method == "POST":
            return self._stored(id_, request.json, 200)
        return Answer(self._shown(self.posts[id_]))

    def _stored(self, id_: str, values: Row, status: int) -> Answer:
        row = self.posts[id_]
        row.update({name: value for name, value in values.items() if name in {*row, "status", "date_gmt"}})
        row.setdefault("status", "draft")
        if row["status"] in ("publish", "future"):  # drafts may share an address
            others = {other["slug"] for key, other in self.posts.items() if key != id_}
            row["slug"] = next(name for name in _numbered(row["slug"]) if name not in others)
        row["modified_gmt"] = self.tick()
        return Answer(self._shown(row), status)

    def _shown(self, row: Row) -> Row:
        raw = {name: {"raw": row[name], "rendered": row[name]} for name in ("title", "content", "excerpt")}
        return {**row, **raw, "link": f"{self.url}/{row['slug']}/"}

    def _tags(self, request: Request) -> Answer:
        if request.method == "GET":
            wanted = request.query["search"].lower()
            return Answer([{"id": id_, "name": name} for id_, name in self.tags.items() if wanted in name.lower()])
        id_ = len(self.tags) + 1
        self.tags[id_] = request.json["name"]
        return Answer({"id": id_, "name": self.tags[id_]}, 201)

    def _media(self, request: Request) -> Answer:
        if request.method == "GET":
            found = [name for name in self.files if name.partition(".")[0] == request.query.get("slug")]
            return Answer([{"id": 1, "slug": n.partition(".")[0], "source_url": f"{self.url}/up/{n}"} for n in found])
        name = re.findall(r'filename="([\w.-]+)"', request.headers["content-disposition"])[0]
        self.files[name] = request.body
        return Answer({"id": 1, "source_url": f"{self.url}/up/{name}"}, 201)


@dataclass
class GhostSite(Site):
    def handled(self, request: Request) -> Answer:
        if not self._signed(request.headers.get("authorization", "")):
            return Answer({"errors": [{"type": "UnauthorizedError", "code": "INVALID_JWT"}]}, 401)
        path = request.path.removeprefix("/ghost/api/admin/").rstrip("/")
        if path == "site":
            return Answer({"site": {"title": "Ada's letters"}})
        if path == "images/upload":
            return self._upload(request)
        id_ = path.removeprefix("posts").strip("/")
        return self._one(request, id_) if id_ else self._posts(request)

    def edit(self, id_: str, **values: Any) -> None:
        self.posts[id_].update(values, updated_at=f"{self.tick()}.000Z")

    def _signed(self, authorization: str) -> bool:
        id_, secret = GHOST_KEY.split(":")
        head, body, signature = (
            authorization.removeprefix("Ghost ").split(".") if "." in authorization else ("", "", "")
        )
        wanted = hmac.digest(bytes.fromhex(secret), f"{head}.{body}".encode(), "sha256")
        if not head or not hmac.compare_digest(_decoded(signature), wanted):
            return False
        header, claims = json.loads(_decoded(head)), json.loads(_decoded(body))
        lives = claims["iat"] - 60 < time.time() < claims["exp"] <= claims["iat"] + 300
        return bool(header == {"alg": "HS256", "typ": "JWT", "kid": id_} and claims["aud"] == "/admin/" and lives)

    def _posts(self, request: Request) -> Answer:
        if request.method == "GET":
            slugs = re.findall(r"'([^']+)'", request.query.get("filter", ""))
            return Answer({"posts": [row for row in self.posts.values() if row["slug"] in slugs]})
        id_ = hashlib.sha256(str(self.tick()).encode()).hexdigest()[:24]
        empty: Row = {
            "id": id_,
            "html": None,
            "custom_excerpt": None,
            "tags": [],
            "status": "draft",
            "slug": "",
            "title": "",
        }
        self.posts[id_] = empty
        return self._stored(id_, request, 201)

    def _one(self, request: Request, id_: str) -> Answer:
        if id_ not in self.posts:
            return Answer({"errors": [{"type": "NotFoundError"}]}, 404)
        if request.method == "DELETE":
            del self.posts[id_]
            return Answer(None, 204, b"")
        if request.method == "PUT":
            if request.json["posts"][0].get("updated_at") != self.posts[id_]["updated_at"]:
                return Answer({"errors": [{"type": "UpdateCollisionError", "code": "UPDATE_COLLISION"}]}, 409)
            return self._stored(id_, request, 200)
        return Answer({"posts": [self.posts[id_]]})

    def _stored(self, id_: str, request: Request, status: int) -> Answer:
        row, values = self.posts[id_], request.json["posts"][0]
        if request.query.get("source") != "html":
            values.pop("html", None)
        row.update({name: value for name, value in values.items() if name in {*row, "published_at"}})
        others = {other["slug"] for key, other in self.posts.items() if key != id_}
        row["slug"] = next(name for name in _numbered(row["slug"]) if name not in others)
        if row["html"]:
            row["html"] = re.sub(r' (?:dir|id)="[^"]*"|<!--.*?-->', "", row["html"])  # its editor knows no such thing
        row.update(updated_at=f"{self.tick()}.000Z", url=f"{self.url}/{row['slug']}/")
        return Answer({"posts": [row]}, status)

    def _upload(self, request: Request) -> Answer:
        name = re.findall(rb'filename="([\w.-]+)"', request.body)[0].decode()
        self.files[name] = request.body.split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n--", 1)[0]
        return Answer({"images": [{"url": f"{self.url}/content/images/{name}"}]}, 201)


def _numbered(slug: str) -> Iterator[str]:
    yield slug
    yield from (f"{slug}-{number}" for number in range(2, 1000))


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@contextmanager
def serving(site: S) -> Iterator[S]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
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


def _outcome(site: Site, request: Request) -> tuple[Answer | None, bool]:
    """The answer, None for none; and whether it is cut."""
    fault = site.fault_for(request)
    if isinstance(fault, int):
        return Answer({"code": "fault"}, fault), False
    if fault in ("silent", "late"):
        site.released.wait()
    if fault in ("refused", "silent"):
        return None, False
    answer = site.answer(request)
    if fault == "stored_silent":
        site.released.wait()
    return (None if fault in ("lost", "late", "stored_silent") else answer), fault == "cut"


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _any(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length", 0))
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, parts.path, query, headers, self.rfile.read(length))
            site.requests.append(request)
            self.close_connection = True
            answer, cut = _outcome(site, request)
            if answer is not None:
                self._send(answer, cut)

        do_GET = do_POST = do_PUT = do_DELETE = _any

        def _send(self, answer: Answer, cut: bool = False) -> None:
            body = json.dumps(answer.value).encode() if answer.raw is None else answer.raw
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if cut else body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
