"""Models that run in this process: what can be chosen for them, what they need, and what state they are in."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

AUTO = "auto"


class Precision(StrEnum):
    """The numbers that weights are kept and multiplied in. AUTO: as stored where the device is quick with it."""

    AUTO = "auto"
    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"


class Quantisation(StrEnum):
    """Weights of the linear layers in fewer bits. What is offered differs by device: see `DeviceOffer`."""

    NONE = "none"
    INT8 = "int8"
    INT4 = "int4"


@dataclass(frozen=True, slots=True)
class LocalChoice:
    """How a model is run. `device` is "auto" or a `DeviceOffer.name`. `context`: the most tokens of prompt and reply
    together, 0 for all that the model can read. `together`: how many replies are written side by side."""

    device: str = AUTO
    precision: Precision = Precision.AUTO
    quantisation: Quantisation = Quantisation.NONE
    context: int = 0
    together: int = 4


@dataclass(frozen=True, slots=True)
class DeviceOffer:
    """A device that is there. `name` is "cpu", "cuda:0" or "mps"; `title` is for people."""

    name: str
    title: str
    free_bytes: int
    precisions: tuple[Precision, ...]
    quantisations: tuple[Quantisation, ...]


@dataclass(frozen=True, slots=True)
class MemoryEstimate:
    """Bytes. `peak` is the most while loading, `cache` what `together` full contexts would need beside the weights.

    `choice` is what was asked for, with every "auto" decided. `sentence` says all of it to a person, and where it does
    not fit, what would; `smaller` are choices that fit, the nearest first.
    """

    choice: LocalChoice
    weights: int
    peak: int
    cache: int
    free: int
    fits: bool
    sentence: str
    smaller: tuple[LocalChoice, ...] = ()

    @property
    def total(self) -> int:
        return max(self.peak, self.weights + self.cache)


class LocalState(StrEnum):
    LOADING = "loading"
    LOADED = "loaded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class LocalStatus:
    """One model in the memory of this process. `writing` replies at the moment, `waiting` for their turn.

    `estimate` is None until it has been made; `unload_in_s` counts down while it is idle, None where it never unloads;
    `trouble` is the sentence of a model that could not be loaded."""

    model: str
    state: LocalState
    choice: LocalChoice
    estimate: MemoryEstimate | None = None
    writing: int = 0
    waiting: int = 0
    unload_in_s: float | None = None
    trouble: str = ""


class LocalModels(Protocol):
    """Of this process: a worker process has its own. `model` is what stands behind the colon of a route: a folder with
    safetensors files, the name ("org/name") of one under `models/` in the data folder, or the id of a model that
    transformers has downloaded. Nothing here asks the network for anything."""

    def devices(self) -> Sequence[DeviceOffer]:
        """The best first. Imports torch at its first call, which takes seconds."""
        ...

    def default(self, model: str) -> LocalChoice:
        """How a call that names no choice would run it: the last choice it was loaded with, else the settings."""
        ...

    def estimate(self, model: str, choice: LocalChoice) -> MemoryEstimate:
        """Reads headers of the weights only. Raises UserMistake (NotFound where there is no such model): a device,
        precision or quantisation that is not offered, files that are not safetensors."""
        ...

    def status(self) -> Sequence[LocalStatus]:
        """By model. Quick: imports nothing, and waits for nothing."""
        ...

    def load(self, model: str, choice: LocalChoice | None = None) -> LocalStatus:
        """Begins, and returns at once with LOADING; `status` tells the rest. Raises as `estimate` does, and UserMistake
        with the estimate's sentence where it does not fit. Loaded otherwise already: loaded anew once it is idle.

        Without a call to this a model is loaded by the first request that goes to it."""
        ...

    def unload(self, model: str) -> bool:
        """Now: replies in writing end with a sentence. False where it was not loaded."""
        ...
