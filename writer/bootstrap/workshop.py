"""Makes the parts, each once, and hands them to whoever needs them."""

from collections.abc import Callable
from functools import partial

from writer.bootstrap.app import App
from writer.bootstrap.authors import Authors
from writer.bootstrap.checks import Checks
from writer.bootstrap.editing import editing_room
from writer.bootstrap.figures import new_metrics, recorded
from writer.bootstrap.knowledge import Knowledge
from writer.bootstrap.local import local_runtime
from writer.bootstrap.models import ModelsRoom
from writer.bootstrap.playground import PlaygroundRoom
from writer.bootstrap.publishing import PublishingRoom
from writer.bootstrap.researching import Researching
from writer.documents.reader import IsolatedReader
from writer.embedding.entailment import CrossEncoder
from writer.logs import close_logging
from writer.providers.own_prices import read_prices
from writer.providers.registry import Registry
from writer.security.cipher import FileCipher
from writer.services.accounts import Accounts
from writer.services.analytics import Analytics, Counting
from writer.services.articles import steps
from writer.services.articles.desk import Desk
from writer.services.articles.gap_job import GapJob
from writer.services.articles.gaps import STEP as RETRY
from writer.services.articles.handlers import ArticleHandlers
from writer.services.articles.service import Articles
from writer.services.budgets import Budgets, Estimates
from writer.services.checks.guides import StyleGuides
from writer.services.checks.service import Checks as TextChecks
from writer.services.claims.checker import Checker
from writer.services.claims.job import ClaimChecks
from writer.services.claims.pool import Pool
from writer.services.claims.service import Claims
from writer.services.comments import Comments
from writer.services.doctor import findings
from writer.services.draft_imports import DraftImports
from writer.services.draft_search import DraftFollower, DraftSearch
from writer.services.drafts import Drafts
from writer.services.exports import Exports
from writer.services.housekeeping import Housekeeping
from writer.services.jobs import EmbeddedRunner, EngineLoop, Jobs, LiveText, Runner, RunnerPolicy
from writer.services.jobs.waiting import over_within
from writer.services.library import Library, TitleIndex
from writer.services.providers import Providers
from writer.services.questions import AnswerCheck, Answering, Questions
from writer.services.reliability import Reliability
from writer.services.reply_cache import ReplyCache
from writer.services.unfinished import Unfinished
from writer.services.usage import Usage, UsageBook
from writer.services.versions import Versions
from writer.services.voices import Voices
from writer.settings import Settings, environment_accounts
from writer.storage import Database, Stores
from writer.typesetting import PandocTypesetter, TypstTypesetter

PAGE_PATIENCE_S = 1.0
"""How long a page waits for the check of sentences that have just been changed."""


