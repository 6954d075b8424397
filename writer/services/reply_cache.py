"""Whether somebody wants replies kept, so that the same question is not paid for twice."""

from writer.domain.actors import Actor
from writer.domain.ports.replies import Kept, ReplyStore
from writer.domain.ports.settings import SettingsStore

_SETTING = "reply_cache"


class ReplyCache:
    """Off unless asked for; `by_default` is what the installation says for whoever has not chosen."""

    def __init__(self, store: ReplyStore, settings: SettingsStore, *, by_default: bool = False) -> None:
        self._store = store
        self._settings = settings
        self._by_default = by_default

    def wanted_by(self, owner_id: str) -> bool:
        chosen = self._settings.value(owner_id, _SETTING)
        return self._by_default if chosen is None else chosen == "on"

    def is_on(self, by: Actor) -> bool:
        return self.wanted_by(by.user)

    def choose(self, on: bool, by: Actor) -> None:
        """What is kept stays when it is switched off, unused, until it is cleared or has grown old."""
        self._settings.set_value(by.user, _SETTING, "on" if on else "off")

    def kept(self, by: Actor) -> Kept:
        return self._store.kept(by.user)

    def clear(self, by: Actor) -> int:
        return self._store.clear(by.user)
