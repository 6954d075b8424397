"""What a model's folder says about its size, read from its configuration and the headers of its weights: no weights
are loaded, and nothing but JSON is parsed."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from writer.domain.errors import NotFound, UserMistake

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?")
_HEADER_MOST = 100_000_000
_SERVING = {"F64": "float32", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}


@dataclass(frozen=True, slots=True)
class Weights:
    """`stored` is the precision of most of them. `linear` counts the numbers that quantisation makes smaller; `tokens`
    are what the model can read, 0 where it does not say; `per_token` counts keys and values that one token leaves."""

    folder: Path
    numbers: int
    linear: int
    largest: int
    stored: str
    tokens: int
    per_token: int
    vocabulary: int


def located(model: str, models_dir: Path | None) -> Path:
    """Raises NotFound: a folder, a name under `models_dir`, or what transformers has downloaded."""
    for folder in _candidates(model, models_dir):
        if (folder / "config.json").is_file():
            return folder
    raise NotFound(
        f"There is no model “{model}” on this machine. Enter the folder of one with safetensors files, "
        "or download it first."
    )


def _candidates(model: str, models_dir: Path | None) -> Iterator[Path]:
    if "\x00" in model or not model.strip():
        return
    if Path(model).is_absolute():
        yield Path(model)
    elif _NAME.fullmatch(model):
        if models_dir is not None:
            yield models_dir / model
        yield from _downloaded(model)


def _downloaded(model: str) -> Iterator[Path]:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(model, "config.json")
    if isinstance(found, str):
        yield Path(found).parent


def read_weights(folder: Path) -> Weights:
    """Raises UserMistake for a folder whose files cannot be a model of this kind."""
    config = _parsed((folder / "config.json").read_bytes(), folder)
    inner = config.get("text_config")
    text: dict[str, Any] = inner if isinstance(inner, dict) else config
    tensors = _Tensors()
    for file in _files(folder):
        tensors.add(_header(file))
    return Weights(
        folder=folder,
        numbers=tensors.numbers,
        linear=tensors.linear,
        largest=tensors.largest,
        stored=_SERVING.get(max(tensors.by_kind, key=lambda kind: tensors.by_kind[kind], default="F32"), "float32"),
        tokens=_number(text, "max_position_embeddings", "n_positions", "n_ctx", "max_seq_len"),
        per_token=_kept_per_token(text),
        vocabulary=_number(text, "vocab_size"),
    )


@dataclass
class _Tensors:
    numbers: int = 0
    linear: int = 0
    largest: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)

    def add(self, header: dict[str, Any]) -> None:
        for name, entry in header.items():
            if name == "__metadata__":
                continue
            shape = entry["shape"]
            count = math.prod(shape)
            self.numbers += count
            self.largest = max(self.largest, count)
            self.by_kind[entry["dtype"]] = self.by_kind.get(entry["dtype"], 0) + count
            if len(shape) == 2 and "embed" not in name and not name.startswith(("lm_head", "wte", "wpe")):
                self.linear += count


def _files(folder: Path) -> list[Path]:
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        names = {str(name) for name in _parsed(index.read_bytes(), folder).get("weight_map", {}).values()}
        files = [folder / name for name in sorted(names) if Path(name).name == name]
    else:
        files = sorted(folder.glob("*.safetensors"))
    if not files or not all(file.is_file() for file in files):
        raise UserMistake(
            f"The folder {folder} has no complete weights in safetensors files. Files of other kinds can carry code "
            "and are not loaded."
        )
    return files


def _header(file: Path) -> dict[str, Any]:
    """The format: eight bytes for the header's length, then the header as JSON."""
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        if not 2 <= length <= min(_HEADER_MOST, file.stat().st_size):
            raise UserMistake(f"The file {file.name} is damaged or is no safetensors file.")
        return _parsed(opened.read(length), file)


def _parsed(data: bytes, where: Path) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except ValueError:
        raise UserMistake(f"{where} is damaged: it holds no JSON where there should be some.") from None
    if not isinstance(found, dict):
        raise UserMistake(f"{where} is damaged: its JSON is not an object.")
    return found


def _number(config: dict[str, Any], *names: str) -> int:
    return next((int(config[name]) for name in names if isinstance(config.get(name), int)), 0)


def _kept_per_token(config: dict[str, Any]) -> int:
    layers = _number(config, "num_hidden_layers", "n_layer")
    heads = _number(config, "num_attention_heads", "n_head") or 1
    hidden = _number(config, "hidden_size", "n_embd")
    return (
        2
        * layers
        * (_number(config, "num_key_value_heads") or heads)
        * (_number(config, "head_dim") or hidden // heads)
    )
