"""Which model search uses: choosing it, trying it, giving every passage its vector, and only then making it serve."""

import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from typing import Protocol

from writer.domain.actors import Actor
from writer.domain.collections import Cut, CutOf
from writer.domain.errors import StorageError, UserMistake, WriterError
from writer.domain.jobs import Job, NewJob, NewStep, StepState
from writer.domain.ports.jobs import JobLedger
from writer.domain.ports.settings import SettingsStore
from writer.domain.ports.sources import Embedder, SourceStore
from writer.services.knowledge.serving import Serving
from writer.services.knowledge.vectors import PassageVectors

REINDEX_KIND = "reindex"
INSTALLATION = "(installation)"
"""Owner of what is set for everybody here: no person's name has brackets."""

_CHOSEN, _SERVING = "search_model", "search_model.serving"
_TEST_SENTENCE = "The harbour was built in 1802."
_LOOK_EVERY_S = 2.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Choice:
    """A model that was chosen: `by` is whose account a service is asked with; "" for a built-in model."""

    model: str
    dimension: int
    by: str = ""


@dataclass(frozen=True, slots=True)
class BuiltIn:
    model: str
    title: str
    note: str


EXACT = ("Built in, exact", "English. Runs on this machine, sends nothing anywhere.")
FAST = (
    "Built in, fast (8 bits)",
    "English. About twice as fast; finds very slightly less (nDCG lower by at most 0.006).",
)
"""Title and note of the built-in models."""


class Shelf(Protocol):
    """Where models come from."""

    def built_in(self) -> Sequence[BuiltIn]: ...

    def open(self, choice: Choice) -> Embedder:
        """A built-in model by its name, or "account:model" of a service. Raises ConfigurationError (UnknownRoute,
        MissingKey)."""
        ...


class Index(Protocol):
    def serve(self, model: str, dimension: int) -> None: ...


@dataclass(frozen=True, slots=True)
class ModelTest:
    ok: bool
    sentence: str
    dimension: int = 0
    ms: float = 0.0


@dataclass(frozen=True, slots=True)
class SearchModelStatus:
    """`served` of `passages` have a vector of `serving`, the model that answers; `ready` one of `chosen`. `doing` is
    the progress of the job that makes them, "" when none runs. `unused_bytes` are vectors of models that neither serve
    nor are chosen. `failure` is why the service gave no vectors when it was last asked."""

    serving: str
    chosen: str
    passages: int
    served: int
    ready: int
    job: Job | None
    doing: str
    unused_bytes: int
    failure: str

    @property
    def is_complete(self) -> bool:
        return self.serving == self.chosen and self.ready == self.passages

    @property
    def is_remote(self) -> bool:
        return is_remote(self.chosen)


def is_remote(model: str) -> bool:
    return ":" in model


