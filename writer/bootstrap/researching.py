"""The parts of research: who puts the questions, what is searched, and the web search that an owner set up."""

from collections.abc import Callable, Mapping
from functools import partial

from writer.bootstrap.knowledge import Knowledge
from writer.domain.actors import Actor
from writer.domain.completions import Provider
from writer.domain.drafting import BUILT_IN
from writer.domain.ports.web_search import WebSearch
from writer.providers.registry import Registry
from writer.security.fetch import fetch
from writer.services.articles.gaps import Gaps
from writer.services.articles.service import Articles
from writer.services.jobs.context import Handler
from writer.services.providers import Providers
from writer.services.research import ResearchDesk, ResearchJob
from writer.services.research.coverage import Fit
from writer.services.web_search import WebSearches
from writer.settings import Settings
from writer.storage import Stores
from writer.websearch import ENGINES, make_engine


class Researching:
    def __init__(
        self, settings: Settings, stores: Stores, knowledge: Knowledge, registry: Registry, providers: Providers
    ) -> None:
        self._fetch = partial(fetch, allow_private=frozenset(settings.fetch_hosts))
        self._stores = stores
        self._knowledge = knowledge
        self._registry = registry
        self._providers = providers
        self.web_search = WebSearches(stores.settings, ENGINES, self._engine)

    def handlers(self, fit: Fit) -> Mapping[str, Handler]:
        return ResearchJob(self._knowledge.search.hits, self._asker, self.web_search.of, fit).handlers()

    def desk(self, articles: Articles, wake: Callable[[str], None]) -> ResearchDesk:
        return ResearchDesk(
            self._stores.drafts,
            self._stores.jobs,
            self._stores.sources,
            self._knowledge.search.hits,
            self.web_search.of,
            add_addresses=self._knowledge.sources.add_addresses,
            imports=self._knowledge.sources.imports,
            outline=articles.redo_outline,
            source_ids=articles.source_ids,
            wake=wake,
        )

    def gaps(self, articles: Articles, wake: Callable[[str], None]) -> Gaps:
        return Gaps(
            self._stores.drafts,
            self._stores.jobs,
            self._stores.sources,
            self._knowledge.library,
            source_ids=articles.source_ids,
            wake=wake,
        )

    def _asker(self, owner_id: str, route: str) -> Provider | None:
        routes = [route] if route else self._providers.routes(Actor(owner_id))
        if not routes or routes[0] == BUILT_IN:
            return None
        return self._registry.provider(owner_id, [r for r in routes if r != BUILT_IN])

    def _engine(self, kind: str, address: str, key: str) -> WebSearch | None:
        return make_engine(kind, address, key, self._fetch)
