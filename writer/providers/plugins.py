"""Providers that other packages bring: entry points of the group `writer.providers`, each one a `Plugin`."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points

from writer.domain.completions import Provider
from writer.domain.ports.settings import ProviderAccount
from writer.providers.presets import Preset

logger = logging.getLogger(__name__)

GROUP = "writer.providers"

Open = Callable[[ProviderAccount, str], Provider]
"""(account, model) -> the adapter, made on the first call of a route and kept. Import the vendor's SDK in there."""


@dataclass(frozen=True, slots=True)
class Plugin:
    preset: Preset
    open: Open


def installed() -> dict[str, Plugin]:
    """By the name of the preset. One that cannot be loaded is left out, and the log says so."""
    found: dict[str, Plugin] = {}
    for entry in entry_points(group=GROUP):
        try:
            plugin = entry.load()
        except (ImportError, AttributeError) as error:
            logger.warning("provider plugin not loaded", extra={"plugin": entry.name, "error": str(error)})
            continue
        if isinstance(plugin, Plugin):
            found[plugin.preset.name] = plugin
        else:
            logger.warning("provider plugin is not a Plugin", extra={"plugin": entry.name})
    return found
