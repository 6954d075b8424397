"""Providers as their owner sees them: accounts, routes, health, and a test button. Keys go in and never come out."""

import json
import logging
import re
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, Protocol
from urllib.parse import urlsplit

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
from writer.domain.errors import NotFound, UnknownRoute, UserMistake, WriterError
from writer.domain.ports.settings import ProviderAccount, SettingsStore

ROUTES = "routes"
TEST_TIMEOUT_S = 45.0
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_ROUTE = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}:\S{1,200}")

logger = logging.getLogger(__name__)


class Preset(Protocol):
    """A kind of service that an account can be for. `models` are suggestions, the best first."""

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


@dataclass(frozen=True, slots=True)
class RouteState:
    """`state` is the breaker's; `retry_in` are seconds until a route that rests is tried again."""

    route: str
    state: Literal["closed", "open", "half-open"] = "closed"
    retry_in: float = 0.0
    reason: str = ""


class Registry(Protocol):
    """What this service needs of whoever builds providers."""

    def presets(self) -> Sequence[Preset]: ...

    def configure(self, accounts: Sequence[ProviderAccount]) -> None:
        """From now on routes mean these accounts."""
        ...

    def provider(self, route: str) -> Provider:
        """One route with its wrappers, without fallback. Raises UnknownRoute or MissingKey."""
        ...

    def state(self, route: str) -> RouteState: ...


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account without its key. `origin` is "environment" where the settings define it."""

    name: str
    preset: str
    base_url: str
    key_set: bool
    models: tuple[str, ...]
    origin: Literal["environment", "stored"]


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
    """`environment` and `default_routes` come from the settings; what the owner stored wins over both.

    `run` runs a coroutine on the engine's event loop and gives up after the seconds given."""

    def __init__(
        self,
        registry: Registry,
        store: SettingsStore,
        *,
        environment: Sequence[ProviderAccount] = (),
        default_routes: Sequence[str] = (),
        run: Callable[[Coroutine[Any, Any, "TestReport"], float], "TestReport"],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry = registry
        self._store = store
        self._environment = {account.name: account for account in environment}
        self._default_routes = tuple(default_routes)
        self._run = run
        self._clock = clock

    def presets(self) -> Sequence[Preset]:
        return self._registry.presets()

    def accounts(self, by: Actor) -> list[AccountView]:
        stored = {account.name for account in self._store.accounts(by.user)}
        return [
            AccountView(
                a.name, a.preset, a.base_url, bool(a.key), a.models, "stored" if a.name in stored else "environment"
            )
            for a in self.effective(by.user)
        ]

    def effective(self, owner_id: str) -> list[ProviderAccount]:
        """With keys, for those who build providers: never for a page or a reply."""
        merged = dict(self._environment)
        for account in self._store.accounts(owner_id):
            merged[account.name] = self._with_environment_key(account)
        return [merged[name] for name in sorted(merged)]

    def save(self, account: ProviderAccount, by: Actor) -> None:
        """An empty key keeps the one that is stored, as long as it still goes to the same address."""
        checked = self._checked(account)
        before = next((a for a in self._store.accounts(by.user) if a.name == checked.name), None)
        if before and before.key and not checked.key and before.base_url != checked.base_url:
            raise UserMistake("The address changed, so enter the key again: the stored one belongs to the old address.")
        self._store.save_account(by.user, checked)
        logger.info("provider account saved", extra={"account": checked.name, "preset": checked.preset})
        self.apply(by.user)

    def delete(self, name: str, by: Actor) -> None:
        if name not in {account.name for account in self._store.accounts(by.user)}:
            if name in self._environment:
                raise UserMistake(f"“{name}” comes from the environment: remove its setting there.")
            raise NotFound("There is no such provider.")
        self._store.delete_account(by.user, name)
        self.apply(by.user)

    def apply(self, owner_id: str) -> None:
        """Make providers anew from the accounts as they are now; also called once at the start."""
        self._registry.configure(self.effective(owner_id))

    def routes(self, by: Actor) -> list[str]:
        """In order of preference; empty when only the built-in drafter can write."""
        stored = self._store.value(by.user, ROUTES)
        if stored is not None:
            return [str(route) for route in json.loads(stored)]
        return list(self._default_routes or self._suggested(by.user))

    def set_routes(self, routes: Sequence[str], by: Actor) -> None:
        wanted = list(dict.fromkeys(route.strip() for route in routes if route.strip()))
        known = {account.name for account in self.effective(by.user)} | {p.name for p in self._registry.presets()}
        for route in wanted:
            check_route(route, known)
        self._store.set_value(by.user, ROUTES, json.dumps(wanted))

    def health(self, by: Actor) -> list[RouteState]:
        """The breaker of each route in use."""
        return [self._state(route) for route in self.routes(by)]

    def test(self, route: str, by: Actor) -> TestReport:
        """Ask for one word. A refusal is a report, not an error."""
        try:
            provider = self._registry.provider(route)
            report = self._run(self._timed(route, provider.stream(_question(by))), TEST_TIMEOUT_S)
        except TimeoutError:
            return TestReport(route, False, f"{route}: no answer within {TEST_TIMEOUT_S:.0f} seconds.")
        except WriterError as error:
            return TestReport(route, False, self._without_keys(str(error), by))
        return report

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

    def _state(self, route: str) -> RouteState:
        try:
            return self._registry.state(route)
        except WriterError as error:
            return RouteState(route, "open", 0.0, str(error))

    def _suggested(self, owner_id: str) -> list[str]:
        """Without any order set, the first model of each account that can be used."""
        presets = {preset.name: preset for preset in self._registry.presets()}
        found = []
        for account in self.effective(owner_id):
            preset = presets.get(account.preset)
            models = account.models or (tuple(preset.models) if preset else ())
            if models and (account.key or (preset and not preset.needs_key)):
                found.append(f"{account.name}:{models[0]}")
        return found

    def _with_environment_key(self, account: ProviderAccount) -> ProviderAccount:
        """The environment's key is for the environment's address, never for another one."""
        given = self._environment.get(account.name)
        if account.key or given is None or account.base_url not in ("", given.base_url):
            return account
        return replace(account, key=given.key, base_url=given.base_url)

    def _checked(self, account: ProviderAccount) -> ProviderAccount:
        presets = {preset.name for preset in self._registry.presets()}
        if not _NAME.fullmatch(account.name):
            raise UserMistake(
                "A provider's name has 1 to 40 lower-case letters, digits, dots, hyphens and underscores."
            )
        if account.preset not in presets:
            raise UserMistake(f"“{account.preset}” is not a kind of provider that Writer knows.")
        key = account.key.strip()
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise UserMistake("The key holds characters that no key has: copy it again.")
        models = tuple(dict.fromkeys(model.strip() for model in account.models if model.strip()))
        return replace(account, key=key, base_url=_checked_address(account.base_url), models=models)

    def _without_keys(self, sentence: str, by: Actor) -> str:
        """A service may quote the key it refuses."""
        for account in self.effective(by.user):
            if len(account.key) >= 8:
                sentence = sentence.replace(account.key, "…")
        return sentence


def check_route(route: str, accounts: "set[str] | frozenset[str]") -> None:
    if not _ROUTE.fullmatch(route):
        raise UnknownRoute(f"“{route}” is not a route: write provider:model, for example openai:gpt-5-mini.")
    name = route.partition(":")[0]
    if name not in accounts:
        raise UnknownRoute(f"The route “{route}” needs a provider “{name}”: add one in Settings.")


def _checked_address(base_url: str) -> str:
    address = base_url.strip().rstrip("/")
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        port_is_good = parts.port is None or parts.port > 0
    except ValueError:
        port_is_good = False
    if not port_is_good or parts.scheme not in ("http", "https") or not parts.hostname:
        raise UserMistake("The address must look like https://host/v1.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UserMistake("The address must not hold a user name, a password or anything after a “?” or “#”.")
    return address


def _question(by: Actor) -> CompletionRequest:
    """Room for models that think before they speak; the reply itself is one word."""
    return CompletionRequest(
        messages=(Message("user", "Reply with the single word: ready"),),
        purpose=Purpose.TEST,
        caller=Caller(by.user),
        temperature=0.0,
        max_output_tokens=256,
    )
