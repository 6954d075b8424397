"""The parts of the playground: comparisons, the step that makes a reply, and the library of prompts."""

from collections.abc import Mapping

from writer.domain.completions import Provider
from writer.providers.registry import Registry
from writer.services.drafts import Drafts
from writer.services.jobs import Jobs, LiveText
from writer.services.jobs.context import Handler
from writer.services.playground import Playground, Prompts, Replying, Stops
from writer.services.usage import UsageBook
from writer.storage import Stores


class PlaygroundRoom:
    def __init__(self, stores: Stores, registry: Registry, book: UsageBook, live: LiveText) -> None:
        self._stores = stores
        self._registry = registry
        self._book = book
        self._live = live
        self._stops = Stops()
        self.prompts = Prompts(stores.prompts)

    def handlers(self) -> Mapping[str, Handler]:
        return Replying(self._stores.playground, self._provider, self._book, self._stops).handlers

    def desk(self, drafts: Drafts, jobs: Jobs) -> Playground:
        return Playground(
            self._stores.playground,
            self._stores.jobs,
            self._live,
            drafts,
            self._asked_provider,
            self._stops,
            stop=jobs.stop,
            wake=jobs.wake,
        )

    def _provider(self, owner_id: str, route: str) -> Provider:
        """The route alone: what another one wrote in its place would be compared under its name."""
        return self._registry.provider(owner_id, [route])

    def _asked_provider(self, owner_id: str, route: str) -> Provider:
        """For somebody who asks now."""
        self._registry.pardon()
        return self._provider(owner_id, route)
