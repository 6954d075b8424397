"""Where search models come from: built in, or a service that an account is for."""

from collections.abc import Sequence
from pathlib import Path

from writer.domain.completions import Caller
from writer.domain.errors import ConfigurationError
from writer.domain.ports.sources import Embedder
from writer.embedding.choice import Remembering, find_embedder
from writer.embedding.weights import DEFAULT_MODEL, INT8_MODEL
from writer.providers.embedding import RemoteEmbedder, Run
from writer.providers.registry import Registry
from writer.services.knowledge.search_model import EXACT, FAST, BuiltIn, Choice, is_remote

BUILT_IN = (BuiltIn(DEFAULT_MODEL, *EXACT), BuiltIn(INT8_MODEL, *FAST))
BY_SETTING = {"auto": DEFAULT_MODEL, "fp32": DEFAULT_MODEL, "int8": INT8_MODEL}
"""The values of WRITER_EMBEDDING."""


class ModelShelf:
    """A built-in model is opened once."""

    def __init__(self, models: Path, registry: Registry, run: Run) -> None:
        self._models = models
        self._registry = registry
        self._run = run
        self._open: dict[str, Remembering] = {}

    def built_in(self) -> Sequence[BuiltIn]:
        return BUILT_IN

    def local(self, name: str) -> Embedder | None:
        if name not in self._open and (found := find_embedder(self._models, name)) is not None:
            self._open[name] = found
        return self._open.get(name)

    def close(self) -> None:
        for embedder in self._open.values():
            embedder.close()

    def open(self, choice: Choice) -> Embedder:
        if is_remote(choice.model):
            return self._remote(choice)
        if choice.model not in BY_SETTING.values():
            raise ConfigurationError(
                f"“{choice.model}” is no search model: name a built-in one, or a provider's as account:model, such as "
                "openai:text-embedding-3-small."
            )
        found = self.local(choice.model)
        if found is None:
            raise ConfigurationError("There is no embedding model here: search finds words, not meanings.")
        return found

    def _remote(self, choice: Choice) -> Embedder:
        self._registry.embeddings(choice.by, choice.model)  # what is missing is said now, not at the first text
        return RemoteEmbedder(
            choice.model,
            lambda: self._registry.embeddings(choice.by, choice.model),
            self._run,
            Caller(choice.by),
            choice.dimension,
        )
