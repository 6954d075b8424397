"""Models that can be had and those on this machine: what may be downloaded of them, and what state each is in."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from writer.domain.errors import UserMistake

_PART = r"(?!.*(?:--|\.\.))[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?"
_ID = re.compile(rf"{_PART}(?:/{_PART})?")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")
_TEXTS = re.compile(
    r"(?:config|generation_config|special_tokens_map|added_tokens|vocab|chat_template|tokenizer\w*)\.json"
    r"|tokenizer\w*\.model|(?:spiece|sentencepiece\.bpe)\.model|vocab\.txt|merges\.txt|chat_template\.jinja"
    r"|(?:licen[cs]e|notice)(?:[._-]?\w*)?(?:\.(?:md|txt))?|readme\.md",
    re.IGNORECASE,
)
_INDEX = "model.safetensors.index.json"
_WEIGHTS = re.compile(r"model(?:-\d{5}-of-\d{5})?\.safetensors")
_LEGAL = re.compile(r"licen[cs]e|notice|readme", re.IGNORECASE)

MARGIN_BYTES = 500_000_000
"""Room that a download leaves on the disk, for drafts and the database."""


class ModelState(StrEnum):
    """Of one local model. Downloading covers waiting for its turn; a failed one goes on where it stopped, as a paused
    one does."""

    NOT_DOWNLOADED = "not downloaded"
    DOWNLOADING = "downloading"
    PAUSED = "paused"
    VERIFYING = "verifying"
    DOWNLOADED = "downloaded"
    LOADING = "loading"
    LOADED = "loaded"
    FAILED = "failed"


def checked_id(text: str) -> str:
    """ "org/name", also out of an address of the hub. Raises UserMistake."""
    id_ = re.sub(r"^https?://[^/]+/", "", text.strip()).rstrip("/")
    if not _ID.fullmatch(id_):
        raise UserMistake("Write the model as the hub does: organisation/name, for example Qwen/Qwen2.5-0.5B-Instruct.")
    return id_


@dataclass(frozen=True, slots=True)
class HubFile:
    """`sha256` is that of large files, `git_sha1` git's own of small ones; one of them is there."""

    name: str
    size: int
    sha256: str = ""
    git_sha1: str = ""

    @property
    def is_weights(self) -> bool:
        return self.name.endswith(".safetensors")

    @property
    def is_checkable(self) -> bool:
        return self.size >= 0 and bool(self.sha256 or self.git_sha1)


@dataclass(frozen=True, slots=True)
class HubModel:
    """What the hub says of a model. `revision` is the commit that the files are of: they never change. `files` are
    those that would be downloaded, `left_out` the names of the others. `licence` and `task` may be ""."""

    id: str
    revision: str
    files: tuple[HubFile, ...]
    left_out: tuple[str, ...] = ()
    licence: str = ""
    licence_url: str = ""
    gated: bool = False
    task: str = ""
    parameters: int | None = None

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def obstacle(self) -> str:
        """Why it cannot be used here, as a sentence; "" where nothing speaks against it."""
        names = {file.name for file in self.files}
        if not any(file.is_weights for file in self.files):
            return _no_weights(self.id, self.left_out)
        if "config.json" not in names:
            return f"{self.id} has no config.json: it is not a model that transformers can run."
        unchecked = [file.name for file in self.files if not file.is_checkable]
        if unchecked:
            return f"The hub gives no checksum of {unchecked[0]}: what cannot be checked is not downloaded."
        return ""


def _no_weights(id_: str, left_out: Iterable[str]) -> str:
    if any(name.lower().endswith(".gguf") for name in left_out):
        return (
            f"{id_} holds GGUF files only. Run those with Ollama, llama.cpp or LM Studio, and add that as a provider."
        )
    return (
        f"{id_} has no weights in safetensors files. Others (.bin, .pt) can hold code, so Writer does not download "
        "them: look for a copy of the model in safetensors."
    )


def wanted(files: Sequence[HubFile]) -> tuple[tuple[HubFile, ...], tuple[str, ...]]:
    """(what is downloaded, names that are left out). Known texts and weights in safetensors only, none in a folder:
    no name leads anywhere. Never a file that can hold code."""
    named = _WEIGHTS.fullmatch if any(_WEIGHTS.fullmatch(file.name) for file in files) else _any_weights
    taken: dict[str, HubFile] = {}
    for file in files:
        fits = _PLAIN_NAME.fullmatch(file.name) and (
            _TEXTS.fullmatch(file.name) or file.name == _INDEX or named(file.name)
        )
        if fits:
            taken.setdefault(file.name.casefold(), file)
    kept = tuple(sorted(taken.values(), key=lambda file: (file.is_weights, file.name)))
    names = {file.name for file in kept}
    return kept, tuple(file.name for file in files if file.name not in names)


def _any_weights(name: str) -> bool:
    return name.endswith(".safetensors")


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model in the data folder, whole and verified."""

    id: str
    folder: str
    size: int
    revision: str
    licence: str
    downloaded_at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """Of a download. `done` and `total` are bytes, those of earlier attempts included; `rate` is bytes a second, over
    the last seconds; `verifying` the file that is being compared with its checksum."""

    done: int
    total: int
    rate: float | None = None
    verifying: str = ""

    @property
    def share(self) -> float:
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def seconds_left(self) -> float | None:
        return (self.total - self.done) / self.rate if self.rate else None


@dataclass(frozen=True, slots=True)
class ServedModel:
    """One that Ollama holds. `loaded` is in its memory until `until`."""

    name: str
    size: int
    detail: str = ""
    loaded: bool = False
    memory: int = 0


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A server on this machine that speaks OpenAI's protocol: `preset` names the kind that is usual on its port."""

    preset: str
    title: str
    base_url: str
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a price list knows. Prices are US dollars for a million tokens; None is unknown."""

    context: int | None = None
    input_price: float | None = None
    output_price: float | None = None
    is_free: bool = False


def said_bytes(count: float) -> str:
    """ "1.2 GB", in thousands as disks are sold."""
    for size, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= size:
            return f"{count / size:,.1f} {unit}"
    return f"{count:.0f} bytes"


def said_seconds(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
