from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """A provider as the owner set it up. `name` is the first half of its routes ("openai", "ollama", "my-vllm");
    `preset` names the kind of service; `key` is the secret in clear, only ever in memory."""

    name: str
    preset: str
    base_url: str = ""
    key: str = ""
    models: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"ProviderAccount(name={self.name!r}, preset={self.preset!r}, key={'set' if self.key else 'none'})"


class SettingsStore(Protocol):
    """Per owner. Keys are sealed before they reach the database."""

    def accounts(self, owner_id: str) -> list[ProviderAccount]:
        """By name."""
        ...

    def save_account(self, owner_id: str, account: ProviderAccount) -> None:
        """An empty `key` keeps the one that is stored."""
        ...

    def delete_account(self, owner_id: str, name: str) -> None: ...

    def value(self, owner_id: str, name: str) -> str | None: ...

    def set_value(self, owner_id: str, name: str, value: str) -> None: ...

    def secret(self, owner_id: str, name: str) -> str:
        """In clear, "" where there is none. Names are apart from those of `value`."""
        ...

    def set_secret(self, owner_id: str, name: str, secret: str) -> None:
        """Sealed before it is stored; "" takes it away."""
        ...


class Cipher(Protocol):
    def seal(self, clear: str) -> bytes: ...

    def unseal(self, sealed: bytes) -> str:
        """Raises ConfigurationError when the key file does not fit the sealed text."""
        ...


@dataclass(frozen=True, slots=True)
class RouteHealth:
    """What replicas tell each other: until when (seconds from now) a key rests, and why."""

    key: str
    open_for: float
    reason: str


class HealthBoard(Protocol):
    """Open and cool-down states shared by replicas, on the database's clock."""

    def publish(self, key: str, open_for: float, reason: str) -> None:
        """The later of two ends wins. `open_for` 0 clears."""
        ...

    def read(self) -> list[RouteHealth]: ...

    def take_probe(self, key: str, owner: str, for_s: float) -> bool:
        """True for exactly one caller until the probe's time is up."""
        ...
