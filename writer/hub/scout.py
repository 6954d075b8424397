"""Servers on this machine that speak OpenAI's protocol, looked for on their usual ports when somebody asks for it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from writer.domain.errors import WriterError
from writer.domain.models import FoundServer
from writer.hub.asking import line, read_json, rows
from writer.security.streaming import Stream

_PATIENCE_S = 3.0
_MOST_MODELS = 200


@dataclass(frozen=True, slots=True)
class Usual:
    """A kind of server (a preset's name and title), and where it listens when nobody says otherwise."""

    preset: str
    title: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Scout:
    usual: Sequence[Usual]
    stream: Stream

    def look(self) -> list[FoundServer]:
        with ThreadPoolExecutor(max_workers=max(1, len(self.usual))) as pool:
            return [found for found in pool.map(self._asked, self.usual) if found is not None]

    def _asked(self, usual: Usual) -> FoundServer | None:
        """None for silence, and for whatever else listens there."""
        try:
            with self.stream(f"{usual.base_url}/models", idle_s=_PATIENCE_S) as answer:
                if answer.status != 200:
                    return None
                value = read_json(usual.title, answer)
        except WriterError:
            return None
        if not isinstance(value.get("data"), list):
            return None
        names = [line(row.get("id")) for row in rows(value["data"])]
        models = tuple(dict.fromkeys(name for name in names if name))[:_MOST_MODELS]
        return FoundServer(usual.preset, usual.title, usual.base_url, models)
