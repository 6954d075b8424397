"""What each provider offers: asked when somebody wants to know, kept for a while, a failure told as a sentence."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from writer.domain.actors import Actor
from writer.domain.errors import WriterError
from writer.domain.models import ModelFacts
from writer.domain.ports.models import Catalogue
from writer.services.accounts import AccountView
from writer.services.providers import Providers

KEPT_S = 3600.0


@dataclass(frozen=True, slots=True)
class OfferedModel:
    name: str
    facts: ModelFacts


@dataclass(frozen=True, slots=True)
class Offer:
    """`age_s`: seconds since the provider was asked; None where it was not, and the models are those of its account.
    `failure` is why it gave no list."""

    account: str
    title: str
    models: tuple[OfferedModel, ...]
    age_s: float | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    at: float
    names: tuple[str, ...]
    failure: str


class Offers:
    def __init__(
        self, providers: Providers, catalogue: Catalogue, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._providers = providers
        self._catalogue = catalogue
        self._clock = clock
        self._asked: dict[tuple[str, AccountView], _Asked] = {}

    def known(self, by: Actor) -> list[Offer]:
        """Asks nobody."""
        return [self._offer(account, by) for account in self._providers.accounts(by)]

    def ask(self, by: Actor) -> list[Offer]:
        """Every provider side by side; each within the time of `Providers.models`."""
        accounts = self._providers.accounts(by)
        with ThreadPoolExecutor(max_workers=max(1, min(8, len(accounts)))) as pool:
            for account, asked in zip(accounts, pool.map(lambda one: self._ask(one, by), accounts), strict=True):
                self._asked[by.user, account] = asked
        return self.known(by)

    def _ask(self, account: AccountView, by: Actor) -> _Asked:
        try:
            names, failure = tuple(self._providers.models(account.name, by)), ""
        except WriterError as error:
            names, failure = (), self._providers.without_keys(str(error), by)
        return _Asked(self._clock(), names, failure)

    def _offer(self, account: AccountView, by: Actor) -> Offer:
        preset = next((preset for preset in self._providers.presets() if preset.name == account.preset), None)
        asked = self._asked.get((by.user, account))
        age = self._clock() - asked.at if asked else None
        if asked is None or age is None or age > KEPT_S:
            asked, age = _Asked(0.0, (), ""), None
        own = account.models or (tuple(preset.models) if preset else ())
        price_id, free = (preset.price_id, preset.is_local) if preset else ("", False)
        models = (OfferedModel(name, self._facts(price_id, name, free)) for name in (asked.names or own))
        return Offer(account.name, preset.title if preset else account.preset, tuple(models), age, asked.failure)

    def _facts(self, price_id: str, name: str, free: bool) -> ModelFacts:
        facts = self._catalogue.facts(price_id, name) if price_id else ModelFacts()
        return replace(facts, is_free=free)
