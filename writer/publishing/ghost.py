"""Ghost: Admin API with the key of a custom integration (docs.ghost.org/admin-api)."""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any
from urllib.parse import urlencode

from writer.domain.errors import AuthenticationFailed, ReplyInvalid
from writer.domain.publishing import EditedThere, Picture, Post, RemotePost, Stage
from writer.publishing.calling import Calling, Headers
from writer.publishing.reading import address, fingerprint, identity, line, mapping, rows, text
from writer.security.fetch import Ask

_STAGES = {Stage.DRAFT: "draft", Stage.SCHEDULED: "scheduled", Stage.PUBLISHED: "published"}
_SEEN = {"published": Stage.PUBLISHED, "sent": Stage.PUBLISHED, "scheduled": Stage.SCHEDULED}
_KEY = re.compile(r"([0-9a-fA-F]{8,64}):((?:[0-9a-fA-F]{2}){16,128})")
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_COPIES = 9
_LIVES_S = 240
_WHOLE = {"formats": "html", "include": "tags"}


@dataclass(frozen=True, slots=True)
class Ghost:
    """`now`: seconds since 1970. Each request carries a token of its own that lives for minutes."""

    calling: Calling
    base: str
    key: str = field(repr=False)
    now: Callable[[], float] = time.time

    def test(self) -> str:
        self.calling.done(self._url("posts", limit="1", fields="id"), self._ask())
        site = mapping(mapping(self.calling.done(self._url("site"), self._ask())).get("site"))
        return f"{self.calling.name} accepts the key" + (
            f" for “{title}”." if (title := line(site.get("title"))) else "."
        )

    def find(self, mark: str) -> Sequence[RemotePost]:
        """Ghost gives a second post of the same address a number: copies are found by that."""
        names = [mark, *(f"{mark}-{number}" for number in range(2, _COPIES + 1))]
        wanted = "slug:[" + ",".join(f"'{name}'" for name in names) + "]+status:[draft,published,scheduled,sent]"
        query = {"filter": wanted, "order": "created_at asc", "limit": "20", **_WHOLE}
        found = self._posts(self.calling.done(self._url("posts", **query), self._ask()))
        return [post for post in found if post.slug in names]

    def create(self, mark: str, title: str) -> RemotePost:
        ask = self._ask("POST", {"posts": [{"title": title, "slug": mark, "status": "draft"}]})
        return self._one(self.calling.done(self._url("posts", **_WHOLE), ask))

    def read(self, remote_id: str) -> RemotePost | None:
        reply = self.calling.ask(self._url(f"posts/{remote_id}", **_WHOLE), self._ask())
        if reply.is_gone:
            return None
        if reply.status >= 300:
            raise self.calling.refused(reply)
        return self._one(reply.value)

    def update(self, remote_id: str, post: Post, version: str) -> RemotePost:
        """Ghost refuses an update of another version than the one that is named."""
        values: dict[str, Any] = {
            "title": post.title,
            "slug": post.slug,
            "html": _TABLE.sub(_as_card, post.html),
            "custom_excerpt": post.excerpt or None,
            "tags": [{"name": name} for name in post.tags],
            "updated_at": version.partition("|")[0],
        }
        if post.stage is not Stage.AS_IT_IS:
            values["status"] = _STAGES[post.stage]
        if post.at is not None:
            values["published_at"] = post.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        ask = self._ask("PUT", {"posts": [values]})
        reply = self.calling.ask(self._url(f"posts/{remote_id}", source="html", **_WHOLE), ask)
        if reply.status == 409 or reply.code == "UPDATE_COLLISION":
            raise EditedThere(f"The post was changed on {self.calling.name} in this moment. Nothing was overwritten.")
        if reply.status >= 300:
            raise self.calling.refused(reply)
        return self._one(reply.value)

    def upload(self, picture: Picture) -> str:
        content = base64.b64decode(picture.data)
        boundary = f"writer-{hashlib.sha256(content).hexdigest()}"
        named = f'Content-Disposition: form-data; name="file"; filename="{picture.name}"'
        head = f"--{boundary}\r\n{named}\r\nContent-Type: image/{picture.kind}\r\n\r\n"
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        kind = ("Content-Type", f"multipart/form-data; boundary={boundary}")
        answer = self.calling.done(self._url("images/upload"), Ask("POST", (*self._headers(), kind), body))
        images = rows(mapping(answer).get("images"))
        url = address(images[0].get("url")) if images else ""
        if not url:
            raise ReplyInvalid(f"{self.calling.name} took a picture and gave no address for it.")
        return url

    def discard(self, remote_id: str) -> None:
        url = self._url(f"posts/{remote_id}")
        reply = self.calling.ask(url, self._ask("DELETE"))
        if reply.status >= 300 and not reply.is_gone:
            raise self.calling.refused(reply)

    def _posts(self, value: object) -> list[RemotePost]:
        return [self._post(row) for row in rows(mapping(value).get("posts"))]

    def _one(self, value: object) -> RemotePost:
        posts = self._posts(value)
        if not posts:
            raise ReplyInvalid(f"{self.calling.name} answered without the post. Look at the site before sending again.")
        return posts[0]

    def _post(self, row: Mapping[str, Any]) -> RemotePost:
        title, body = text(row.get("title")), text(row.get("html"))
        slug, status = line(row.get("slug")), line(row.get("status"))
        tags = [line(tag.get("name")) for tag in rows(row.get("tags"))]
        print_ = fingerprint(title, body, row.get("custom_excerpt"), slug, status, tags)
        return RemotePost(
            id=identity(row.get("id"), self.calling.name),
            version=f"{line(row.get('updated_at'))}|{print_}",
            title=title,
            html=body,
            slug=slug,
            url=address(row.get("url")),
            stage=_SEEN.get(status, Stage.DRAFT),
        )

    def _url(self, path: str, **query: str) -> str:
        return f"{self.base}/ghost/api/admin/{path}/" + (f"?{urlencode(query)}" if query else "")

    def _ask(self, method: Any = "GET", values: Mapping[str, Any] | None = None) -> Ask:
        if values is None:
            return Ask(method, self._headers())
        headers = (*self._headers(), ("Content-Type", "application/json"))
        return Ask(method, headers, json.dumps(values).encode())

    def _headers(self) -> Headers:
        return (("Authorization", f"Ghost {self._token()}"), ("Accept-Version", "v5.0"))

    def _token(self) -> str:
        """RFC 7519, signed as RFC 7518 (HS256) has it, by the second half of the key."""
        halves = _KEY.fullmatch(self.key)
        if halves is None:
            raise AuthenticationFailed(
                self.calling.name, "the Admin API key has two parts with a colon: copy it again."
            )
        issued = int(self.now())
        header = {"alg": "HS256", "typ": "JWT", "kid": halves[1]}
        signed = f"{_part(header)}.{_part({'iat': issued, 'exp': issued + _LIVES_S, 'aud': '/admin/'})}"
        digest = hmac.digest(bytes.fromhex(halves[2]), signed.encode(), "sha256")
        return f"{signed}.{_base64url(digest)}"


def _as_card(table: re.Match[str]) -> str:
    """Ghost's editor has no tables: as a card of HTML they stay what they are."""
    return f"<!--kg-card-begin: html-->{table[0]}<!--kg-card-end: html-->"


def _part(value: Mapping[str, Any]) -> str:
    return _base64url(json.dumps(value, separators=(",", ":")).encode())


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
