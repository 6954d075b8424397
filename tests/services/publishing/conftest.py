"""A runner of its own over real rows, and a site over real sockets. Waits are short, and the fetcher's patience too."""

from collections.abc import Iterator

import pytest

from tests.services.publishing.desk import Desk
from tests.support.site_server import GhostSite, Site, WordPressSite, serving
from writer.storage import Stores


@pytest.fixture(params=["wordpress", "ghost"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def site(kind: str) -> Iterator[Site]:
    with serving(WordPressSite() if kind == "wordpress" else GhostSite()) as site:
        yield site


@pytest.fixture
def desk(sqlite_stores: Stores, kind: str, site: Site) -> Iterator[Desk]:
    desk = Desk(sqlite_stores, kind, site)
    yield desk
    desk.close()


@pytest.fixture
def desk_anywhere(stores: Stores, kind: str, site: Site) -> Iterator[Desk]:
    """The same on either engine, for what the rows have to carry."""
    desk = Desk(stores, kind, site)
    yield desk
    desk.close()
