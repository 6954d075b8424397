"""All models in the memory of this process."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Protocol

from writer.domain.errors import UserMistake
from writer.domain.ports.local_models import DeviceOffer, LocalChoice, LocalState, LocalStatus, MemoryEstimate
from writer.providers.local import devices
from writer.providers.local.engine import Engine, Writing
from writer.providers.local.memory import estimated
from writer.providers.local.tickets import Ticket
from writer.providers.local.weights import Weights, located, read_weights
from writer.providers.timing import Clock

_CLOSING_S = 10.0


class Choices(Protocol):
    """What a person chose for a model, kept over restarts."""

    def of(self, model: str) -> LocalChoice | None: ...
    def keep(self, model: str, choice: LocalChoice) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self._kept: dict[str, LocalChoice] = {}

    def of(self, model: str) -> LocalChoice | None:
        return self._kept.get(model)

    def keep(self, model: str, choice: LocalChoice) -> None:
        self._kept[model] = choice


@dataclass(frozen=True, slots=True)
class LocalPolicy:
    """`memory`: the most bytes that all models together may take, None for what is free. `idle_s`: 0 never unloads."""

    default: LocalChoice = field(default_factory=LocalChoice)
    memory: int | None = None
    idle_s: float = 900.0


class LocalRuntime:
    """A LocalModels."""

    def __init__(
        self,
        models_dir: Path | None = None,
        policy: LocalPolicy | None = None,
        choices: Choices | None = None,
        *,
        clock: Clock = monotonic,
    ) -> None:
        self._models_dir = models_dir
        self._policy = policy or LocalPolicy()
        self._choices = choices or InMemory()
        self._clock = clock
        self._lock = threading.RLock()
        self._engines: dict[str, Engine] = {}
        self._leaving: list[Engine] = []

    def devices(self) -> list[DeviceOffer]:
        return devices.offers()

    def default(self, model: str) -> LocalChoice:
        return self._choices.of(model) or self._policy.default

    def estimate(self, model: str, choice: LocalChoice) -> MemoryEstimate:
        """Models that nobody uses would go, so what they hold counts as free."""
        weights = read_weights(located(model, self._models_dir))
        return self._estimated(weights, choice, spare=sum(e.estimate.weights for e in self._idle() if e.estimate))

    def status(self) -> list[LocalStatus]:
        with self._lock:
            found = [status for engine in self._engines.values() if (status := engine.status()) is not None]
        return sorted(found, key=lambda status: status.model)

    def load(self, model: str, choice: LocalChoice | None = None) -> LocalStatus:
        wanted = choice or self.default(model)
        estimate = self.estimate(model, wanted)
        if not estimate.fits:
            raise UserMistake(estimate.sentence)
        if choice is not None:
            self._choices.keep(model, choice)
        with self._lock:
            engine = self._engines.get(model)
            if engine is None or engine.is_over or engine.choice != wanted:
                engine = self._started(model, wanted, engine)
        return engine.status() or LocalStatus(model, LocalState.LOADING, wanted)

    def unload(self, model: str) -> bool:
        with self._lock:
            engine = self._engines.pop(model, None)
            was = engine is not None and not engine.is_over
            if engine is not None:
                engine.stop()
                self._leaving.append(engine)
        return was

    def ask(self, model: str, ticket: Ticket) -> None:
        """Never waits: the model's thread does all of it, loading too."""
        with self._lock:
            engine = self._engines.get(model)
            while engine is None or not engine.ask(ticket):
                engine = self._started(model, self.default(model), engine)

    def close(self) -> None:
        """Stops every model, and gives their threads a moment to go."""
        with self._lock:
            engines = [*self._engines.values(), *self._leaving]
            self._engines.clear()
        for engine in engines:
            engine.stop()
        for engine in engines:
            engine.join(_CLOSING_S)

    def _started(self, model: str, choice: LocalChoice, before: Engine | None) -> Engine:
        if before is not None:
            before.retire()
            self._leaving.append(before)
        self._leaving = [engine for engine in self._leaving if not engine.is_over]
        engine = Engine(model, choice, self._open, self._policy.idle_s, self._clock, tuple(self._leaving))
        self._engines[model] = engine
        engine.start()
        return engine

    def _open(self, engine: Engine) -> Writing:
        """In the engine's thread. Memory is counted once those that leave are gone."""
        for leaving in engine.after:
            leaving.join()
        weights = read_weights(located(engine.model, self._models_dir))
        estimate = self._estimated(weights, engine.choice)
        if not estimate.fits and self._made_room(engine):
            estimate = self._estimated(weights, engine.choice)
        engine.estimate = estimate
        if not estimate.fits:
            raise UserMistake(estimate.sentence)
        return _opened(engine, weights, estimate, partial(self._space, estimate.choice.device))

    def _estimated(self, weights: Weights, choice: LocalChoice, spare: int = 0) -> MemoryEstimate:
        limit = self._policy.memory
        if limit is not None:
            limit = max(1, limit - self._held() + spare)
        found = [replace(offer, free_bytes=offer.free_bytes and offer.free_bytes + spare) for offer in devices.offers()]
        return estimated(weights, choice, found, limit)

    def _space(self, device: str, held: int) -> int:
        """For keys and values: what they hold, and what is free beside; never more than the limit leaves."""
        free = devices.free_bytes(device)
        most = free and free + held
        if self._policy.memory is None:
            return most
        left = max(1, self._policy.memory - self._held())
        return min(most, left) if most else left

    def _held(self) -> int:
        """By the weights of models that are loaded, as estimated."""
        with self._lock:
            engines = [*self._engines.values(), *self._leaving]
        return sum(engine.estimate.weights for engine in engines if engine.estimate and not engine.is_over)

    def _idle(self) -> list[Engine]:
        with self._lock:
            return [engine for engine in self._engines.values() if engine.is_idle and not engine.is_over]

    def _made_room(self, engine: Engine) -> bool:
        """Models that nobody uses go first."""
        idle = [other for other in self._idle() if other is not engine]
        for other in idle:
            other.retire()
        for other in idle:
            other.join()
        return bool(idle)


def _opened(engine: Engine, weights: Weights, estimate: MemoryEstimate, space: Callable[[int], int]) -> Writing:
    # These import torch: in the model's thread, where nobody waits for it but who asked for the model.
    from writer.providers.local.loading import load
    from writer.providers.local.writing import OneByOne, SideBySide

    loaded = load(weights, estimate)
    if loaded.batches:
        return SideBySide(loaded, space)
    return OneByOne(loaded, engine.ending)
