"""The models in this process, as the settings want them run until somebody chooses otherwise."""

from writer.domain.ports.local_models import LocalChoice, Precision, Quantisation
from writer.domain.ports.settings import SettingsStore
from writer.providers.local.runtime import LocalPolicy, LocalRuntime
from writer.services.local_choices import LocalChoices
from writer.settings import Settings


def local_runtime(settings: Settings, store: SettingsStore) -> LocalRuntime:
    default = LocalChoice(
        settings.local_device,
        Precision(settings.local_precision),
        Quantisation(settings.local_quantisation),
        settings.local_context,
        settings.local_together,
    )
    memory = settings.local_memory_mb * 1_000_000 if settings.local_memory_mb else None
    policy = LocalPolicy(default, memory, settings.local_idle_minutes * 60)
    return LocalRuntime(settings.data_dir / "models", policy, LocalChoices(store))
