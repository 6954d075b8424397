"""The parts of publishing: sites, previews, and the job that sends."""

from collections.abc import Callable, Mapping
from functools import partial

from writer.domain.ports.publishing import Publisher
from writer.domain.publishing import Site
from writer.publishing import KINDS, make_publisher
from writer.security.fetch import fetch
from writer.services.drafts import Drafts
from writer.services.jobs.context import Handler
from writer.services.publishing import Publishing, PublishJob, Sites
from writer.settings import Settings
from writer.storage import Stores


class PublishingRoom:
    def __init__(self, settings: Settings, stores: Stores) -> None:
        opened = frozenset(settings.fetch_hosts)
        self._fetch = partial(fetch, allow_private=opened)
        self._stores = stores
        self.sites = Sites(stores.settings, KINDS, self._publisher, opened)

    def handlers(self) -> Mapping[str, Handler]:
        return PublishJob(self._stores.publications, self.sites.publisher).handlers()

    def desk(self, drafts: Drafts, wake: Callable[[str], None]) -> Publishing:
        return Publishing(self._stores.publications, drafts, self.sites, wake=wake)

    def _publisher(self, site: Site, secret: str) -> Publisher | None:
        return make_publisher(site, secret, self._fetch)
