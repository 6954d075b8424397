"""The web search that an owner set up: off until they did. The key goes in and never comes out."""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from writer.domain.actors import Actor
from writer.domain.errors import SourceRefused, UserMistake, WriterError
from writer.domain.ports.settings import SettingsStore
from writer.domain.ports.web_search import WebSearch
from writer.security.fetch import parsed

SETTING = "web_search"
OFF = ""

logger = logging.getLogger(__name__)


class Kind(Protocol):
    """A service that can be chosen. `needs` is "address" or "key"; `hint` says what to do before."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def needs(self) -> str: ...
    @property
    def hint(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Setup:
    """`kind` is "" where nothing is set up. `host` is where the questions go."""

    kind: str = OFF
    title: str = ""
    address: str = ""
    key_set: bool = False
    host: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    ok: bool
    sentence: str


Make = Callable[[str, str, str], WebSearch | None]
"""(kind, address, key) → the engine; None for a kind that is not known."""


class WebSearches:
    def __init__(self, store: SettingsStore, kinds: Sequence[Kind], make: Make) -> None:
        self._store = store
        self.kinds = tuple(kinds)
        self._make = make

    def setup(self, by: Actor) -> Setup:
        engine = self.of(by.user)
        kind, address = self._stored(by.user)
        if engine is None:
            return Setup()
        return Setup(kind, engine.name, address, bool(self._store.secret(by.user, _secret(kind))), engine.host)

    def of(self, owner_id: str) -> WebSearch | None:
        kind, address = self._stored(owner_id)
        return self._make(kind, address, self._store.secret(owner_id, _secret(kind))) if kind else None

    def save(self, kind: str, by: Actor, *, address: str = "", key: str = "") -> None:
        """An empty key keeps the one that is stored for the same service. "" as the kind turns web search off."""
        if kind == OFF:
            self.forget(by)
            return
        needs = next((one.needs for one in self.kinds if one.name == kind), None)
        if needs is None:
            raise UserMistake("Choose one of: " + ", ".join(one.title for one in self.kinds) + ".")
        if needs == "key":
            self._keep_key(kind, key.strip(), by)
        address = _checked(address) if needs == "address" else ""
        self._store.set_value(by.user, SETTING, json.dumps({"kind": kind, "address": address}))
        logger.info("web search set up", extra={"kind": kind})

    def forget(self, by: Actor) -> None:
        """Off, and the keys are gone."""
        for kind in self.kinds:
            self._store.set_secret(by.user, _secret(kind.name), "")
        self._store.set_value(by.user, SETTING, "")

    def test(self, by: Actor) -> Tried:
        """One search for one word. A refusal is a report, not an error."""
        engine = self.of(by.user)
        if engine is None:
            return Tried(False, "No web search is set up.")
        try:
            found = engine.search("encyclopedia", 3)
        except WriterError as error:
            return Tried(False, str(error))
        return Tried(bool(found), f"{engine.name} found pages." if found else _NOTHING)

    def _keep_key(self, kind: str, key: str, by: Actor) -> None:
        if not key and not self._store.secret(by.user, _secret(kind)):
            raise UserMistake("This service needs a key: paste it.")
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise UserMistake("The key holds characters that no key has: copy it again.")
        if key:
            self._store.set_secret(by.user, _secret(kind), key)

    def _stored(self, owner_id: str) -> tuple[str, str]:
        value = self._store.value(owner_id, SETTING)
        stored = json.loads(value) if value else {}
        return str(stored.get("kind", OFF)), str(stored.get("address", ""))


_NOTHING = "The service answered, but with no results: look at its own settings."


def _secret(kind: str) -> str:
    return f"{SETTING}:{kind}"


def _checked(address: str) -> str:
    """Where an instance answers, without what would carry a secret."""
    text = address.strip().rstrip("/")
    if not text or "?" in text or "#" in text:
        raise UserMistake("The address must look like https://search.example, without anything after a “?” or “#”.")
    try:
        return parsed(text).url.rstrip("/")
    except SourceRefused as error:
        raise UserMistake(f"This address cannot be used: {error}") from error
