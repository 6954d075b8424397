"""The hub's public HTTP interface: one question for what a model is made of, then one request for each file.

`GET /api/models/ID?blobs=true` names each file with its size and checksum; `GET /ID/resolve/COMMIT/FILE` gives it,
large ones after a redirect to where they are stored (huggingface.co/docs/hub/api).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from writer.domain.errors import NotFound, ReplyInvalid, UserMistake
from writer.domain.models import HubFile, HubModel, Progress, wanted
from writer.domain.ports.models import Ended
from writer.hub.asking import line, mapping, reached, read_json, refused, rows, whole
from writer.hub.downloading import Download, Wait, nap
from writer.security.fetch import Ask, parsed
from writer.security.streaming import Answer, Stream

_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHA1, _SHA256 = re.compile(r"[0-9a-f]{40}"), re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class HuggingFaceHub:
    """`base` is its address, or a mirror's."""

    base: str
    stream: Stream
    wait: Wait = nap

    @property
    def host(self) -> str:
        return parsed(self.base).authority

    def describe(self, model_id: str, token: str = "") -> HubModel:
        ask = Ask(headers=_headers(token))
        with (
            reached(self.host),
            self.stream(f"{self.base}/api/models/{quote(model_id)}?blobs=true", ask=ask) as answer,
        ):
            if answer.status != 200:
                raise self._refusal(model_id, answer)
            return self._model(model_id, read_json(self.host, answer))

    def download(
        self, model: HubModel, staging: str, token: str, tell: Callable[[Progress], None], ended: Ended
    ) -> None:
        def asked(file: HubFile) -> tuple[str, tuple[tuple[str, str], ...]]:
            return f"{self.base}/{quote(model.id)}/resolve/{model.revision}/{quote(file.name)}", _headers(token)

        def refusal(answer: Answer) -> Exception:
            return self._refusal(model.id, answer)

        Download(self.host, Path(staging), self.stream, asked, refusal, tell, ended, self.wait).all_of(model)

    def _refusal(self, model_id: str, answer: Answer) -> Exception:
        code = answer.headers.get("x-error-code", "")
        if code == "GatedRepo" or (answer.status == 403 and code != "RepoNotFound"):
            return UserMistake(
                f"{model_id} is gated: its makers want to know who uses it. Open {self.base}/{model_id} in a browser, "
                "sign in and accept the terms; then make an access token there that may read, and save it here under "
                "Access token. Then try again."
            )
        if answer.status == 404 or answer.status == 401:
            return NotFound(
                f"{self.host} knows no model {model_id}, or it is private. Check the name; a private or gated model "
                "also needs an access token, saved here under Access token."
            )
        return refused(self.host, answer)

    def _model(self, model_id: str, value: Mapping[str, Any]) -> HubModel:
        revision = line(value.get("sha"))
        if not _COMMIT.fullmatch(revision):
            raise ReplyInvalid(f"{self.host} answered without the commit of {model_id}.")
        files, left_out = wanted([_file(row) for row in rows(value.get("siblings"))])
        card = mapping(value.get("cardData"))
        # A repository that was renamed answers under its new name.
        id_ = line(value.get("id")) if line(value.get("id")).casefold() == model_id.casefold() else model_id
        return HubModel(
            id=id_,
            revision=revision,
            files=files,
            left_out=left_out,
            licence=_licence(card, value.get("tags")),
            licence_url=line(card.get("license_link"), 500),
            gated=bool(value.get("gated")),
            task=line(value.get("pipeline_tag")),
            parameters=whole(mapping(value.get("safetensors")).get("total")),
        )


def _headers(token: str) -> tuple[tuple[str, str], ...]:
    return (("Authorization", f"Bearer {token}"),) if token else ()


def _file(row: Mapping[str, Any]) -> HubFile:
    large = mapping(row.get("lfs"))
    size = whole(large.get("size")) if large else whole(row.get("size"))
    sha256, sha1 = line(large.get("sha256")).lower(), line(row.get("blobId")).lower()
    name = row.get("rfilename")
    return HubFile(
        name if isinstance(name, str) else "",
        -1 if size is None else size,
        sha256 if _SHA256.fullmatch(sha256) else "",
        sha1 if not large and _SHA1.fullmatch(sha1) else "",
    )


def _licence(card: Mapping[str, Any], tags: object) -> str:
    named = card.get("license")
    if isinstance(named, list):
        named = ", ".join(line(one) for one in named[:5])
    if line(named) in ("", "other") and line(card.get("license_name")):
        return line(card.get("license_name"))
    tagged = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    return line(named) or next((line(tag[8:]) for tag in tagged if tag.startswith("license:")), "")
