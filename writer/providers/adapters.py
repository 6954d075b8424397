"""Which adapter speaks to which kind of service. Each imports its vendor's SDK on its first call, not before."""

from writer.domain.completions import Provider
from writer.domain.errors import ConfigurationError
from writer.domain.ports.settings import ProviderAccount
from writer.providers.embedding_gemini import GeminiEmbeddings
from writer.providers.embedding_openai import OpenAIEmbeddings
from writer.providers.gemini import Gemini
from writer.providers.gemini_legacy import GeminiLegacy
from writer.providers.huggingface import HuggingFace
from writer.providers.local.runtime import LocalRuntime
from writer.providers.openai_compatible import OpenAICompatible
from writer.providers.plugins import Plugin
from writer.providers.presets import Preset


def adapter_for(
    account: ProviderAccount,
    model: str,
    preset: Preset,
    plugin: Plugin | None = None,
    local: LocalRuntime | None = None,
) -> Provider:
    """`local` holds the models of this process; without it an adapter has one of its own."""
    if plugin is not None:
        return plugin.open(account, model)
    match preset.adapter:
        case "gemini":
            return Gemini(account, model, preset)
        case "gemini-legacy":
            return GeminiLegacy(account, model, preset)
        case "huggingface":
            return HuggingFace(account, model, local)
    return OpenAICompatible(account, model, preset)


def embeddings_for(account: ProviderAccount, model: str, preset: Preset) -> Provider:
    """Raises ConfigurationError for a kind of service that is not asked for embeddings."""
    if preset.adapter == "gemini":
        return GeminiEmbeddings(account, model, preset)
    if preset.adapter == "openai-compatible":
        return OpenAIEmbeddings(account, model, preset)
    raise ConfigurationError(f"“{preset.title}” gives no vectors to search by: choose another provider for that.")
