from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from writer.domain.models import FoundServer, HubModel, ModelFacts, Progress, ServedModel, StoredModel

Ended = Callable[[], bool]
"""Asked now and then by what takes long: True ends it."""


class Hub(Protocol):
    """Where models are downloaded from. All methods block."""

    @property
    def host(self) -> str: ...

    def describe(self, model_id: str, token: str = "") -> HubModel:
        """Raises NotFound, UserMistake where the model must be asked for first, and ProviderError."""
        ...

    def download(
        self, model: HubModel, staging: str, token: str, tell: Callable[[Progress], None], ended: Ended
    ) -> None:
        """Into the folder `staging`, file by file; what is there from before is gone on with. Each file is compared
        with its checksum, and weights are looked into, before it has its name. Returns when all are whole; raises
        JobStopped when `ended`, StorageError where the disk is full, UserMistake for a file that is not what the hub
        announced, and ProviderError; what came is kept for the next time."""
        ...


class ModelDisk(Protocol):
    """Models in the data folder of this machine. A model is there when it is whole."""

    def stored(self) -> Sequence[StoredModel]:
        """By id."""
        ...

    def free_bytes(self) -> int: ...

    def begin(self, model: HubModel) -> None:
        """Notes that this model is being downloaded: it then has a plan."""
        ...

    def plans(self) -> Sequence[HubModel]:
        """Of downloads that were begun and are not whole yet, paused and failed ones too."""
        ...

    def held(self, model: HubModel) -> int:
        """Bytes of the plan that are there."""
        ...

    def staging(self, model_id: str, ended: Ended) -> AbstractContextManager[str]:
        """The folder for a download, while nobody else works in it. Raises StorageError when somebody does, UserMistake
        when it was cancelled, JobStopped when `ended`."""
        ...

    def complete(self, model: HubModel) -> StoredModel:
        """The staged folder, which is whole, becomes the model, in one move."""
        ...

    def discard(self, model_id: str) -> None:
        """What was downloaded of it so far."""
        ...

    def delete(self, model_id: str) -> None:
        """Raises NotFound."""
        ...


class ModelServer(Protocol):
    """Ollama's own interface. All methods block and raise ProviderError."""

    def models(self) -> Sequence[ServedModel]: ...

    def pull(self, name: str, ended: Ended) -> Iterator[Progress | str]:
        """Progress as the server tells it, or a word on what it does. Ends when the model is there; an `ended` one can
        be asked for again, and goes on."""
        ...

    def load(self, name: str, ended: Ended) -> None:
        """Returns when it is in memory."""
        ...

    def unload(self, name: str) -> None: ...

    def delete(self, name: str) -> None: ...


class ServerScout(Protocol):
    def look(self) -> Sequence[FoundServer]:
        """Asks the usual ports of this machine, and no other, for their list of models."""
        ...


class Catalogue(Protocol):
    def facts(self, price_id: str, model: str) -> ModelFacts: ...
