"""Whether files are what their names say: weights are looked into before anything loads them.

A safetensors file is eight bytes with the length of a header, the header as JSON, and the tensors' bytes one after the
other (github.com/huggingface/safetensors, "Format"). Nothing in it can be code.
"""

import json
import struct
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

from writer.domain.errors import UserMistake

_LONGEST_HEADER = 100_000_000
_BITS = {
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("I16", "U16", "F16", "BF16"), 16),
    **dict.fromkeys(("I32", "U32", "F32"), 32),
    **dict.fromkeys(("I64", "U64", "F64", "C64"), 64),
    "F4": 4,
    "F6_E2M3": 6,
    "F6_E3M2": 6,
}
_INDEX = "model.safetensors.index.json"


def check_file(path: Path, name: str) -> None:
    """Raises UserMistake for a file called `name` that is not what its name says."""
    if name.endswith(".safetensors"):
        check_weights(path)
    elif name == "config.json" and not isinstance(_object(path.read_bytes()).get("model_type"), str):
        raise UserMistake("The model's config.json does not say what kind of model it is: transformers cannot run it.")


def check_weights(path: Path) -> None:
    """The header's tensors fill the rest of the file, without a gap and without an overlap."""
    size = path.stat().st_size
    with path.open("rb") as stored:
        first = stored.read(8)
        length = struct.unpack("<Q", first)[0] if len(first) == 8 else _LONGEST_HEADER + 1
        if length > min(_LONGEST_HEADER, size - 8):
            raise _no_weights(path)
        header = _object(stored.read(length))
    spans = sorted(_span(path, tensor) for name, tensor in header.items() if name != "__metadata__")
    at = 0
    for start, end in spans:
        if start != at:
            raise _no_weights(path)
        at = end
    if at != size - 8 - length:
        raise _no_weights(path)


def _span(path: Path, tensor: object) -> tuple[int, int]:
    known = tensor if isinstance(tensor, dict) else {}
    bits, shape, span = (
        _BITS.get(str(known.get("dtype"))),
        _counts(known.get("shape")),
        _counts(known.get("data_offsets")),
    )
    if bits is None or shape is None or span is None or len(span) != 2 or (span[1] - span[0]) * 8 != prod(shape) * bits:
        raise _no_weights(path)
    return span[0], span[1]


def _counts(values: object) -> list[int] | None:
    fits = isinstance(values, list) and all(type(value) is int and value >= 0 for value in values)
    return values if isinstance(values, list) and fits else None


def check_index(folder: Path, names: set[str]) -> None:
    """Loading opens what the index names: only files of this model, then."""
    if not (folder / _INDEX).exists():
        return
    named = _object((folder / _INDEX).read_bytes()).get("weight_map")
    if not isinstance(named, dict) or not {str(name) for name in named.values()} <= names:
        raise UserMistake("The model's list of weights names files that were not downloaded; it cannot be loaded.")


def _object(text: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _no_weights(path: Path) -> UserMistake:
    return UserMistake(f"{path.name} is not a whole safetensors file; the model is not used.")
