"""Any sentence-transformers model: the reference that the fast path is checked against, and the way to other models."""

import os
import threading
from collections.abc import Sequence
from typing import Any

from writer.domain.errors import ConfigurationError

_BATCH = 8  # 1.2 times the throughput of 32 on a CPU, at half the memory


class SentenceTransformersEmbedder:
    """`name` is a folder, or a hub name that is only asked for when `allow_hub`. Never runs a model's own code.

    `dimension` and `max_tokens` are known without loading only when they are given; else asking for them loads.
    """

    def __init__(self, name: str, *, model: str = "", allow_hub: bool = False) -> None:
        self.model = model or name
        self._name = name
        self._allow_hub = allow_hub
        self._loading = threading.Lock()
        self._encoder: Any = None

    @property
    def dimension(self) -> int:
        return int(self._loaded().get_embedding_dimension())

    @property
    def max_tokens(self) -> int:
        return int(self._loaded().max_seq_length)

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        if not texts:
            return []
        vectors = self._loaded().encode(
            list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )
        return [row.astype("<f4").tobytes() for row in vectors]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        tokenizer = self._loaded().tokenizer
        return [len(ids) for ids in tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]]

    def close(self) -> None:
        self._encoder = None

    def _loaded(self) -> Any:
        with self._loading:
            if self._encoder is None:
                self._encoder = self._load()
            return self._encoder

    def _load(self) -> Any:
        if not self._allow_hub:
            os.environ["HF_HUB_OFFLINE"] = "1"  # else a folder with a missing file sends requests for it
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        from sentence_transformers import SentenceTransformer

        try:
            return SentenceTransformer(
                self._name,
                device="cpu",
                trust_remote_code=False,
                local_files_only=not self._allow_hub,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise ConfigurationError(
                f"The embedding model “{self._name}” could not be loaded. Choose another in the settings, or put its "
                "files (safetensors) into a folder and name that folder."
            ) from error
