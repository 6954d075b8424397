"""WordPress: REST API version 2 with an application password (developer.wordpress.org/rest-api)."""

import base64
import binascii
import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any
from urllib.parse import urlencode

from writer.domain.errors import ReplyInvalid
from writer.domain.publishing import Picture, Post, RemotePost, Stage
from writer.publishing.calling import Calling, Headers
from writer.publishing.reading import address, fingerprint, identity, line, mapping, rows, text
from writer.security.fetch import Ask

_STAGES = {Stage.DRAFT: "draft", Stage.SCHEDULED: "future", Stage.PUBLISHED: "publish"}
_SEEN = {"publish": Stage.PUBLISHED, "private": Stage.PUBLISHED, "future": Stage.SCHEDULED}
_ANY = "draft,publish,future,pending,private"


@dataclass(frozen=True, slots=True)
class WordPress:
    calling: Calling
    base: str
    user: str
    secret: str = field(repr=False)

    def test(self) -> str:
        me = mapping(self.calling.done(self._url("users/me", context="edit"), self._ask()))
        may = mapping(me.get("capabilities"))
        who = line(me.get("name")) or self.user
        if not may.get("edit_posts"):
            return f"{self.calling.name} knows {who}, who may not write posts there."
        return f"{self.calling.name} knows {who}, who may " + (
            "publish." if may.get("publish_posts") else "write drafts, and not publish."
        )

    def find(self, mark: str) -> Sequence[RemotePost]:
        query = {"slug": mark, "status": _ANY, "context": "edit", "orderby": "id", "order": "asc", "per_page": "20"}
        found = rows(self.calling.done(self._url("posts", **query), self._ask()))
        return [self._post(row) for row in found if row.get("slug") == mark]

    def create(self, mark: str, title: str) -> RemotePost:
        ask = self._ask("POST", {"title": title, "slug": mark, "status": "draft", "content": ""})
        return self._post(self.calling.done(self._url("posts", context="edit"), ask))

    def read(self, remote_id: str) -> RemotePost | None:
        reply = self.calling.ask(self._url(f"posts/{remote_id}", context="edit"), self._ask())
        if reply.is_gone:
            return None
        if reply.status >= 300:
            raise self.calling.refused(reply)
        return None if mapping(reply.value).get("status") == "trash" else self._post(reply.value)

    def update(self, remote_id: str, post: Post, version: str) -> RemotePost:
        """WordPress compares no versions: what is written in the moment between reading and this is lost there, but for
        its own revisions."""
        values: dict[str, Any] = {
            "title": post.title,
            "slug": post.slug,
            "content": post.html,
            "excerpt": post.excerpt,
            "tags": [self._tag(name) for name in post.tags],
        }
        if post.stage is not Stage.AS_IT_IS:
            values["status"] = _STAGES[post.stage]
        if post.at is not None:
            values["date_gmt"] = post.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        ask = self._ask("POST", values)
        return self._post(self.calling.done(self._url(f"posts/{remote_id}", context="edit"), ask))

    def upload(self, picture: Picture) -> str:
        """A file of that name is that picture: its name is made of its content."""
        stem = picture.name.partition(".")[0]
        query = {"slug": stem, "context": "edit", "per_page": "1"}
        there = rows(self.calling.done(self._url("media", **query), self._ask()))
        if there and there[0].get("slug") == stem and (url := address(there[0].get("source_url"))):
            return url
        headers = (
            ("Content-Type", f"image/{picture.kind}"),
            ("Content-Disposition", f'attachment; filename="{picture.name}"'),
        )
        ask = Ask("POST", (*self._headers(), *headers), base64.b64decode(picture.data))
        url = address(mapping(self.calling.done(self._url("media"), ask)).get("source_url"))
        if not url:
            raise ReplyInvalid(f"{self.calling.name} took a picture and gave no address for it.")
        return url

    def discard(self, remote_id: str) -> None:
        reply = self.calling.ask(self._url(f"posts/{remote_id}"), self._ask("DELETE"))
        if reply.status >= 300 and not reply.is_gone:
            raise self.calling.refused(reply)

    def _tag(self, name: str) -> int:
        """Of the site's tag, which is made where there is none."""
        found = rows(self.calling.done(self._url("tags", search=name, per_page="100"), self._ask()))
        same = [row for row in found if html.unescape(line(row.get("name"))).casefold() == name.casefold()]
        if same and isinstance(same[0].get("id"), int):
            return int(same[0]["id"])
        reply = self.calling.ask(self._url("tags"), self._ask("POST", {"name": name}))
        value = mapping(reply.value)
        id_ = mapping(value.get("data")).get("term_id") if reply.code == "term_exists" else value.get("id")
        if not isinstance(id_, int):
            raise self.calling.refused(reply)
        return id_

    def _post(self, value: object) -> RemotePost:
        row = mapping(value)
        title, body, excerpt = (_raw(row.get(name)) for name in ("title", "content", "excerpt"))
        slug, status = line(row.get("slug")), line(row.get("status"))
        print_ = fingerprint(title, body, excerpt, slug, status, row.get("tags"))
        return RemotePost(
            id=identity(row.get("id"), self.calling.name),
            version=f"{line(row.get('modified_gmt'))}|{print_}",
            title=title,
            html=body,
            slug=slug,
            url=address(row.get("link")),
            stage=_SEEN.get(status, Stage.DRAFT),
        )

    def _url(self, path: str, **query: str) -> str:
        return f"{self.base}/wp-json/wp/v2/{path}" + (f"?{urlencode(query)}" if query else "")

    def _headers(self) -> Headers:
        pair = f"{self.user}:{self.secret}".encode()
        return (("Authorization", "Basic " + binascii.b2a_base64(pair, newline=False).decode()),)

    def _ask(self, method: Any = "GET", values: Mapping[str, Any] | None = None) -> Ask:
        if values is None:
            return Ask(method, self._headers())
        headers = (*self._headers(), ("Content-Type", "application/json"))
        return Ask(method, headers, json.dumps(values).encode())


def _raw(value: object) -> str:
    """As its author wrote it; a site that hides that shows what it made of it."""
    parts = mapping(value)
    return text(parts.get("raw")) if "raw" in parts else text(parts.get("rendered"))
