"""The sites that an owner set up. Secrets go in and never come out."""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol
from uuid import uuid4

from writer.domain.actors import Actor
from writer.domain.errors import ConfigurationError, NotFound, SourceRefused, UserMistake, WriterError
from writer.domain.ports.publishing import Publisher
from writer.domain.ports.settings import SettingsStore
from writer.domain.publishing import Site
from writer.security.fetch import parsed

SETTING = "publishing_sites"
MOST = 20

logger = logging.getLogger(__name__)


class Kind(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def needs_user(self) -> bool: ...
    @property
    def secret(self) -> str: ...
    @property
    def hint(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Tried:
    ok: bool
    sentence: str


Make = Callable[[Site, str], Publisher | None]
"""(site, secret) → the publisher; None for a kind that is not known."""


class Sites:
    def __init__(
        self, store: SettingsStore, kinds: Sequence[Kind], make: Make, opened: frozenset[str] = frozenset()
    ) -> None:
        """`opened` are hosts of the own network that may be asked; only those may be asked without encryption."""
        self._store = store
        self.kinds = tuple(kinds)
        self._make = make
        self._opened = opened

    def listing(self, by: Actor) -> list[Site]:
        return self._stored(by.user)

    def get(self, site: str, by: Actor) -> Site:
        """By id, or by name where that is one site's alone."""
        sites = self._stored(by.user)
        named = [one for one in sites if one.name.casefold() == site.strip().casefold()]
        for one in (*[one for one in sites if one.id == site], *(named if len(named) == 1 else [])):
            return one
        raise NotFound("There is no such site. Sites to publish to are set up in Settings.")

    def add(self, by: Actor, kind: str, name: str, address: str, secret: str, user: str = "") -> Site:
        chosen = next((one for one in self.kinds if one.name == kind), None)
        if chosen is None:
            raise UserMistake("Choose one of: " + ", ".join(one.title for one in self.kinds) + ".")
        sites = self._stored(by.user)
        if len(sites) >= MOST:
            raise UserMistake(f"There are {MOST} sites already. Remove one first.")
        base = self._checked(address)
        site = Site(
            uuid4().hex[:12], kind, self._named(name or base.partition("//")[2], sites), base, _user(user, chosen)
        )
        self._store.set_secret(by.user, _secret(site.id), _clean(secret))
        self._keep(by.user, [*sites, site])
        logger.info("site added", extra={"kind": kind})
        return site

    def renew(self, site_id: str, by: Actor, secret: str) -> None:
        """Another secret for the same site. Its address stays: another address is another site."""
        self._store.set_secret(by.user, _secret(self.get(site_id, by).id), _clean(secret))

    def remove(self, site_id: str, by: Actor) -> None:
        """The secret is gone, too. What was published there stays there."""
        site = self.get(site_id, by)
        self._store.set_secret(by.user, _secret(site.id), "")
        self._keep(by.user, [one for one in self._stored(by.user) if one.id != site.id])

    def test(self, site_id: str, by: Actor) -> Tried:
        """A refusal is a report, not an error."""
        site = self.get(site_id, by)
        try:
            return Tried(True, self.publisher(by.user, site.id).test())
        except WriterError as error:
            return Tried(False, str(error))

    def publisher(self, owner_id: str, site_id: str) -> Publisher:
        site = self.get(site_id, Actor(owner_id))
        made = self._make(site, self._store.secret(owner_id, _secret(site.id)))
        if made is None:
            raise ConfigurationError(f"This version of Writer cannot publish to {site.name}.")
        return made

    def _stored(self, owner_id: str) -> list[Site]:
        value = self._store.value(owner_id, SETTING)
        return [Site(**row) for row in json.loads(value)] if value else []

    def _keep(self, owner_id: str, sites: Sequence[Site]) -> None:
        self._store.set_value(owner_id, SETTING, json.dumps([asdict(site) for site in sites]))

    def _named(self, name: str, sites: Sequence[Site]) -> str:
        line = " ".join(name.split())
        if not line or len(line) > 80 or not line.isprintable():
            raise UserMistake("Give the site a name of up to 80 characters.")
        if any(site.name.casefold() == line.casefold() for site in sites):
            raise UserMistake(f"There is a site called “{line}” already.")
        return line

    def _checked(self, address: str) -> str:
        text = address.strip().rstrip("/")
        if not text or "?" in text or "#" in text:
            raise UserMistake("The address must look like https://blog.example, without anything after a “?” or “#”.")
        try:
            read = parsed(text)
        except SourceRefused as error:
            raise UserMistake(f"This address cannot be used: {error}") from error
        if read.scheme == "http" and not {read.host, f"{read.host}:{read.port}"} & self._opened:
            raise UserMistake(
                "The address must begin with https://: without it anybody on the way could read the password. "
                "A site on your own network is opened by WRITER_FETCH_HOSTS."
            )
        return read.url.rstrip("/")


def _user(user: str, kind: Kind) -> str:
    name = user.strip()
    if kind.needs_user and (not name or ":" in name or not name.isprintable()):
        raise UserMistake(f"{kind.title} needs the name of the user that the password belongs to.")
    return name if kind.needs_user else ""


def _clean(secret: str) -> str:
    """WordPress shows its passwords in groups of four."""
    text = secret.strip()
    if not text:
        raise UserMistake("The site needs a password or key: paste it.")
    if not (text.isascii() and text.isprintable()) or len(text) > 1000:
        raise UserMistake("The password or key holds characters that none has: copy it again.")
    return text


def _secret(site_id: str) -> str:
    return f"publishing:{site_id}"
