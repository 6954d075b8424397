"""Provider accounts: from the environment and as their owner stored them, with keys that never leave."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

from writer.domain.errors import UserMistake
from writer.domain.ports.settings import ProviderAccount, SettingsStore

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account without its key. `origin` is "environment" where the settings define it; its `models` are
    then the preset's, unless the settings name others."""

    name: str
    preset: str
    base_url: str
    key_set: bool
    models: tuple[str, ...]
    origin: Literal["environment", "stored"]


class Accounts:
    """Accounts with their keys, for those who build providers: never for a page or a reply.

    What the owner stored wins over the environment."""

    def __init__(self, store: SettingsStore, environment: Sequence[ProviderAccount] = ()) -> None:
        self._store = store
        self.environment = {account.name: account for account in environment}

    def stored(self, owner_id: str) -> dict[str, ProviderAccount]:
        return {account.name: account for account in self._store.accounts(owner_id)}

    def of(self, owner_id: str) -> list[ProviderAccount]:
        """By name."""
        stored = {name: self._with_environment_key(account) for name, account in self.stored(owner_id).items()}
        merged = self.environment | stored
        return [merged[name] for name in sorted(merged)]

    def _with_environment_key(self, account: ProviderAccount) -> ProviderAccount:
        """The environment's key is for the environment's address, never for another one."""
        given = self.environment.get(account.name)
        if account.key or given is None or account.base_url not in ("", given.base_url):
            return account
        return replace(account, key=given.key, base_url=given.base_url)


def checked(account: ProviderAccount, presets: set[str]) -> ProviderAccount:
    """The account as it may be stored. Raises UserMistake."""
    if not _NAME.fullmatch(account.name):
        raise UserMistake("A provider's name has 1 to 40 lower-case letters, digits, dots, hyphens and underscores.")
    if account.preset not in presets:
        raise UserMistake(f"“{account.preset}” is not a kind of provider that Writer knows.")
    key = account.key.strip()
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise UserMistake("The key holds characters that no key has: copy it again.")
    models = tuple(dict.fromkeys(model.strip() for model in account.models if model.strip()))
    return replace(account, key=key, base_url=_checked_address(account.base_url), models=models)


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
