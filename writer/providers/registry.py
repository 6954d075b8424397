"""From a route to a provider with everything round it, and what all calls to the same service share."""

import asyncio
import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from random import random as _random
from time import monotonic

from writer.domain.completions import Provider, Tokens
from writer.domain.errors import AuthenticationFailed, ConfigurationError, MissingKey, QuotaExhausted, UnknownRoute
from writer.domain.ports.budgets import BudgetStore
from writer.domain.ports.reliability import OpeningLog
from writer.domain.ports.replies import ReplyStore
from writer.domain.ports.settings import HealthBoard, ProviderAccount
from writer.providers import prices
from writer.providers.adapters import adapter_for, embeddings_for
from writer.providers.breaker import Breaker, State
from writer.providers.budgeted import Bound, Budgeted
from writer.providers.cached import Cached
from writer.providers.cooldown import Cooldown
from writer.providers.deadline import Deadline
from writer.providers.fallback import Candidate, Fallback
from writer.providers.guarded import Guarded
from writer.providers.health import Health, limited_key, unusable_key
from writer.providers.limited import Bulkhead, Limited
from writer.providers.local.runtime import LocalRuntime
from writer.providers.metered import Metered, Record
from writer.providers.own_prices import OwnPrices
from writer.providers.plugins import Plugin, installed
from writer.providers.presets import BY_NAME, Limits, Preset
from writer.providers.retried import Retried, RetryPolicy, Traffic
from writer.providers.tidied import Tidied
from writer.providers.timing import Clock, Random, Sleep
from writer.providers.watched import Watched

_KEYLESS = "or write with the built-in drafter, which needs no key."


@dataclass(frozen=True, slots=True)
class RouteStatus:
    """`key` names the breaker; `state` is "closed", "open" or "half-open"; `reason` is the last failure, or why the
    key rests."""

    key: str
    route: str
    state: str
    open_for_s: float
    reason: str


@dataclass(frozen=True, slots=True)
class _Line:
    """One account's way to one model: shared by all calls."""

    candidate: Candidate
    key: str
    adapter: Provider
    cooldown: Cooldown


