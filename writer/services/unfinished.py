"""What a person typed into a form and has not sent yet: there again after a reload, in any browser."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from writer.domain.actors import Actor
from writer.domain.ports.settings import SettingsStore

_MOST = 200_000  # characters; more than any form of ours takes

logger = logging.getLogger(__name__)


class Unfinished:
    def __init__(self, store: SettingsStore) -> None:
        self._store = store

    def kept(self, form: str, by: Actor) -> dict[str, Any]:
        """By field; empty where nothing was kept, or nothing that can be read."""
        try:
            kept = json.loads(self._store.value(by.user, _name(form)) or "{}")
        except json.JSONDecodeError:
            logger.warning("an unfinished form could not be read", extra={"form": form})
            return {}
        return kept if isinstance(kept, dict) else {}

    def keep(self, form: str, by: Actor, values: Mapping[str, Any]) -> None:
        """`values` are what JSON has: texts, numbers, lists of them."""
        text = json.dumps(dict(values), ensure_ascii=False)
        if len(text) <= _MOST:
            self._store.set_value(by.user, _name(form), text)

    def forget(self, form: str, by: Actor) -> None:
        self._store.set_value(by.user, _name(form), "{}")


def _name(form: str) -> str:
    return f"unfinished:{form}"
