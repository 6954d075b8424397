"""The knowledge part put together as the app does it, with jobs run when the test says so."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Self

from writer.bootstrap.knowledge import COLLECTION_LIMITS
from writer.documents.archive import archive
from writer.documents.reader import IsolatedReader
from writer.documents.sniffing import sniff
from writer.domain.collections import Cut
from writer.domain.errors import WriterError
from writer.domain.jobs import Step
from writer.domain.ports.sources import Embedder
from writer.security.fetch import NOT_KNOWN, Fetched, Version, fetch
from writer.services.jobs.context import LiveStep, StepContext
from writer.services.jobs.live import LiveText
from writer.services.knowledge import (
    Files,
    HybridSearch,
    ImportDesk,
    Imports,
    Ingestion,
    Intake,
    SourceLibrary,
    Sources,
)
from writer.services.knowledge.collections import Collections
from writer.services.knowledge.portable import Portable
from writer.services.knowledge.previews import Previews
from writer.services.knowledge.recutting import RecutSteps, Recutting
from writer.services.knowledge.web.manners import Manners
from writer.services.knowledge.web.pages import WebPages
from writer.storage import LocalBlobs, Stores
from writer.storage.index import ChromaFolder, ChromaIndex, ExactIndex, FtsIndex, collection_name


class Studio:
    def __init__(
        self,
        stores: Stores,
        folder: Path,
        embedder: Embedder | None,
        *,
        pause: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        model, dimension = (embedder.model, embedder.dimension) if embedder else ("none", 384)
        self.stores = stores
        self.search_model = model
        self.folder = folder
        self.blobs = LocalBlobs(folder / "blobs")
        self.keywords = FtsIndex(folder / "index", stores.sources)
        self.exact = ExactIndex(stores.sources, model, dimension)
        home = ChromaFolder(folder / "chroma", collection_name(model, dimension))
        self.vectors = ChromaIndex(home, stores.sources, model, self.exact, sleep=pause, first_look=0)
        self.search = HybridSearch(stores.sources, self.keywords, self.vectors, embedder)
        self.library = SourceLibrary(stores.sources, self.search)
        self.intake = Intake(stores.sources, self.blobs, stores.jobs, sniff=sniff, max_bytes=6_000_000)
        self.fetch = fetch
        self.sources = Sources(
            stores.sources,
            self.blobs,
            stores.jobs,
            self.search,
            self.keywords,
            self.vectors,
            embedder,
            intake=self.intake,
            cut_of=self.cut_of,
            desk=ImportDesk(stores.sources, stores.jobs, wake=lambda: None, folders_below=folder / "data"),
        )
        self.ingestion = Ingestion(
            stores.sources, self.blobs, IsolatedReader(), embedder, self.keywords, self.vectors, self.cut_of
        )
        previews = Previews(stores.sources, self.blobs, IsolatedReader(), embedder)
        recutting = Recutting(stores.jobs, wake=lambda: None)
        self.collections = Collections(stores.collections, stores.sources, recutting, previews)
        self.portable = Portable(
            self.collections,
            stores.sources,
            self.blobs,
            self.intake,
            opened=partial(archive, limits=COLLECTION_LIMITS),
            sniff=sniff,
        )
        recuts = RecutSteps(stores.sources, stores.jobs, self.ingestion, self.intake)
        self.slept: list[float] = []
        self.handlers = {**self.ingestion.handlers(), **recuts.handlers(), **self._imports().handlers()}
        self._live = LiveText()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.vectors.close()

    def cut_of(self, source_id: int) -> Cut:
        return self.stores.collections.cuts([source_id]).get(source_id, Cut())

    def _imports(self) -> Imports:
        """Over the real fetcher, which a test opens for its own server; the clock stands still."""

        def fetcher(url: str, *, limit_bytes: int, timeout: float, known: Version = NOT_KNOWN) -> Fetched:
            return self.fetch(url, limit_bytes=limit_bytes, timeout=timeout, known=known)

        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)

        pages = WebPages(self.stores.sources, self.intake, fetcher, sniff)
        manners = Manners(fetcher, sleep=sleep, clock=lambda: 1000.0)
        return Imports(pages, Files(self.stores.sources, self.intake), manners, fetcher, self.collections.take_in)

    def work(self) -> list[str]:
        """Runs what can be run until nothing is left; returns what went wrong, as sentences."""
        errors: list[str] = []
        while steps := self.stores.jobs.claim("test", 8, 60):
            for step in steps:
                errors += self.run(step)
        return errors

    def run(self, step: Step) -> list[str]:
        ledger = self.stores.jobs
        job = ledger.job(step.job_id)
        results = {done.key: done.result for done in ledger.steps(job.id) if done.result is not None}
        context = StepContext(job, step, results, LiveStep(self._live, job.id, step.key), ledger)
        try:
            outcome = asyncio.run(self.handlers[step.kind](context))  # type: ignore[arg-type]  # a context with only what ingestion reads
        except WriterError as error:
            ledger.fail(step, str(error), ())
            return [str(error)]
        ledger.finish(step, outcome)
        return []
