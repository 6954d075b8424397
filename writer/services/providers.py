"""Providers as their owner sees them: accounts, routes, health, and a test button. Keys go in and never come out."""

import json
import logging
import re
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeVar

from writer.domain.actors import Actor
from writer.domain.completions import (
    Caller,
    CompletionRequest,
    Finished,
    Message,
    Provider,
    Purpose,
    StreamEvent,
    TextDelta,
    Tokens,
)
from writer.domain.errors import NotFound, ProviderTimeout, UnknownRoute, UserMistake, WriterError
from writer.domain.ports.settings import ProviderAccount, SettingsStore
from writer.services.accounts import Accounts, AccountView, checked

ROUTES = "routes"
TEST_TIMEOUT_S = 60.0
MODELS_TIMEOUT_S = 15.0
_ROUTE = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}:\S{1,200}")

T = TypeVar("T")
logger = logging.getLogger(__name__)


class Preset(Protocol):
    """A kind of service that an account can be for. `models` are suggestions, the best first; `hint` says what to do
    before it can be used; `price_id` is its name in the price list, "" for none."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def base_url(self) -> str: ...
    @property
    def needs_key(self) -> bool: ...
    @property
    def models(self) -> Sequence[str]: ...
    @property
    def hint(self) -> str: ...
    @property
    def price_id(self) -> str: ...
    @property
    def is_local(self) -> bool: ...


class RouteStatus(Protocol):
    """`state` is "closed", "open" or "half-open"; `reason` is the last failure, or why the route rests."""

    @property
    def route(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def open_for_s(self) -> float: ...
    @property
    def reason(self) -> str: ...


class Registry(Protocol):
    """What this service needs of whoever builds providers. Its `Accounts` are those that `Accounts.of` gives."""

    def presets(self) -> Sequence[Preset]: ...

    def provider(self, owner_id: str, routes: Sequence[str]) -> Provider:
        """The routes in order, later ones as fallbacks. Raises UnknownRoute or MissingKey."""
        ...

    def statuses(self) -> Sequence[RouteStatus]: ...

    def models(self, account: ProviderAccount) -> Coroutine[Any, Any, list[str]]: ...


class Run(Protocol):
    """Runs a coroutine on the engine's event loop; raises TimeoutError."""

    def __call__(self, work: Coroutine[Any, Any, T], timeout: float | None = None) -> T: ...


@dataclass(frozen=True, slots=True)
class RouteHealth:
    """`state` is the breaker's; a route that rests is tried again in `retry_in` seconds."""

    route: str
    state: str = "closed"
    retry_in: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TestReport:
    """`sentence` says in words what came of it."""

    __test__: ClassVar[bool] = False  # pytest would take the class for a test by its name

    route: str
    ok: bool
    sentence: str
    first_token_ms: float | None = None
    total_ms: float | None = None
    tokens: Tokens | None = None