class SearchModels:
    """`default` is the built-in model that serves until somebody chooses another."""

    def __init__(
        self,
        store: SettingsStore,
        sources: SourceStore,
        ledger: JobLedger,
        shelf: Shelf,
        serving: Serving,
        index: Index,
        *,
        default: str,
        wake: Callable[[], None],
        cut_of: CutOf = lambda source_id: Cut(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._sources = sources
        self._ledger = ledger
        self._shelf = shelf
        self._serving = serving
        self._index = index
        self._default = default
        self._wake = wake
        self._cut_of = cut_of
        self._clock = clock
        self._switching = threading.RLock()
        self._looked_at = clock()
        self._begin()
        serving.look_first(self._look)

    def _begin(self) -> None:
        """Also while the database does not answer: what was chosen is then followed as soon as it does."""
        try:
            first = self._first()
        except StorageError as error:
            logger.warning("the chosen search model could not be read", extra={"error": str(error)})
            first = Choice(self._default, 0)
        self._serve(first)

    def choices(self) -> Sequence[BuiltIn]:
        """The built-in models; besides them, any "account:model" of a provider that gives vectors."""
        return self._shelf.built_in()

    def status(self, by: Actor) -> SearchModelStatus:
        chosen, serving = self._chosen().model, self._serving.model
        passages, ready = self._sources.counts(chosen)
        served = self._sources.counts(serving)[1] if serving != chosen else ready
        job = next(iter(self._ledger.jobs(by.user, 1, REINDEX_KIND)), None)
        unused = sum(one.bytes for one in self._sources.stored_models() if one.model not in (chosen, serving))
        doing = self._doing(job) if job is not None and not job.state.is_over else ""
        return SearchModelStatus(serving, chosen, passages, served, ready, job, doing, unused, self._serving.failure)

    def test(self, model: str, by: Actor) -> ModelTest:
        """Embeds one sentence. A refusal is a report, not an error."""
        try:
            started = self._clock()
            dimension = len(self._opened(model.strip(), by).embed([_TEST_SENTENCE])[0]) // 4
        except WriterError as error:
            return ModelTest(False, str(error))
        ms = (self._clock() - started) * 1000
        return ModelTest(True, f"{model} answered in {ms:,.0f} ms with {dimension:,} numbers.", dimension, ms)

    def choose(self, model: str, by: Actor, *, may_send_texts: bool = False) -> SearchModelStatus:
        """The model answers one sentence first. It serves at once where every passage has its vector; else the one
        before goes on serving until `reindex` is through."""
        model = model.strip()
        if is_remote(model) and not may_send_texts:
            raise UserMistake(
                f"With {model}, the texts of all sources and of every search are sent to that service. Say that this "
                "is what you want, then choose it again. Nothing was changed."
            )
        tested = self.test(model, by)
        if not tested.ok:
            raise UserMistake(f"This model cannot be used, so nothing was changed. {tested.sentence}")
        choice = Choice(model, tested.dimension, by.user if is_remote(model) else "")
        self._put(_CHOSEN, choice)
        logger.info("search model chosen", extra={"model": model})
        self.switch_if_complete()
        return self.status(by)

    def reindex(self, by: Actor) -> Job:
        """A job that gives every passage its vector of the chosen model. Batches are kept as they come: after Stop or a
        crash it goes on from there."""
        model = self._chosen().model
        fingerprint = f"{REINDEX_KIND}:{model}"
        running = self._ledger.by_fingerprint(by.user, fingerprint)
        if running is not None and not running.state.is_over:
            return running
        step = NewStep(REINDEX_KIND, REINDEX_KIND, 0, "Re-indexing")
        job = self._ledger.add(NewJob(REINDEX_KIND, by.user, (step,), fingerprint=fingerprint, args={"model": model}))
        self._wake()
        return job

    def fill(self, told: Callable[[int, int], object], stopped: Callable[[], bool] = lambda: False) -> str:
        """Gives vectors of the chosen model to the passages that lack them, then makes it serve; `told` is given how
        many of how many have one. Returns the model's name. Raises ProviderError or ConfigurationError."""
        choice = self._chosen()
        embedder = self._serving.over(self._shelf.open(choice))
        vectors = PassageVectors(self._sources, embedder, self._cut_of)
        while not stopped() and (lacking := self._sources.lacking(choice.model)):
            passages, before = self._sources.counts(choice.model)
            told(before, passages)
            made = vectors.fill(vectors.missing_of(lacking), partial(_add_up, told, before, passages), stopped)
            if not made:  # what lacks a vector was deleted meanwhile
                break
        if not stopped():
            self.switch_if_complete()
        return choice.model

    def switch_if_complete(self) -> bool:
        """Whether the chosen model serves now."""
        choice = self._chosen()
        if choice.model != self._serving.model and not self._sources.lacking(choice.model):
            self._put(_SERVING, choice)
            self._serve(choice)
        return choice.model == self._serving.model

    def free(self, by: Actor) -> int:
        """Drops vectors of models that neither serve nor are chosen; returns how many bytes they took."""
        kept = (self._chosen().model, self._serving.model)
        unused = [one for one in self._sources.stored_models() if one.model not in kept]
        for one in unused:
            self._sources.drop_vectors(one.model)
        return sum(one.bytes for one in unused)

    def _chosen(self) -> Choice:
        return self._stored(_CHOSEN) or Choice(self._default, 0)

    def _first(self) -> Choice:
        """What serves after a start: what served before; else, where the vectors of another built-in model are all
        there is, that one, until those of the default are made."""
        if (before := self._stored(_SERVING)) is not None:
            return before
        chosen = self._chosen()
        known = {built_in.model for built_in in self._shelf.built_in()}
        held = [one.model for one in self._sources.stored_models()]
        if chosen.model not in held and (other := next((model for model in held if model in known), "")):
            return Choice(other, 0)
        return chosen

    def _serve(self, choice: Choice) -> None:
        with self._switching:
            try:
                embedder: Embedder | None = self._shelf.open(choice)
            except WriterError as error:
                logger.warning("the search model cannot be used", extra={"model": choice.model, "error": str(error)})
                embedder = None
            self._index.serve(embedder.model, embedder.dimension) if embedder else self._index.serve("", 0)
            self._serving.serve(embedder)

    def _look(self) -> None:
        """Follows what another process has made serve."""
        if self._clock() - self._looked_at < _LOOK_EVERY_S or not self._switching.acquire(blocking=False):
            return
        try:
            self._looked_at = self._clock()
            with suppress(StorageError):
                self._follow()
        finally:
            self._switching.release()

    def _follow(self) -> None:
        wanted = self._stored(_SERVING)
        if wanted is not None and wanted.model != self._serving.model:
            self._serve(wanted)

    def _opened(self, model: str, by: Actor) -> Embedder:
        return self._shelf.open(Choice(model, 0, by.user if is_remote(model) else ""))

    def _doing(self, job: Job) -> str:
        step = next((step for step in self._ledger.steps(job.id) if step.state is StepState.RUNNING), None)
        return (step.partial or step.label) if step else "Waiting to begin"

    def _stored(self, name: str) -> Choice | None:
        value = self._store.value(INSTALLATION, name)
        return Choice(**json.loads(value)) if value else None

    def _put(self, name: str, choice: Choice) -> None:
        self._store.set_value(INSTALLATION, name, json.dumps(asdict(choice)))


def _add_up(told: Callable[[int, int], object], before: int, passages: int, done: int) -> None:
    told(before + done, passages)
