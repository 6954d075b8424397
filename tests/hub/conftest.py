from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.support.hub_server import HubSite, serving
from writer.hub import Disk, HuggingFaceHub
from writer.security.streaming import streaming

Serve = Callable[[HubSite], HubSite]


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda site: stack.enter_context(serving(site))


def hub_of(site: HubSite) -> HuggingFaceHub:
    opened = frozenset({site.host, f"localhost:{site.port}"})
    return HuggingFaceHub(site.url, partial(streaming, allow_private=opened), wait=lambda seconds, ended: None)


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "models")
