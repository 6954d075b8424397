"""Servers on this machine: looked for when somebody asks, used when they say so."""

from collections.abc import Sequence

from writer.domain.actors import Actor
from writer.domain.errors import NotFound
from writer.domain.models import FoundServer
from writer.domain.ports.models import ServerScout
from writer.domain.ports.settings import ProviderAccount
from writer.services.providers import Providers


class LocalServers:
    def __init__(self, scout: ServerScout, providers: Providers) -> None:
        self._scout = scout
        self._providers = providers

    def look(self, by: Actor) -> Sequence[FoundServer]:
        """Asks the usual ports of this machine. Nothing is set up by it."""
        return self._scout.look()

    def is_added(self, server: FoundServer, by: Actor) -> bool:
        addresses = {preset.name: preset.base_url for preset in self._providers.presets()}
        return any((a.base_url or addresses.get(a.preset)) == server.base_url for a in self._providers.accounts(by))

    def add(self, preset: str, by: Actor) -> str:
        """The server of that kind, asked again, becomes a provider. Returns its name."""
        server = next((one for one in self._scout.look() if one.preset == preset), None)
        if server is None:
            raise NotFound("That server does not answer any more. Start it, then look again.")
        taken = {account.name for account in self._providers.accounts(by)}
        name = next(name for name in _names(preset) if name not in taken)
        if not self.is_added(server, by):
            self._providers.save(ProviderAccount(name, preset, server.base_url, "", server.models), by)
        return name


def _names(preset: str) -> list[str]:
    return [preset, *(f"{preset}-{number}" for number in range(2, 100))]
