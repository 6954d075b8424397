"""Who writes and who answers: a model by the person's routes, or the built-in parts."""

from functools import partial

from writer.bootstrap.knowledge import Knowledge
from writer.domain.actors import Actor
from writer.domain.drafting import BUILT_IN, Drafter
from writer.domain.questions import Answerer
from writer.providers.registry import Registry
from writer.services.articles.model_drafter import ModelDrafter
from writer.services.checks.guides import StyleGuides
from writer.services.claims.pool import Pool
from writer.services.extractive import ExtractiveDrafter
from writer.services.providers import Providers
from writer.services.questions import ExtractiveAnswerer, ModelAnswerer
from writer.services.voices import Voices


class Authors:
    """A named route is used alone: who chose a model on their own machine chose no fallback elsewhere. `asked_…`
    are for somebody who asks now: resting providers are tried again."""

    def __init__(
        self,
        registry: Registry,
        providers: Providers,
        knowledge: Knowledge,
        pool: Pool,
        style_guides: StyleGuides,
        voices: Voices,
    ) -> None:
        self._registry = registry
        self._providers = providers
        self._style_guides = style_guides
        self._voices = voices
        self._drafter = ExtractiveDrafter(knowledge.library, knowledge.embedder)
        self.built_in_answerer = ExtractiveAnswerer(knowledge.embedder, pool.rarity)

    def drafter(self, owner_id: str, route: str) -> Drafter:
        routes = self._routes(owner_id, route)
        if not routes:
            return self._drafter
        return ModelDrafter(
            self._registry.provider(owner_id, routes),
            style=lambda brief: self._style_guides.rules(owner_id, brief.style_guide),
            rules=self._style_guides.all_rules(owner_id),
            voice=partial(self._voices.rules, owner_id),
        )

    def answerer(self, owner_id: str, route: str) -> Answerer:
        routes = self._routes(owner_id, route)
        return ModelAnswerer(self._registry.provider(owner_id, routes)) if routes else self.built_in_answerer

    def asked_drafter(self, owner_id: str, route: str) -> Drafter:
        self._registry.pardon()
        return self.drafter(owner_id, route)

    def asked_answerer(self, owner_id: str, route: str) -> Answerer:
        self._registry.pardon()
        return self.answerer(owner_id, route)

    def _routes(self, owner_id: str, route: str) -> list[str]:
        """None where the built-in parts come first."""
        routes = [route] if route else self._providers.routes(Actor(owner_id))
        return [] if routes[:1] == [BUILT_IN] else [one for one in routes if one != BUILT_IN]
