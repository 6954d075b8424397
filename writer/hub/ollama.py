"""Ollama's own interface, beside the one it shares with OpenAI (github.com/ollama/ollama, docs/api.md)."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from writer.domain.errors import JobStopped, NotFound, ProviderUnavailable, RequestRejected, UserMistake
from writer.domain.models import Progress, ServedModel
from writer.domain.ports.models import Ended
from writer.hub.asking import as_object, line, mapping, reached, read_json, refused, rows, whole
from writer.security.fetch import Ask
from writer.security.streaming import Answer, Stream

_LOADING_S = 600.0
_PATIENCE_S = 15.0
_LONGEST_LINE = 1_000_000
_NO_MORE = 0
_KEEP = "10m"


@dataclass(frozen=True, slots=True)
class Ollama:
    """`name` is the account as its owner calls it; `base` its address, with or without the /v1 of the shared
    interface."""

    name: str
    base: str
    stream: Stream

    def models(self) -> list[ServedModel]:
        loaded = {line(row.get("name")): whole(row.get("size")) or 0 for row in self._listed("ps")}
        found = [_model(row, loaded) for row in self._listed("tags")]
        return sorted((model for model in found if model.name), key=lambda model: model.name)

    def pull(self, name: str, ended: Ended) -> Iterator[Progress | str]:
        try:
            yield from self._pulled(name, ended)
        except ProviderUnavailable:
            if ended():
                raise JobStopped("The download was stopped.") from None
            raise

    def _pulled(self, name: str, ended: Ended) -> Iterator[Progress | str]:
        done: dict[str, tuple[int, int]] = {}
        with self._asked("POST", "pull", {"model": _named(name), "stream": True}, ended, _LOADING_S) as answer:
            for value in self._lines(answer, ended):
                if value.get("error"):
                    raise RequestRejected(self.name, f"{line(value['error'], 300)}.")
                if line(value.get("status")) == "success":
                    return
                yield self._step(value, done)
        raise RequestRejected(self.name, "the download ended before the model was whole. Start it again: it goes on.")

    def load(self, name: str, ended: Ended) -> None:
        """May take minutes."""
        wanted = {"model": _named(name), "keep_alive": _KEEP, "stream": False}
        self._told("POST", "generate", wanted, name, ended, _LOADING_S)

    def unload(self, name: str) -> None:
        self._told("POST", "generate", {"model": _named(name), "keep_alive": _NO_MORE, "stream": False}, name)

    def delete(self, name: str) -> None:
        self._told("DELETE", "delete", {"model": _named(name)}, name)

    def _listed(self, what: str) -> list[Mapping[str, Any]]:
        with self._asked("GET", what) as answer:
            return rows(read_json(self.name, answer).get("models"))

    def _told(
        self,
        method: Any,
        what: str,
        value: Mapping[str, Any],
        name: str,
        ended: Ended | None = None,
        idle_s: float = _PATIENCE_S,
    ) -> None:
        """The answer is an object, or nothing at all: whatever else says 200 is no Ollama."""
        try:
            with self._asked(method, what, value, ended, idle_s) as answer:
                read_json(self.name, answer, or_nothing=True)
        except NotFound:
            raise NotFound(f"{self.name} has no model {line(name)}.") from None

    @contextmanager
    def _asked(
        self,
        method: Any,
        what: str,
        value: Mapping[str, Any] | None = None,
        ended: Ended | None = None,
        idle_s: float = _PATIENCE_S,
    ) -> Iterator[Answer]:
        headers = (("Content-Type", "application/json"),) if value else ()
        ask = Ask(method, headers, json.dumps(value).encode() if value else b"")
        url = f"{self.base.rstrip('/').removesuffix('/v1')}/api/{what}"
        with reached(self.name), self.stream(url, ask=ask, idle_s=idle_s, ended=ended) as answer:
            if answer.status == 404:
                raise NotFound(f"{self.name} does not know this. Is it Ollama that answers at its address?")
            if answer.status >= 300:
                raise refused(self.name, answer)
            yield answer

    def _lines(self, answer: Answer, ended: Ended) -> Iterator[Mapping[str, Any]]:
        waiting = b""
        for chunk in answer.chunks:
            if ended():
                raise JobStopped("The download was stopped.")
            *whole_lines, waiting = (waiting + chunk).split(b"\n")
            yield from (as_object(self.name, one) for one in whole_lines if one.strip())
            if len(waiting) > _LONGEST_LINE:
                raise RequestRejected(self.name, "it answers in a way that Ollama does not.")
        if waiting.strip():
            yield as_object(self.name, waiting)

    def _step(self, value: Mapping[str, Any], done: dict[str, tuple[int, int]]) -> Progress | str:
        digest, total = line(value.get("digest")), whole(value.get("total"))
        if not digest or not total:
            return line(value.get("status"))
        done[digest] = (min(whole(value.get("completed")) or 0, total), total)
        return Progress(sum(part for part, _ in done.values()), sum(size for _, size in done.values()))


def _model(row: Mapping[str, Any], loaded: Mapping[str, int]) -> ServedModel:
    details, name = mapping(row.get("details")), line(row.get("name"))
    known = [line(details.get(key), 40) for key in ("family", "parameter_size", "quantization_level")]
    return ServedModel(
        name,
        whole(row.get("size")) or 0,
        " · ".join(part for part in known if part),
        name in loaded,
        loaded.get(name, 0),
    )


def _named(name: str) -> str:
    text = name.strip()
    if not text or len(text) > 200 or not text.isprintable() or any(letter.isspace() for letter in text):
        raise UserMistake("Write the model as Ollama names it, for example llama3.2 or qwen3:4b.")
    return text