class Providers:
    """`default_routes` come from the settings; the order that the owner sets wins."""

    def __init__(
        self,
        registry: Registry,
        accounts: Accounts,
        store: SettingsStore,
        *,
        run: Run,
        default_routes: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry = registry
        self._accounts = accounts
        self._store = store
        self._run = run
        self._default_routes = tuple(default_routes)
        self._clock = clock

    def presets(self) -> Sequence[Preset]:
        return self._registry.presets()

    def accounts(self, by: Actor) -> list[AccountView]:
        stored = self._accounts.stored(by.user)
        return [
            AccountView(a.name, a.preset, a.base_url, bool(a.key), a.models, "stored")
            if a.name in stored
            else AccountView(a.name, a.preset, a.base_url, bool(a.key), self._offered(a), "environment")
            for a in self._accounts.of(by.user)
        ]

    def save(self, account: ProviderAccount, by: Actor) -> None:
        """An empty key keeps the one that is stored, as long as it still goes to the same address."""
        wanted = checked(account, {preset.name for preset in self.presets()})
        before = self._accounts.stored(by.user).get(wanted.name)
        if (
            before
            and before.key
            and not wanted.key
            and (before.preset, before.base_url) != (wanted.preset, wanted.base_url)
        ):
            raise UserMistake("The address changed, so enter the key again: the stored one belongs to the old address.")
        self._store.save_account(by.user, wanted)
        logger.info("provider account saved", extra={"account": wanted.name, "preset": wanted.preset})

    def delete(self, name: str, by: Actor) -> None:
        if name in self._accounts.stored(by.user):
            self._store.delete_account(by.user, name)
        elif name in self._accounts.environment:
            raise UserMistake(f"“{name}” comes from the environment: remove its setting there.")
        else:
            raise NotFound("There is no such provider.")

    def models(self, name: str, by: Actor) -> list[str]:
        """What the service offers, asked of the service itself."""
        account = next((account for account in self._accounts.of(by.user) if account.name == name), None)
        if account is None:
            raise NotFound("There is no such provider.")
        try:
            return self._run(self._registry.models(account), MODELS_TIMEOUT_S)
        except TimeoutError:
            raise ProviderTimeout(name, f"no list of models within {MODELS_TIMEOUT_S:.0f} seconds.") from None

    def routes(self, by: Actor) -> list[str]:
        """In order of preference; empty when only the built-in drafter can write."""
        stored = self._store.value(by.user, ROUTES)
        if stored is not None:
            return [str(route) for route in json.loads(stored)]
        return list(self._default_routes or self._suggested(by.user))

    def set_routes(self, routes: Sequence[str], by: Actor) -> None:
        wanted = list(dict.fromkeys(route.strip() for route in routes if route.strip()))
        known = {a.name for a in self._accounts.of(by.user)} | {preset.name for preset in self.presets()}
        for route in wanted:
            _check_route(route, known)
        self._store.set_value(by.user, ROUTES, json.dumps(wanted))

    def put_first(self, route: str, by: Actor) -> None:
        """It writes from now on; the others stay in their order behind it."""
        self.set_routes([route, *self.routes(by)], by)

    def health(self, by: Actor) -> list[RouteHealth]:
        """The state of each route in use; one that was not asked yet counts as closed."""
        worst: dict[str, RouteStatus] = {}
        for status in self._registry.statuses():
            if status.route not in worst or status.open_for_s > worst[status.route].open_for_s:
                worst[status.route] = status
        seen = {s.route: RouteHealth(s.route, s.state, s.open_for_s, s.reason) for s in worst.values()}
        return [seen.get(route, RouteHealth(route)) for route in self.routes(by)]

    def test(self, route: str, by: Actor) -> TestReport:
        """Ask for one word. A refusal is a report, not an error."""
        try:
            provider = self._registry.provider(by.user, [route.strip()])
            return self._run(self._timed(route.strip(), provider.stream(_question(by))), TEST_TIMEOUT_S)
        except TimeoutError:
            return TestReport(route, False, f"{route}: no answer within {TEST_TIMEOUT_S:.0f} seconds.")
        except WriterError as error:
            return TestReport(route, False, self.without_keys(str(error), by))

    async def _timed(self, route: str, events: AsyncGenerator[StreamEvent, None]) -> TestReport:
        began = self._clock()
        first: float | None = None
        tokens: Tokens | None = None
        async with aclosing(events) as stream:
            async for event in stream:
                if first is None and isinstance(event, TextDelta):
                    first = (self._clock() - began) * 1000
                if isinstance(event, Finished):
                    tokens = event.tokens
        total = (self._clock() - began) * 1000
        wait = f"the first word after {first:.0f} ms" if first is not None else "without any text"
        return TestReport(route, True, f"{route} answered, {wait}.", first, total, tokens)

    def _offered(self, account: ProviderAccount) -> tuple[str, ...]:
        preset = next((preset for preset in self.presets() if preset.name == account.preset), None)
        return account.models or (tuple(preset.models) if preset else ())

    def _suggested(self, owner_id: str) -> list[str]:
        """Without any order set, the first model of each account that can be used."""
        presets = {preset.name: preset for preset in self.presets()}
        found = []
        for account in self._accounts.of(owner_id):
            preset = presets.get(account.preset)
            models = self._offered(account)
            if models and (account.key or (preset and not preset.needs_key)):
                found.append(f"{account.name}:{models[0]}")
        return found

    def without_keys(self, sentence: str, by: Actor) -> str:
        """A service may quote the key it refuses."""
        for account in self._accounts.of(by.user):
            if len(account.key) >= 8:
                sentence = sentence.replace(account.key, "…")
        return sentence


def _check_route(route: str, accounts: set[str]) -> None:
    if not _ROUTE.fullmatch(route):
        raise UnknownRoute(f"“{route}” is not a route: write provider:model, for example openai:gpt-5-mini.")
    name = route.partition(":")[0]
    if name not in accounts:
        raise UnknownRoute(f"The route “{route}” needs a provider “{name}”: add one in Settings.")


def _question(by: Actor) -> CompletionRequest:
    """Room for models that think before they speak; the reply itself is one word."""
    return CompletionRequest(
        messages=(Message("user", "Reply with the single word: ready"),),
        purpose=Purpose.TEST,
        caller=Caller(by.user),
        temperature=0.0,
        max_output_tokens=256,
    )
