"""Puts Writer together: the only file that knows every layer."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from writer import samples
from writer.documents.reader import IsolatedReader
from writer.documents.sniffing import sniff
from writer.domain.actors import Actor
from writer.domain.drafting import BUILT_IN, Drafter
from writer.domain.errors import ConfigurationError, StorageError
from writer.domain.ports.sources import Embedder
from writer.embedding.choice import find_embedder
from writer.logs import close_logging, setup_logging
from writer.providers.cached import Memory
from writer.providers.registry import Registry
from writer.security.cipher import FileCipher
from writer.security.fetch import fetch
from writer.services.accounts import Accounts
from writer.services.articles import steps
from writer.services.articles.desk import Desk
from writer.services.articles.handlers import ArticleHandlers
from writer.services.articles.model_drafter import ModelDrafter
from writer.services.articles.service import Articles
from writer.services.claims.job import ClaimChecks
from writer.services.claims.service import Claims
from writer.services.doctor import Check, Finding, findings
from writer.services.drafts import Drafts
from writer.services.exports import Exports
from writer.services.extractive import ExtractiveDrafter
from writer.services.housekeeping import Housekeeping
from writer.services.jobs import EmbeddedRunner, EngineLoop, Jobs, LiveText, Runner, RunnerPolicy
from writer.services.knowledge.folders import Files
from writer.services.knowledge.import_desk import ImportDesk
from writer.services.knowledge.imports import Imports
from writer.services.knowledge.ingestion import Ingestion
from writer.services.knowledge.intake import Intake
from writer.services.knowledge.library import SourceLibrary
from writer.services.knowledge.search import HybridSearch
from writer.services.knowledge.sources import Sources
from writer.services.knowledge.web.manners import Manners
from writer.services.knowledge.web.pages import WebPages
from writer.services.providers import Providers
from writer.services.usage import Usage, UsageBook
from writer.settings import Settings, environment_accounts, make_data_dir, read_settings
from writer.storage import Database, Stores, migrate, open_database
from writer.storage.blobs import LocalBlobs
from writer.storage.index.chroma import ChromaIndex
from writer.storage.index.chroma_home import ChromaFolder, ChromaServer, collection_name
from writer.storage.index.exact import ExactIndex
from writer.storage.index.keyword import FtsIndex

SAMPLES = Path(__file__).parent / "samples"


@dataclass
class App:
    """What pages, API and commands see. `start` begins the work in the background, `close` ends it for good."""

    settings: Settings
    database: Database
    articles: Articles
    drafts: Drafts
    claims: Claims
    exports: Exports
    sources: Sources
    jobs: Jobs
    usage: Usage
    providers: Providers
    doctor: Callable[[], list[Finding]]
    _runner: EmbeddedRunner = field(repr=False)
    _index: "ChromaIndex | None" = field(repr=False)
    _housekeeping: Housekeeping = field(repr=False)
    _ends: list[Callable[[], object]] = field(repr=False)

    def start(self, *, runner: bool | None = None) -> None:
        """May be called again. `runner` overrides the setting: a worker process always runs one."""
        if self.settings.runner == "embedded" if runner is None else runner:
            self._runner.start()
            self.sources.adopt_orphans()
        if self._index is not None:
            self._index.start()
        self._housekeeping.start()

    def close(self) -> None:
        while self._ends:
            self._ends.pop(0)()

    @property
    def runner_alive(self) -> bool:
        return self._runner.alive


def build(settings: Settings, policy: RunnerPolicy | None = None) -> App:
    """Opens the database (migrated where it is our own file) and wires everything; nothing runs before `start`."""
    make_data_dir(settings)
    setup_logging(
        settings.log_level,
        directory=settings.log_dir,
        format=settings.log_format,
        secrets=settings.secrets(),
    )
    database = open_database(settings.url)
    if database.file is not None:
        migrate(database)
    return _Workshop(settings, database, policy).app()


class _Workshop:
    """The parts, each made once and handed to whoever needs it."""

    def __init__(self, settings: Settings, database: Database, policy: RunnerPolicy | None) -> None:
        self.settings = settings
        self.policy = policy
        self.database = database
        self.stores = Stores(
            database, FileCipher(settings.data_dir / "secret.key", settings.secret_key.get_secret_value())
        )
        self.loop = EngineLoop()
        self.live = LiveText()
        self.book = UsageBook(self.stores.usage)
        self.accounts = Accounts(self.stores.settings, environment_accounts(settings))
        cache = Memory() if settings.reply_cache == "on" else None
        self.registry = Registry(self.accounts.of, self.book.record, self.stores.health, cache=cache)
        self.embedder = find_embedder(settings.data_dir / "models")
        self.index = self._vector_index(self.embedder) if self.embedder else None
        self.keywords = FtsIndex(settings.data_dir / "index", self.stores.sources)
        self.blobs = LocalBlobs(settings.data_dir / "blobs")
        self.intake = Intake(self.stores.sources, self.blobs, self.stores.jobs, sniff=sniff, wake=self._wake)
        self.search = HybridSearch(self.stores.sources, self.keywords, self.index, self.embedder)
        self.library = SourceLibrary(self.stores.sources, self.search)
        self.extractive = ExtractiveDrafter(self.library, self.embedder)
        self.providers = Providers(
            self.registry, self.accounts, self.stores.settings, run=self.loop.run, default_routes=settings.routes
        )
        self.drafts = Drafts(self.stores.drafts, self.stores.sources)
        self.claims = Claims(
            self.drafts,
            self.stores.sources,
            self.stores.claims,
            self.stores.jobs,
            self.search,
            self.embedder,
            wake=self._wake,
        )
        self.runner = EmbeddedRunner(self.loop, self.stores.jobs, settings.data_dir / "runners", self._new_runner)

    def app(self) -> App:
        jobs = Jobs(self.stores.jobs, self.live, lambda: self.runner.runner, pardon=self.registry.pardon)
        housekeeping = Housekeeping([self.drafts.purge])
        ends: list[Callable[[], object]] = [
            housekeeping.close,
            self.runner.close,
            self._close_providers,
            self.loop.close,
            self.book.close,
        ]
        if self.index is not None:
            ends.append(self.index.close)
        ends += [self.database.dispose, close_logging]
        return App(
            settings=self.settings,
            database=self.database,
            articles=Articles(
                self.stores.drafts, self.stores.jobs, self.stores.sources, self.library, self._asked_drafter, jobs.wake
            ),
            drafts=self.drafts,
            claims=self.claims,
            exports=Exports(self.drafts),
            sources=self._sources(),
            jobs=jobs,
            usage=Usage(self.stores.usage),
            providers=self.providers,
            doctor=lambda: findings(self._checks()),
            _runner=self.runner,
            _index=self.index,
            _housekeeping=housekeeping,
            _ends=ends,
        )

    def drafter_for(self, owner_id: str, route: str) -> Drafter:
        """A named route is used alone: who chose a model on their own machine did not choose a fallback elsewhere."""
        routes = [route] if route else self.providers.routes(Actor(owner_id))
        if not routes or routes[0] == BUILT_IN:
            return self.extractive
        return ModelDrafter(self.registry.provider(owner_id, [r for r in routes if r != BUILT_IN]))

    def _asked_drafter(self, owner_id: str, route: str) -> Drafter:
        """For somebody who asks for an article now."""
        self.registry.pardon()
        return self.drafter_for(owner_id, route)

    def _new_runner(self, name: str) -> Runner:
        desk = Desk(self.drafter_for, self.library, self.stores.drafts)
        ingestion = Ingestion(
            self.stores.sources, self.blobs, IsolatedReader(), self.embedder, self.keywords, self.index
        )
        article, checks = ArticleHandlers(desk).handlers, ClaimChecks(self.claims)
        last = steps.ASSEMBLE.kind
        handlers = {
            **article,
            **ingestion.handlers(),
            **self._imports().handlers(),
            **checks.handlers,
            last: checks.after(article[last]),
        }
        return Runner(name, self.stores.jobs, handlers, self.live, self.book, self.policy)

    def _sources(self) -> Sources:
        folders_below = self.settings.data_dir if self.settings.is_for_one_person else None
        return Sources(
            self.stores.sources,
            self.blobs,
            self.stores.jobs,
            self.search,
            self.keywords,
            self.index,
            self.embedder,
            intake=self.intake,
            desk=ImportDesk(self.stores.sources, self.stores.jobs, wake=self._wake, folders_below=folders_below),
            samples=SAMPLES,
            sample_titles={sample.filename: sample.title for sample in samples.SAMPLES},
        )

    def _imports(self) -> Imports:
        fetcher = partial(fetch, allow_private=frozenset(self.settings.fetch_hosts))
        pages = WebPages(self.stores.sources, self.intake, fetcher, sniff)
        return Imports(pages, Files(self.stores.sources, self.intake), Manners(fetcher), fetcher)

    def _vector_index(self, embedder: Embedder) -> ChromaIndex:
        name = collection_name(embedder.model, embedder.dimension)
        url = self.settings.chroma_url
        home = ChromaServer(url, name) if url else ChromaFolder(self.settings.data_dir / "chroma", name)
        exact = ExactIndex(self.stores.sources, embedder.model, embedder.dimension)
        return ChromaIndex(home, self.stores.sources, embedder.model, exact)

    def _wake(self) -> None:
        if self.runner.runner is not None:
            self.runner.runner.wake()

    def _close_providers(self) -> None:
        self.loop.run(self.registry.aclose(), timeout=10)

    def _checks(self) -> list[tuple[str, Check]]:
        return [
            ("Data folder", self._folder_check),
            ("Database", self._database_check),
            ("Embedding model", self._model_check),
            ("Search index", self._index_check),
            ("Providers", self._providers_check),
        ]

    def _folder_check(self) -> str:
        probe = self.settings.data_dir / ".writable"
        try:
            probe.write_bytes(bytes(4096))  # an empty file fits on a full disk
            probe.unlink()
        except OSError as error:
            raise StorageError(f"Nothing can be written to {self.settings.data_dir}: {error.strerror}.") from error
        return f"Everything is kept in {self.settings.data_dir}."

    def _database_check(self) -> str:
        passages, vectors = self.stores.sources.counts(self.embedder.model if self.embedder else "")
        engine = "the file writer.db" if self.database.file else "Postgres"
        return f"The database ({engine}) answers; it holds {passages} passages and {vectors} vectors."

    def _model_check(self) -> str:
        if self.embedder is None:
            raise ConfigurationError("There is no embedding model here: search finds words, not meanings.")
        return f"{self.embedder.model} is here ({self.embedder.dimension} dimensions, made for English)."

    def _index_check(self) -> str:
        return f"The vector index is {self.index.state}." if self.index else "Search by words needs no vector index."

    def _providers_check(self) -> str:
        routes = self.providers.routes(Actor("local"))
        if not routes or routes == [BUILT_IN]:
            return "No provider is set up: the built-in drafter makes source briefs. Add one in Settings for prose."
        return f"Articles are written by {', then '.join(routes)}."


_shared: App | None = None
_sharing = threading.Lock()


def shared() -> App:
    """The one App of this process, built from the environment at the first call."""
    global _shared
    with _sharing:
        if _shared is None:
            _shared = build(read_settings())
        return _shared
