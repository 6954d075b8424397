import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.knowledge.studio import Studio
from tests.support.sites import serving
from writer.domain.ports.sources import Embedder
from writer.storage import Stores

serve = pytest.fixture(serving)


@pytest.fixture
def studio(stores: Stores, tmp_path: Path, embedder: Embedder) -> Iterator[Studio]:
    """All of the knowledge part over SQLite and over Postgres."""
    with Studio(stores, tmp_path, embedder) as made:
        yield made


@pytest.fixture
def sqlite_studio(sqlite_stores: Stores, tmp_path: Path, embedder: Embedder) -> Iterator[Studio]:
    with Studio(sqlite_stores, tmp_path, embedder) as made:
        yield made


@pytest.fixture
def wordless_studio(sqlite_stores: Stores, tmp_path: Path) -> Iterator[Studio]:
    """An installation without an embedding model."""
    with Studio(sqlite_stores, tmp_path, None) as made:
        yield made


@pytest.fixture
def harbour() -> io.BytesIO:
    return io.BytesIO(HARBOUR.encode())


HARBOUR = """# The harbour

## History

The harbour was built in 1802. Ships from the north brought timber and grain. The first basin was dug by hand.

## Tides

The tide rises by four metres in spring. Pilots wait for high water before they bring large ships in. The moon decides.

## Trade

Grain is weighed twice and stored in brick warehouses. The price of wheat fell sharply in 1879.
"""
