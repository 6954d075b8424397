"""A cross-encoder that reads whether a passage says a sentence.

From a folder of the operator's: safetensors only, never code from it, never a download.
"""

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from writer.domain.errors import ConfigurationError
from writer.domain.ports.entailment import Reading

_AT_ONCE = 16
_MOST_TOKENS = 512
_STEMS = ("entail", "neutral", "contradict")  # models write “entailment”, “ENTAILMENT”, “contradiction”
_FAILURES = (OSError, ValueError, RuntimeError, ImportError, KeyError, AttributeError, TypeError, MemoryError)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """`columns` are the places of entailment, neutral and contradiction in what the model puts out."""

    tokenizer: Any
    model: Any
    columns: tuple[int, int, int]
    tokens: int


class CrossEncoder:
    """Any sequence classifier with these three labels. Loaded at the first question, and kept; one batch at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._working = threading.Lock()
        self._loaded: _Loaded | None = None
        self.identity = _identity(folder)

    def described(self) -> str:
        """For the doctor: what can be said without loading it. Raises ConfigurationError."""
        self._columns()
        if not any(self._folder.glob("*.safetensors")):
            raise ConfigurationError(self._trouble("it holds no weights in safetensors files"))
        return f"Cited sentences are read by the model in {self._folder} too."

    def readings(self, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
        with self._working, self._translated():
            batches = (pairs[start : start + _AT_ONCE] for start in range(0, len(pairs), _AT_ONCE))
            return [reading for batch in batches for reading in self._read(batch)]

    def _read(self, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
        import torch

        loaded = self._loaded = self._loaded or self._load()
        premises, hypotheses = zip(*pairs, strict=True)
        # The sentence stays whole: it is the passage that may be cut.
        asked = loaded.tokenizer(
            list(premises),
            list(hypotheses),
            truncation="only_first",
            max_length=loaded.tokens,
            padding=True,
            return_tensors="pt",
        )
        with torch.inference_mode():
            chances = torch.softmax(loaded.model(**asked).logits.float(), dim=-1)
        return [Reading(*row) for row in chances[:, list(loaded.columns)].tolist()]

    def _load(self) -> _Loaded:
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        columns = self._columns()
        place = str(self._folder)
        tokenizer = AutoTokenizer.from_pretrained(place, trust_remote_code=False, local_files_only=True)
        model = AutoModelForSequenceClassification.from_pretrained(
            place, trust_remote_code=False, use_safetensors=True, local_files_only=True
        )
        model.eval()
        context = int(getattr(model.config, "max_position_embeddings", 0) or _MOST_TOKENS)
        return _Loaded(tokenizer, model, columns, min(context, tokenizer.model_max_length, _MOST_TOKENS))

    def _columns(self) -> tuple[int, int, int]:
        if not self._folder.is_dir():
            raise ConfigurationError(self._trouble("there is no such folder"))
        try:
            labels = json.loads((self._folder / "config.json").read_text(encoding="utf-8"))["id2label"]
            named = {str(label).casefold(): int(number) for number, label in labels.items()}
            found = {stem: number for label, number in named.items() for stem in _STEMS if label.startswith(stem)}
            return found["entail"], found["neutral"], found["contradict"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            reason = "its config.json does not name the labels entailment, neutral and contradiction"
            raise ConfigurationError(self._trouble(reason)) from None

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            from safetensors import SafetensorError
        except ImportError as error:
            raise ConfigurationError(self._trouble("the packages torch and transformers are missing")) from error
        try:
            yield
        except (*_FAILURES, SafetensorError) as error:
            reason = next(iter(str(error).splitlines()), type(error).__name__)[:200]
            raise ConfigurationError(self._trouble(f"it cannot be loaded or run: {reason}")) from error

    def _trouble(self, reason: str) -> str:
        return (
            f"The model of WRITER_ENTAILMENT_MODEL ({self._folder}) is not used: {reason}. "
            "Citations are checked without it."
        )


def _identity(folder: Path) -> str:
    """Of its configuration and the sizes of its weights: reading them whole would take as long as loading them."""
    digest = hashlib.sha256(str(folder).encode())
    try:
        digest.update((folder / "config.json").read_bytes())
        digest.update(repr(sorted((path.name, path.stat().st_size) for path in folder.glob("*.safetensors"))).encode())
    except OSError:
        return "unusable"
    return digest.hexdigest()[:16]
