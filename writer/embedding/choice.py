"""Which embedder serves: decided by what is on the disk, without loading any of it."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from writer.domain.ports.sources import Embedder
from writer.embedding.onnx_encoder import GraphUnusable, OnnxEmbedder
from writer.embedding.precision import INT8
from writer.embedding.reference import SentenceTransformersEmbedder
from writer.embedding.weights import (
    DEFAULT_DIMENSION,
    DEFAULT_MAX_TOKENS,
    DEFAULT_MODEL,
    INT8_MODEL,
    default_model_files,
)

_KEPT_VECTORS = 4096


class LocalEmbedder(Embedder, Protocol):
    def close(self) -> None:
        """Gives back its memory and threads; it loads anew when it is asked again."""
        ...


def find_embedder(models: Path, name: str = DEFAULT_MODEL, *, allow_hub: bool = False) -> "Remembering | None":
    """The embedder for model `name` (a hub name or a folder); None when there is none and keywords alone must serve."""
    if name == INT8_MODEL:
        return _in_eight_bits(models)
    if name != DEFAULT_MODEL:
        if not allow_hub and not Path(name).is_dir():
            return None
        return Remembering(SentenceTransformersEmbedder(name, allow_hub=allow_hub))
    files = default_model_files(models)
    if files is not None:
        torch_path = SentenceTransformersEmbedder(str(files.folder), model=DEFAULT_MODEL)
        return Remembering(WithFallback(OnnxEmbedder(files, models), torch_path))
    return Remembering(SentenceTransformersEmbedder(DEFAULT_MODEL, allow_hub=True)) if allow_hub else None


def _in_eight_bits(models: Path) -> "Remembering | None":
    """No reference path behind it: where the graph is refused, the exact model has to be chosen, by its own name."""
    files = default_model_files(models)
    return Remembering(OnnxEmbedder(files, models, INT8)) if files is not None else None


class WithFallback:
    """The fast path, or the reference path for good once the fast one could not be prepared."""

    model = DEFAULT_MODEL
    dimension = DEFAULT_DIMENSION
    max_tokens = DEFAULT_MAX_TOKENS

    def __init__(self, fast: LocalEmbedder, reference: LocalEmbedder) -> None:
        self._fast = fast
        self._reference = reference
        self._fast_fails = False

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        if not self._fast_fails:
            try:
                return self._fast.embed(texts)
            except GraphUnusable:
                self._fast_fails = True
        return self._reference.embed(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._fast.count_tokens(texts)

    def close(self) -> None:
        self._fast.close()
        self._reference.close()


class Remembering:
    """Keeps the latest vectors by their text: the same question, heading or claim is embedded once."""

    def __init__(self, inner: LocalEmbedder, kept: int = _KEPT_VECTORS) -> None:
        self._inner = inner
        self._limit = kept
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def model(self) -> str:
        return self._inner.model

    @property
    def dimension(self) -> int:
        return self._inner.dimension

    @property
    def max_tokens(self) -> int:
        return self._inner.max_tokens

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        with self._lock:
            known = {text: self._kept[text] for text in texts if text in self._kept}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(missing, self._inner.embed(missing), strict=True))
        self._keep(known)
        return [known[text] for text in texts]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._inner.count_tokens(texts)

    def close(self) -> None:
        self._inner.close()

    def _keep(self, vectors: dict[str, bytes]) -> None:
        with self._lock:
            self._kept.update(vectors)
            for text in vectors:
                self._kept.move_to_end(text)
            while len(self._kept) > self._limit:
                self._kept.popitem(last=False)
