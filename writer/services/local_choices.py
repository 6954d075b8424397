"""How each local model was loaded last, for everybody here: the machine is one."""

import json
from dataclasses import asdict

from writer.domain.ports.local_models import LocalChoice, Precision, Quantisation
from writer.domain.ports.settings import SettingsStore
from writer.services.knowledge.search_model import INSTALLATION

_NAME = "local_models.choices"


class LocalChoices:
    def __init__(self, store: SettingsStore) -> None:
        self._store = store

    def of(self, model: str) -> LocalChoice | None:
        kept = self._all().get(model)
        if kept is None:
            return None
        return LocalChoice(
            str(kept["device"]),
            Precision(str(kept["precision"])),
            Quantisation(str(kept["quantisation"])),
            int(kept["context"]),
            int(kept["together"]),
        )

    def keep(self, model: str, choice: LocalChoice) -> None:
        self._store.set_value(INSTALLATION, _NAME, json.dumps(self._all() | {model: asdict(choice)}))

    def _all(self) -> dict[str, dict[str, str | int]]:
        stored = self._store.value(INSTALLATION, _NAME)
        found: dict[str, dict[str, str | int]] = json.loads(stored) if stored else {}
        return found
