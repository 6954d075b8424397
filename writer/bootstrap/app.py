"""What pages, API and commands see of Writer."""

from collections.abc import Callable
from dataclasses import dataclass, field

from writer.domain.health import Workload
from writer.services.analytics import Analytics
from writer.services.articles.gaps import Gaps
from writer.services.articles.service import Articles
from writer.services.budgets import Budgets, Estimates
from writer.services.checks.guides import StyleGuides
from writer.services.checks.service import Checks
from writer.services.claims.service import Claims
from writer.services.comments import Comments
from writer.services.doctor import Finding
from writer.services.draft_imports import DraftImports
from writer.services.draft_search import DraftFollower, DraftSearch
from writer.services.drafts import Drafts
from writer.services.editing.room import EditingRoom
from writer.services.exports import Exports
from writer.services.housekeeping import Housekeeping
from writer.services.jobs import EmbeddedRunner, Jobs
from writer.services.knowledge.collections import Collections
from writer.services.knowledge.portable import Portable
from writer.services.knowledge.search_model import SearchModels
from writer.services.knowledge.sources import Sources
from writer.services.library import Library
from writer.services.metrics import Metrics
from writer.services.models import LocalServers, Models, Offers, ServedModels
from writer.services.playground import Playground, Prompts
from writer.services.providers import Providers
from writer.services.publishing import Publishing
from writer.services.questions import Questions
from writer.services.reliability import Reliability
from writer.services.reply_cache import ReplyCache
from writer.services.research import ResearchDesk
from writer.services.unfinished import Unfinished
from writer.services.usage import Usage
from writer.services.versions import Versions
from writer.services.voices import Voices
from writer.services.web_search import WebSearches
from writer.settings import Settings
from writer.storage import Database
from writer.storage.index.switching import SwitchingIndex


@dataclass
class App:
    """`start` begins the work in the background, `close` ends it for good."""

    settings: Settings
    database: Database
    articles: Articles
    gaps: Gaps
    drafts: Drafts
    versions: Versions
    draft_search: DraftSearch
    library: Library
    comments: Comments
    voices: Voices
    claims: Claims
    checks: Checks
    style_guides: StyleGuides
    editing: EditingRoom
    exports: Exports
    draft_imports: DraftImports
    sources: Sources
    search_model: SearchModels
    collections: Collections
    portable: Portable
    playground: Playground
    prompts: Prompts
    publishing: Publishing
    models: Models
    served_models: ServedModels
    local_servers: LocalServers
    offers: Offers
    questions: Questions
    jobs: Jobs
    usage: Usage
    analytics: Analytics
    providers: Providers
    budgets: Budgets
    estimates: Estimates
    reliability: Reliability
    metrics: Metrics
    workload: Callable[[], Workload]
    reply_cache: ReplyCache
    research: ResearchDesk
    web_search: WebSearches
    unfinished: Unfinished
    doctor: Callable[[], list[Finding]]
    _runner: EmbeddedRunner = field(repr=False)
    _index: SwitchingIndex = field(repr=False)
    _housekeeping: Housekeeping = field(repr=False)
    _draft_follower: DraftFollower = field(repr=False)
    _ends: list[Callable[[], object]] = field(repr=False)

    def start(self, *, runner: bool | None = None) -> None:
        """May be called again. `runner` overrides the setting: a worker process always runs one."""
        if self.settings.runner == "embedded" if runner is None else runner:
            self._runner.start()
            self.sources.adopt_orphans()
        self._index.start()
        self._housekeeping.start()
        self._draft_follower.start()

    def close(self) -> None:
        while self._ends:
            self._ends.pop(0)()

    @property
    def runner_alive(self) -> bool:
        return self._runner.alive
