"""The parts of models: the hub, the disk, what runs here, Ollama, and servers on this machine."""

from collections.abc import Callable, Mapping
from functools import partial

from writer.domain.actors import Actor
from writer.domain.jobs import Job
from writer.domain.ports.local_models import LocalModels
from writer.hub import Disk, HuggingFaceHub, Ollama, Scout
from writer.hub.scout import Usual
from writer.providers.catalogue import PriceList
from writer.providers.presets import PRESETS
from writer.security.fetch import parsed
from writer.security.streaming import Stream, streaming
from writer.services.accounts import Accounts
from writer.services.jobs.context import Handler
from writer.services.models import (
    DownloadJob,
    LocalServers,
    Models,
    Offers,
    Ollamas,
    ProgressBoard,
    PullJob,
    ServedModels,
)
from writer.services.providers import Providers
from writer.settings import Settings
from writer.storage import Stores

Stop = Callable[[str, Actor], Job]
Wake = Callable[[str], None]


class ModelsRoom:
    def __init__(self, settings: Settings, stores: Stores, accounts: Accounts, providers: Providers) -> None:
        self._opened = frozenset(settings.fetch_hosts)
        self._stores = stores
        self._providers = providers
        self._board = ProgressBoard()
        self._hub = HuggingFaceHub(settings.hub_url, self._stream_to(settings.hub_url))
        self._disk = Disk(settings.data_dir / "models")
        self._ollamas = Ollamas(accounts, providers, lambda name, url: Ollama(name, url, self._stream_to(url)))
        self.offers = Offers(providers, PriceList())

    def handlers(self) -> Mapping[str, Handler]:
        download = DownloadJob(self._hub, self._disk, self._stores.settings, self._board)
        return {**download.handlers(), **PullJob(self._ollamas.of, self._board).handlers()}

    def local(self, runtime: LocalModels, stop: Stop, wake: Wake) -> Models:
        return Models(
            self._hub,
            self._disk,
            runtime,
            self._stores.jobs,
            self._stores.settings,
            self._providers,
            self._board,
            stop=stop,
            wake=wake,
        )

    def served(self, stop: Stop, wake: Wake) -> ServedModels:
        return ServedModels(self._ollamas, self._providers, self._stores.jobs, self._board, stop=stop, wake=wake)

    def servers(self) -> LocalServers:
        usual = [Usual(one.name, one.title, one.base_url) for one in PRESETS if one.is_local and one.base_url]
        opened = frozenset(_place(one.base_url) for one in usual)
        return LocalServers(Scout(usual, partial(streaming, allow_private=opened)), self._providers)

    def _stream_to(self, url: str) -> Stream:
        """An address that the owner set may be in the own network; where it leads on to may not."""
        return partial(streaming, allow_private=self._opened | {_place(url)})


def _place(url: str) -> str:
    address = parsed(url)
    return f"{address.host}:{address.port}"
