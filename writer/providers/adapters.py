"""Which adapter speaks to which kind of service. Each imports its vendor's SDK on its first call, not before."""

from writer.domain.completions import Provider
from writer.domain.ports.settings import ProviderAccount
from writer.providers.gemini import Gemini
from writer.providers.gemini_legacy import GeminiLegacy
from writer.providers.huggingface import HuggingFace
from writer.providers.openai_compatible import OpenAICompatible
from writer.providers.plugins import Plugin
from writer.providers.presets import Preset


def adapter_for(account: ProviderAccount, model: str, preset: Preset, plugin: Plugin | None = None) -> Provider:
    if plugin is not None:
        return plugin.open(account, model)
    match preset.adapter:
        case "gemini":
            return Gemini(account, model, preset)
        case "gemini-legacy":
            return GeminiLegacy(account, model, preset)
        case "huggingface":
            return HuggingFace(account, model)
    return OpenAICompatible(account, model, preset)