class Registry:
    """Stacks: Cached(Fallback([Deadline(Retried(Tidied(Guarded(Limited(Budgeted(Metered(Watched(adapter))))))))…])).

    Breakers are shared by (provider, base URL, model), cool-downs and adapters also by key; slots, tokens per minute
    and retry budgets by (provider, base URL).
    """

    def __init__(
        self,
        accounts: Callable[[str], list[ProviderAccount]],
        record: Record,
        health: HealthBoard | None = None,
        *,
        openings: OpeningLog | None = None,
        budgets: BudgetStore | None = None,
        cache: ReplyStore | None = None,
        caching: Callable[[str], bool] = lambda owner_id: True,
        limits: Limits | None = None,
        policy: RetryPolicy | None = None,
        local: LocalRuntime | None = None,
        own_prices: OwnPrices | None = None,
        clock: Clock = monotonic,
        random: Random = _random,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`limits` replaces those of every preset; `cache` None (the default) keeps no replies, and
        `caching` says whose."""
        self._accounts = accounts
        self._own_prices = own_prices or OwnPrices()
        self._record = record
        self._health = Health(health, clock=clock, openings=openings)
        self._cache = cache
        self._caching = caching
        self._budgets = budgets
        self._limits = limits
        self._policy = policy
        self._local = local or LocalRuntime()
        self._clock = clock
        self._random = random
        self._sleep = sleep
        self._lock = threading.RLock()
        self._lines: dict[tuple[str, ...], _Line] = {}
        self._breakers: dict[str, Breaker] = {}
        self._cooldowns: dict[str, Cooldown] = {}
        self._bulkheads: dict[str, Bulkhead] = {}
        self._traffic: dict[str, Traffic] = {}
        self._plugins: dict[str, Plugin] | None = None

    def provider(self, owner_id: str, routes: Sequence[str]) -> Provider:
        """The routes in order, later ones as fallbacks. UnknownRoute or MissingKey come before anything is asked."""
        if not routes:
            raise UnknownRoute(f"No route is set. Add a provider in Settings, {_KEYLESS}")
        accounts = {account.name: account for account in self._accounts(owner_id)}
        lines = [self._line(*self._found(accounts, route)) for route in dict.fromkeys(routes)]
        provider: Provider = Fallback([line.candidate for line in lines])
        if self._cache is not None and self._caching(owner_id):
            provider = Cached(provider, self._cache, "|".join(line.key for line in lines), self._record)
        return provider

    def embeddings(self, owner_id: str, route: str) -> Provider:
        """A Provider that answers with one Embedded: in the same wrappers, but without a fallback, since the vectors of
        two models cannot be compared. Raises UnknownRoute, MissingKey or ConfigurationError."""
        accounts = {account.name: account for account in self._accounts(owner_id)}
        return self._line(*self._found(accounts, route), embeds=True).candidate.provider

    def price(self, owner_id: str, route: str) -> tuple[Callable[[Tokens], int | None], bool]:
        """What tokens of a route cost in millionths of a US dollar, and whether its model thinks first. Raises
        UnknownRoute, MissingKey or ConfigurationError."""
        accounts = {account.name: account for account in self._accounts(owner_id)}
        _, model, preset = self._found(accounts, route)
        price_of = self._own_prices.price_of(route, preset, model)
        return (lambda tokens: price_of(tokens)[0]), preset.thinks(model)

    def statuses(self) -> list[RouteStatus]:
        """Every route that has been asked for since the start, by name."""
        with self._lock:
            lines = list(self._lines.values())
        return sorted((_status(line) for line in lines), key=lambda status: (status.route, status.key))

    def pardon(self) -> None:
        """A person asks again: refused keys are asked once more, resting routes are probed at once."""
        for breaker in list(self._breakers.values()):
            breaker.ask_again()
        self._health.pardon()

    def presets(self) -> list[Preset]:
        return [*BY_NAME.values(), *(plugin.preset for plugin in self._known_plugins().values())]

    async def models(self, account: ProviderAccount) -> list[str]:
        """What the service offers; the account's own and the preset's where it cannot tell. Raises as a call would."""
        preset = self._preset(account.preset or account.name)
        self._check(account, preset, f"{account.name}:")
        adapter = adapter_for(account, "", preset, self._plugin(preset), self._local)
        listing = getattr(adapter, "models", None)
        try:
            return await listing() if listing else list(account.models or preset.models)
        finally:
            await closed(adapter)

    async def aclose(self) -> None:
        """Close the connections that belong to the running event loop."""
        with self._lock:
            lines = list(self._lines.values())
        for line in lines:
            await closed(line.adapter)

    def _found(self, accounts: dict[str, ProviderAccount], route: str) -> tuple[ProviderAccount, str, Preset]:
        name, _, model = route.partition(":")
        account = accounts.get(name)
        if account is None:
            account = ProviderAccount(name=name, preset=self._preset(name, route).name)
        preset = self._preset(account.preset or name, route)
        if not model:
            raise UnknownRoute(f"The route {route!r} names no model. Write it as {name}:MODEL.")
        self._check(account, preset, route)
        return account, model, preset

    def _preset(self, name: str, route: str = "") -> Preset:
        if name in BY_NAME:
            return BY_NAME[name]
        if name in self._known_plugins():
            return self._known_plugins()[name].preset
        known = ", ".join(preset.name for preset in self.presets())
        asked = f"The route {route!r}" if route else f"The provider {name!r}"
        raise UnknownRoute(f"{asked} is not known. Known providers: {known}. Add one in Settings, {_KEYLESS}")

    def _check(self, account: ProviderAccount, preset: Preset, route: str) -> None:
        if preset.needs_key and not account.key:
            variable = f" (or set {preset.key_env})" if preset.key_env else ""
            raise MissingKey(f"The route {route!r} needs an API key. Add one in Settings{variable}, {_KEYLESS}")
        if not (account.key.isascii() and account.key.isprintable()):
            raise ConfigurationError(f"The key for {route!r} holds characters that no key has: copy it again.")
        if preset.adapter == "openai-compatible" and not (account.base_url or preset.base_url):
            raise ConfigurationError(f"The provider {account.name!r} needs a base URL. Add it in Settings.")

    def _known_plugins(self) -> dict[str, Plugin]:
        if self._plugins is None:
            self._plugins = installed()
        return self._plugins

    def _plugin(self, preset: Preset) -> Plugin | None:
        return None if preset.name in BY_NAME else self._known_plugins()[preset.name]

    def _line(self, account: ProviderAccount, model: str, preset: Preset, *, embeds: bool = False) -> _Line:
        base_url = account.base_url or preset.base_url
        secret = hashlib.sha256(account.key.encode()).hexdigest()[:12]
        identity = (account.name, preset.name, base_url, model, secret, "vectors" if embeds else "text")
        with self._lock:
            if identity not in self._lines:
                self._lines[identity] = self._new_line(account, model, preset, base_url, secret, embeds)
            return self._lines[identity]

    def _new_line(
        self, account: ProviderAccount, model: str, preset: Preset, base_url: str, secret: str, embeds: bool
    ) -> _Line:
        service = f"{preset.name} {base_url}".strip()
        key = f"{service} {model}"
        if embeds:
            adapter = embeddings_for(account, model, preset)
        else:
            adapter = adapter_for(account, model, preset, self._plugin(preset), self._local)
        breaker, cooldown = self._guards(key, f"{key} {secret}")
        provider = self._stacked(adapter, model, preset, service, (breaker, cooldown), (key, f"{key} {secret}"))
        return _Line(Candidate(provider, breaker), key, adapter, cooldown)

    def _guards(self, breaker_key: str, cooldown_key: str) -> tuple[Breaker, Cooldown]:
        if breaker_key not in self._breakers:
            breaker = self._breakers[breaker_key] = Breaker(clock=self._clock, random=self._random)
            self._health.follow(breaker_key, breaker.trip)
        if cooldown_key not in self._cooldowns:
            cooldown = self._cooldowns[cooldown_key] = Cooldown(clock=self._clock)
            self._health.follow(limited_key(cooldown_key), cooldown.rest_for)
            for kind in (AuthenticationFailed, QuotaExhausted):
                self._health.follow(
                    unusable_key(cooldown_key, kind), partial(cooldown.unusable, kind), cooldown.forgive
                )
        return self._breakers[breaker_key], self._cooldowns[cooldown_key]

    def _stacked(
        self,
        adapter: Provider,
        model: str,
        preset: Preset,
        service: str,
        guards: tuple[Breaker, Cooldown],
        keys: tuple[str, str],
    ) -> Provider:
        limits = self._limits or preset.limits
        thinks = preset.thinks(model)
        bulkhead = self._bulkheads.setdefault(
            service, Bulkhead(limits.slots, limits.tokens_per_minute, clock=self._clock)
        )
        traffic = self._traffic.setdefault(service, Traffic(clock=self._clock))
        policy = self._policy or RetryPolicy(whole_s=limits.whole_s)
        first_token_s = max(limits.first_token_s, _THINKING_S) if thinks else limits.first_token_s
        price_of = self._own_prices.price_of(adapter.route, preset, model)
        if preset.price_id:
            prices.warm()
        watched = Watched(adapter, first_token_s, limits.idle_s)
        bound = Bound(price_of, room=_ROOM_TO_THINK if thinks else 0, for_s=limits.whole_s + _SPARE_S)
        calls = self._paid(watched, price_of, bound, is_local=preset.is_local)
        limited = Limited(calls, bulkhead, sleep=self._sleep)
        guarded = Guarded(limited, *guards, self._health, breaker_key=keys[0], cooldown_key=keys[1], clock=self._clock)
        retried = Retried(Tidied(guarded), policy, traffic, sleep=self._sleep, clock=self._clock, random=self._random)
        return Deadline(retried, limits.whole_s)

    def _paid(self, inner: Provider, price_of: prices.PriceOf, bound: Bound, *, is_local: bool) -> Provider:
        """Nobody sends a bill for a service on one's own machine, whether its price is listed or not."""

        def metered(record: Record) -> Provider:
            return Metered(inner, price_of, record, clock=self._clock)

        if self._budgets is None or is_local:
            return metered(self._record)
        return Budgeted(metered, self._budgets, bound, self._record, sleep=self._sleep)


_THINKING_S = 120.0
_ROOM_TO_THINK = 4096
"""What the adapters let a model think, beside what it was asked for."""
_SPARE_S = 120.0


def _status(line: _Line) -> RouteStatus:
    breaker = line.candidate.breaker
    rest_s, why = line.cooldown.left
    state, open_s, reason = breaker.state, breaker.open_for, breaker.reason
    if rest_s > open_s:
        state, open_s, reason = State.OPEN, rest_s, why
    return RouteStatus(line.key, line.candidate.provider.route, str(state), open_s, reason)


async def closed(adapter: Provider) -> None:
    close = getattr(adapter, "aclose", None)
    if close is not None:
        await close()