class Workshop:
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
        self.metrics = new_metrics(settings, self.stores.work, lambda: self.runner.alive, lambda: self.registry)
        self.reply_cache = ReplyCache(
            self.stores.replies, self.stores.settings, by_default=settings.reply_cache == "on"
        )
        self.local = local_runtime(settings, self.stores.settings)
        self.registry = Registry(
            self.accounts.of,
            recorded(self.metrics, self.book),
            self.stores.health,
            cache=self.stores.replies,
            caching=self.reply_cache.wanted_by,
            local=self.local,
            openings=self.stores.openings,
            budgets=self.stores.budgets,
            own_prices=read_prices(settings.prices),
        )
        self.knowledge = Knowledge(settings, self.stores, self._wake, self.registry, self.loop.run)
        self.providers = Providers(
            self.registry, self.accounts, self.stores.settings, run=self.loop.run, default_routes=settings.routes
        )
        self.researching = Researching(settings, self.stores, self.knowledge, self.registry, self.providers)
        self.publishing = PublishingRoom(settings, self.stores)
        self.models = ModelsRoom(settings, self.stores, self.accounts, self.providers)
        self.playground = PlaygroundRoom(self.stores, self.registry, self.book, self.live)
        self.drafts = Drafts(self.stores.drafts, self.stores.sources)
        self.voices = Voices(self.stores.voices, self.drafts, self.stores.drafts)
        self.style_guides = StyleGuides(self.stores.settings, self.drafts, self.stores.drafts)
        self.entailment = CrossEncoder(settings.entailment_model) if settings.entailment_model else None
        self.claims = Claims(
            self.drafts,
            self.stores.sources,
            self.stores.claims,
            self.stores.jobs,
            self.knowledge.search,
            self.knowledge.embedder,
            wake=self._wake,
            entailment=self.entailment,
            is_over_soon=partial(over_within, PAGE_PATIENCE_S, ledger=self.stores.jobs, live=self.live),
        )
        embedder, pool = self.knowledge.embedder, Pool(self.stores.sources)
        checker, quick = Checker(embedder, self.entailment), Checker(embedder)
        self.answer_check = AnswerCheck(self.stores.sources, pool, checker, quick)
        self.authors = Authors(self.registry, self.providers, self.knowledge, pool, self.style_guides, self.voices)
        self.runner = EmbeddedRunner(self.loop, self.stores.jobs, settings.data_dir / "runners", self._new_runner)

    def app(self) -> App:
        jobs = Jobs(self.stores.jobs, self.live, lambda: self.runner.runner, pardon=self.registry.pardon)
        checks = Checks(
            self.settings,
            self.database,
            self.stores.sources,
            self.knowledge.search_embedder,
            self.knowledge.index,
            self.providers,
            self.knowledge.search_model,
            self.stores.work,
            self.entailment,
        )
        reliability = Reliability(self.stores.openings)
        budgets = Budgets(self.stores.budgets, self.stores.jobs, self.stores.usage)
        housekeeping = Housekeeping([self.drafts.purge, reliability.purge])
        draft_search = self._draft_search()
        exports = Exports(self.drafts, {"docx": PandocTypesetter(), "pdf": TypstTypesetter()})
        titles = TitleIndex(self.stores.library, self.knowledge.embedder)
        counting = Counting(self.stores.analytics, self.stores.kept_words, self.stores.drafts, self.stores.versions)
        follower = DraftFollower((draft_search, titles, counting), lambda: not self.runner.is_busy)
        ends: list[Callable[[], object]] = [
            follower.close,
            housekeeping.close,
            self.runner.close,
            self._close_providers,
            self.local.close,
            self.loop.close,
            self.book.close,
            self.knowledge.close,
            self.database.dispose,
            close_logging,
        ]
        articles = Articles(
            self.stores.drafts,
            self.stores.jobs,
            self.stores.sources,
            self.stores.collections,
            self.knowledge.library,
            self.authors.asked_drafter,
            jobs.wake,
            budgets.cap_job,
        )
        return App(
            settings=self.settings,
            database=self.database,
            articles=articles,
            gaps=self.researching.gaps(articles, jobs.wake),
            drafts=self.drafts,
            versions=Versions(self.drafts, self.stores.versions),
            draft_search=draft_search,
            voices=self.voices,
            comments=Comments(self.stores.comments, self.drafts),
            library=Library(self.stores.library, self.drafts, exports, titles),
            claims=self.claims,
            checks=TextChecks(self.drafts, self.claims, self.style_guides),
            style_guides=self.style_guides,
            editing=editing_room(
                self.stores,
                self.drafts,
                self.claims,
                self.providers,
                self.registry,
                self.book,
                self.loop,
                self.style_guides,
                self.voices,
            ),
            exports=exports,
            draft_imports=DraftImports(self.drafts, IsolatedReader()),
            sources=self.knowledge.sources,
            search_model=self.knowledge.search_model,
            collections=self.knowledge.collections,
            portable=self.knowledge.portable,
            playground=self.playground.desk(self.drafts, jobs),
            prompts=self.playground.prompts,
            publishing=self.publishing.desk(self.drafts, jobs.wake),
            models=self.models.local(self.local, jobs.stop, jobs.wake),
            served_models=self.models.served(jobs.stop, jobs.wake),
            local_servers=self.models.servers(),
            offers=self.models.offers,
            questions=self._questions(jobs),
            jobs=jobs,
            usage=Usage(self.stores.usage, self.book.flush),
            analytics=Analytics(
                self.stores.analytics,
                self.stores.library,
                self.stores.suggestions,
                self.stores.openings.openings,
                self.book.flush,
            ),
            providers=self.providers,
            budgets=budgets,
            estimates=Estimates(self.knowledge.library, self.registry.price, self.providers.routes),
            reliability=reliability,
            metrics=self.metrics,
            workload=self.stores.work.workload,
            reply_cache=self.reply_cache,
            research=self.researching.desk(articles, jobs.wake),
            web_search=self.researching.web_search,
            unfinished=Unfinished(self.stores.settings),
            doctor=lambda: findings(checks.all()),
            _runner=self.runner,
            _index=self.knowledge.index,
            _housekeeping=housekeeping,
            _draft_follower=follower,
            _ends=ends,
        )

    def _draft_search(self) -> DraftSearch:
        # The built-in model even where a service embeds the sources: drafts stay on this machine.
        return DraftSearch(
            self.stores.drafts, self.stores.draft_index, self.knowledge.embedder, self.knowledge.keywords.spans
        )

    def _questions(self, jobs: Jobs) -> Questions:
        return Questions(
            self.stores.questions,
            self.stores.jobs,
            self.stores.sources,
            self.drafts,
            self.answer_check,
            self.authors.asked_answerer,
            stop=jobs.stop,
            wake=jobs.wake,
        )

    def _new_runner(self, name: str) -> Runner:
        desk = Desk(self.authors.drafter, self.knowledge.library, self.stores.drafts)
        article, checks = ArticleHandlers(desk).handlers, ClaimChecks(self.claims)
        answering = Answering(
            self.stores.questions, self.stores.sources, self.knowledge.search, self.answer_check, self.authors.answerer
        )
        last = steps.ASSEMBLE.kind
        handlers = {
            **article,
            **self.knowledge.handlers(),
            **self.researching.handlers(self.authors.built_in_answerer.best_fit),
            **self.publishing.handlers(),
            **self.models.handlers(),
            **self.playground.handlers(),
            RETRY: checks.after(GapJob(desk).retry),
            **answering.handlers,
            **checks.handlers,
            last: checks.after(article[last]),
        }
        return Runner(name, self.stores.jobs, handlers, self.live, self.book, self.policy, self.stores.work)

    def _wake(self) -> None:
        if self.runner.runner is not None:
            self.runner.runner.wake()

    def _close_providers(self) -> None:
        self.loop.run(self.registry.aclose(), timeout=10)
