"""The whole way: real database, real runner, real sockets, the OpenAI adapter; only the model is scripted."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.support.scripted_article import quick
from tests.support.scripted_server import ScriptedServer
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.briefs import Brief
from writer.domain.drafting import Drafter
from writer.domain.drafts import Draft
from writer.domain.jobs import Job
from writer.domain.ports.settings import ProviderAccount
from writer.domain.sources import Block, Document, NewPassage, NewSource, SourceState
from writer.providers.registry import Registry
from writer.services.articles import ArticleHandlers, Articles, Desk, ModelDrafter
from writer.services.jobs import Jobs, LiveText, Runner
from writer.services.knowledge.library import SourceLibrary
from writer.services.knowledge.search import HybridSearch
from writer.services.usage import UsageBook
from writer.storage import Stores
from writer.storage.index.keyword import FtsIndex

ROUTE = "openai-compatible:scripted-1"


class Studio:
    def __init__(self, stores: Stores, server: ScriptedServer, folder: Path) -> None:
        self.stores = stores
        self.server = server
        self.live = LiveText()
        self.book = UsageBook(stores.usage)
        self.registry = self._new_registry()
        self.keywords = FtsIndex(folder / "index", stores.sources)
        self.library = SourceLibrary(stores.sources, HybridSearch(stores.sources, self.keywords, None, None))
        self.runner: Runner | None = None
        self.update = ""
        self.jobs = Jobs(stores.jobs, self.live, lambda: self.runner)
        self.articles = Articles(
            stores.drafts,
            stores.jobs,
            stores.sources,
            stores.collections,
            self.library,
            self.drafter_for,
            self.jobs.wake,
        )

    def _new_registry(self) -> Registry:
        account = ProviderAccount("openai-compatible", "openai-compatible", self.server.url, "key", ("scripted-1",))
        return Registry(lambda owner: [account], self.book.record)

    def drafter_for(self, owner_id: str, route: str) -> Drafter:
        drafter = ModelDrafter(self.registry.provider(owner_id, [route or ROUTE]))
        drafter.identity += self.update  # as newer prompts would
        return drafter

    def add_source(self, title: str, *paragraphs: str) -> int:
        """Ready to be found by its words."""
        text = "\n\n".join(paragraphs)
        digest = hashlib.sha256(text.encode()).hexdigest()
        source = self.stores.sources.add(LOCAL_ACTOR.user, NewSource("text", title, f"{title}.txt", digest))
        passages = [
            NewPassage(i, p, (title,), 0, 0, len(p), hashlib.sha256(p.encode()).hexdigest())
            for i, p in enumerate(paragraphs, start=1)
        ]
        document = Document(title, tuple(Block("paragraph", p) for p in paragraphs), text)
        self.stores.sources.put_document(source.id, document, passages)
        self.stores.sources.set_state(source.id, SourceState.READY)
        self.keywords.catch_up()
        return source.id

    async def followed(self, job_id: str) -> Job:
        """Runs until the job is over or waits."""
        desk = Desk(self.drafter_for, self.library, self.stores.drafts)
        self.runner = Runner("here", self.stores.jobs, ArticleHandlers(desk).handlers, self.live, self.book)
        serving = asyncio.create_task(self.runner.serve())
        try:
            await asyncio.to_thread(lambda: list(self.jobs.follow(job_id, LOCAL_ACTOR)))
        finally:
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving
        return self.stores.jobs.job(job_id)

    async def written(self, brief: Brief) -> Draft:
        job = await self.followed(self.articles.write(brief, LOCAL_ACTOR).id)
        assert job.error == ""
        return self.stores.drafts.get(job.draft_id)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(quick) as server:
        yield server


@asynccontextmanager
async def opened(stores: Stores, server: ScriptedServer, folder: Path) -> AsyncIterator[Studio]:
    studio = Studio(stores, server, folder)
    yield studio
    await studio.registry.aclose()
    studio.book.close()


@pytest.fixture
async def studio(sqlite_stores: Stores, server: ScriptedServer, tmp_path: Path) -> AsyncIterator[Studio]:
    async with opened(sqlite_stores, server, tmp_path) as studio:
        yield studio


@pytest.fixture
async def studio_on_both(stores: Stores, server: ScriptedServer, tmp_path: Path) -> AsyncIterator[Studio]:
    """On SQLite, then on Postgres."""
    async with opened(stores, server, tmp_path) as studio:
        yield with_sources(studio)


@pytest.fixture
def sourced(studio: Studio) -> Studio:
    return with_sources(studio)


def with_sources(studio: Studio) -> Studio:
    for topic in ("Costs", "People", "Machines", "Weather", "Harbours", "Prospects"):
        word = topic.lower()
        parts = (f"{topic} of tidal power, part {i}: the {word} of tidal power matter in way {i}." for i in (1, 2, 3))
        studio.add_source(f"{topic} of tidal power", *parts)
    return studio
