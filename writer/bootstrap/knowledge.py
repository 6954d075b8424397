"""The parts of sources and search: what is taken in, cut, embedded, indexed and found."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from writer import samples
from writer.bootstrap.shelf import BY_SETTING, ModelShelf
from writer.documents.archive import archive
from writer.documents.limits import Limits
from writer.documents.reader import IsolatedReader
from writer.documents.sniffing import sniff
from writer.domain.collections import Cut
from writer.providers.embedding import Run
from writer.providers.registry import Registry
from writer.security.fetch import fetch
from writer.services.jobs.context import Handler
from writer.services.knowledge.collections import Collections
from writer.services.knowledge.folders import Files
from writer.services.knowledge.import_desk import ImportDesk
from writer.services.knowledge.imports import Imports
from writer.services.knowledge.ingestion import Ingestion
from writer.services.knowledge.intake import Intake
from writer.services.knowledge.library import SourceLibrary
from writer.services.knowledge.portable import Portable
from writer.services.knowledge.previews import Previews
from writer.services.knowledge.recutting import RecutSteps, Recutting
from writer.services.knowledge.reindexing import Reindexing
from writer.services.knowledge.search import HybridSearch
from writer.services.knowledge.search_model import SearchModels
from writer.services.knowledge.serving import Serving
from writer.services.knowledge.sources import Sources
from writer.services.knowledge.web.manners import Manners
from writer.services.knowledge.web.pages import WebPages
from writer.settings import Settings
from writer.storage import Stores
from writer.storage.blobs import LocalBlobs
from writer.storage.index.chroma import ChromaIndex
from writer.storage.index.chroma_home import ChromaFolder, ChromaServer, collection_name
from writer.storage.index.exact import ExactIndex
from writer.storage.index.keyword import FtsIndex
from writer.storage.index.switching import SwitchingIndex

PREVIEW_S = 8
"""A sample that takes longer to read is put together from its stored passages."""

COLLECTION_LIMITS = Limits(unpacked_bytes=1_000_000_000, entries=5_001)
"""Of an exported collection: as many documents as its list of contents may name."""

SAMPLES = Path(samples.__file__).parent


class Knowledge:
    """`wake` tells the runner of this process that there is something to do.

    `embedder` is the built-in model, None where it is not installed: it judges and orders sentences, by thresholds that
    were measured with it. `search_embedder` is whichever model was chosen to search by."""

    def __init__(
        self, settings: Settings, stores: Stores, wake: Callable[[], None], registry: Registry, run: Run
    ) -> None:
        self._settings = settings
        self._stores = stores
        self._wake = wake
        self._shelf = shelf = ModelShelf(settings.data_dir / "models", registry, run)
        self.embedder = shelf.local(BY_SETTING[settings.embedding])
        self.search_embedder = Serving(counter=self.embedder)
        self.index = SwitchingIndex(self._vector_index)
        self.search_model = SearchModels(
            stores.settings,
            stores.sources,
            stores.jobs,
            shelf,
            self.search_embedder,
            self.index,
            default=BY_SETTING[settings.embedding],
            wake=wake,
            cut_of=self.cut_of,
        )
        self.keywords = FtsIndex(settings.data_dir / "index", stores.sources)
        self.blobs = LocalBlobs(settings.data_dir / "blobs")
        self.intake = Intake(stores.sources, self.blobs, stores.jobs, sniff=sniff, wake=wake)
        self.search = HybridSearch(stores.sources, self.keywords, self.index, self.search_embedder)
        self.library = SourceLibrary(stores.sources, self.search)
        self.recutting = Recutting(stores.jobs, wake)
        self.collections = self._collections()
        self.portable = self._portable()
        self.sources = self._sources()

    def close(self) -> None:
        self.index.close()
        self.search.close()
        self.keywords.close()
        self._shelf.close()

    def handlers(self) -> Mapping[str, Handler]:
        ingestion = Ingestion(
            self._stores.sources,
            self.blobs,
            IsolatedReader(),
            self.search_embedder,
            self.keywords,
            self.index,
            self.cut_of,
        )
        recuts = RecutSteps(self._stores.sources, self._stores.jobs, ingestion, self.intake)
        return {
            **ingestion.handlers(),
            **Reindexing(self.search_model).handlers(),
            **recuts.handlers(),
            **self._imports().handlers(),
        }

    def cut_of(self, source_id: int) -> Cut:
        return self._stores.collections.cuts([source_id]).get(source_id, Cut())

    def _collections(self) -> Collections:
        quick = IsolatedReader(Limits(seconds=PREVIEW_S))
        previews = Previews(self._stores.sources, self.blobs, quick, self.embedder)
        return Collections(self._stores.collections, self._stores.sources, self.recutting, previews)

    def _portable(self) -> Portable:
        return Portable(
            self.collections,
            self._stores.sources,
            self.blobs,
            self.intake,
            opened=partial(archive, limits=COLLECTION_LIMITS),
            sniff=sniff,
        )

    def _sources(self) -> Sources:
        folders_below = self._settings.data_dir if self._settings.is_for_one_person else None
        return Sources(
            self._stores.sources,
            self.blobs,
            self._stores.jobs,
            self.search,
            self.keywords,
            self.index,
            self.search_embedder,
            intake=self.intake,
            cut_of=self.cut_of,
            desk=ImportDesk(self._stores.sources, self._stores.jobs, wake=self._wake, folders_below=folders_below),
            samples=SAMPLES,
            sample_titles={sample.filename: sample.title for sample in samples.SAMPLES},
        )

    def _imports(self) -> Imports:
        fetcher = partial(fetch, allow_private=frozenset(self._settings.fetch_hosts))
        pages = WebPages(self._stores.sources, self.intake, fetcher, sniff)
        files = Files(self._stores.sources, self.intake)
        return Imports(pages, files, Manners(fetcher), fetcher, self.collections.take_in)

    def _vector_index(self, model: str, dimension: int) -> ChromaIndex:
        name = collection_name(model, dimension)
        url = self._settings.chroma_url
        home = ChromaServer(url, name) if url else ChromaFolder(self._settings.data_dir / "chroma", name)
        exact = ExactIndex(self._stores.sources, model, dimension)
        return ChromaIndex(home, self._stores.sources, model, exact)
