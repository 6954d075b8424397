"""Which adapter speaks to which kind of service. Each imports its vendor's SDK on its first call, not before."""

from writer.domain.completions import Provider
from writer.domain.ports.settings import ProviderAccount
from writer.providers.openai_compatible import OpenAICompatible
from writer.providers.plugins import Plugin
from writer.providers.presets import Preset


def adapter_for(account: ProviderAccount, model: str, preset: Preset, plugin: Plugin | None = None) -> Provider:
    if plugin is not None:
        return plugin.open(account, model)
    match preset.adapter:
        case _:
            return OpenAICompatible(account, model, preset)
