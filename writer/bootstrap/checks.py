"""What the doctor looks at: each check returns a sentence, or raises one."""

import shutil
from pathlib import Path

from writer.domain.actors import Actor
from writer.domain.drafting import BUILT_IN
from writer.domain.errors import ConfigurationError, StorageError
from writer.domain.ports.health import WorkBoard
from writer.domain.ports.sources import Embedder, SourceStore
from writer.embedding.entailment import CrossEncoder
from writer.services.doctor import Check
from writer.services.knowledge.search_model import SearchModels, is_remote
from writer.services.providers import Providers
from writer.settings import Settings
from writer.storage import Database
from writer.storage.index.switching import SwitchingIndex
from writer.storage.migrations import HEAD, revision

_MB = 1_000_000
_LEAST_FREE = 200 * _MB
_WAITS_LONG_S = 60.0


def free_bytes(folder: Path) -> int:
    """0 where the folder cannot be looked at."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0


class Checks:
    def __init__(
        self,
        settings: Settings,
        database: Database,
        sources: SourceStore,
        embedder: Embedder,
        index: SwitchingIndex,
        providers: Providers,
        search_model: SearchModels,
        work: WorkBoard,
        entailment: CrossEncoder | None = None,
    ) -> None:
        self._settings = settings
        self._database = database
        self._sources = sources
        self._embedder = embedder
        self._index = index
        self._providers = providers
        self._search_model = search_model
        self._work = work
        self._entailment = entailment

    def all(self) -> list[tuple[str, Check]]:
        return [
            ("Data folder", self._folder_check),
            ("Disk", self._disk_check),
            ("Database", self._database_check),
            ("Migrations", self._migrations_check),
            ("Embedding model", self._model_check),
            ("Search index", self._index_check),
            ("Queue", self._queue_check),
            ("Providers", self._providers_check),
            *([("Citation model", self._entailment.described)] if self._entailment else []),
        ]

    def _folder_check(self) -> str:
        probe = self._settings.data_dir / ".writable"
        try:
            probe.write_bytes(bytes(4096))  # an empty file fits on a full disk
            probe.unlink()
        except OSError as error:
            raise StorageError(f"Nothing can be written to {self._settings.data_dir}: {error.strerror}.") from error
        return f"Everything is kept in {self._settings.data_dir}."

    def _database_check(self) -> str:
        passages, vectors = self._sources.counts(self._embedder.model)
        engine = "the file writer.db" if self._database.file else "Postgres"
        return f"The database ({engine}) answers; it holds {passages} passages and {vectors} vectors."

    def _model_check(self) -> str:
        model, dimension = self._embedder.model, self._embedder.dimension
        if not model:
            raise ConfigurationError("There is no embedding model here: search finds words, not meanings.")
        english = ", made for English" if not is_remote(model) else ", asked of that service"
        lacking = f" {self._mismatch()}" if self._mismatch() else ""
        return f"{model} serves searches ({dimension:,} dimensions{english}).{lacking}"

    def _mismatch(self) -> str:
        """ "" where every passage has its vector of the model that was chosen."""
        status = self._search_model.status(Actor("local"))
        lacking = status.passages - status.ready
        if not lacking:
            return ""
        return (
            f"{lacking:,} of {status.passages:,} passages have no vector of {status.chosen}: re-index in Settings, or "
            "run python -m writer reindex."
        )

    def _index_check(self) -> str:
        position = self._index.position
        if position is None:
            return f"The vector index is {self._index.state}."
        number, held = position
        _, vectors = self._sources.counts(self._embedder.model)
        if number == self._sources.last_change() and held != vectors:
            raise StorageError(
                f"The vector index holds {held:,} vectors, the database {vectors:,}. It mends itself within minutes; "
                "python -m writer reindex does so now."
            )
        return f"The vector index is {self._index.state}; it holds {held:,} of {vectors:,} vectors."

    def _disk_check(self) -> str:
        free = free_bytes(self._settings.data_dir)
        if free < _LEAST_FREE:
            raise StorageError(
                f"Only {free / _MB:,.0f} MB are free where the data is ({self._settings.data_dir}): soon nothing can "
                "be saved. Make room."
            )
        return f"{free / _MB / 1000:,.1f} GB are free where the data is."

    def _migrations_check(self) -> str:
        found = revision(self._database)
        if found != HEAD:
            raise StorageError(
                f"The database's tables are of version {found or 'none'}, this Writer needs {HEAD}: run python -m "
                "writer migrate."
            )
        return f"The database's tables are up to date ({found})."

    def _queue_check(self) -> str:
        work = self._work.workload()
        if not work.runners and work.waiting and work.oldest_s > _WAITS_LONG_S:
            raise ConfigurationError(
                f"Jobs wait ({work.waiting:,} steps, the longest for {work.oldest_s:.0f} seconds), and nothing that "
                "runs jobs was heard of within a minute. Start Writer, or a worker."
            )
        heard = f"{len(work.runners)} runner{'' if len(work.runners) == 1 else 's'} heard of within a minute"
        longest = f", the longest for {work.oldest_s:.0f} seconds" if work.waiting else ""
        return f"{work.running:,} steps run and {work.waiting:,} wait{longest}; {heard}."

    def _providers_check(self) -> str:
        routes = self._providers.routes(Actor("local"))
        if not routes or routes == [BUILT_IN]:
            return "No provider is set up: the built-in drafter makes source briefs. Add one in Settings for prose."
        return f"Articles are written by {', then '.join(routes)}."
