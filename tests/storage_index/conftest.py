import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.vectors import DIMENSION, MODEL
from writer.domain.ports.sources import SourceStore
from writer.storage import Stores
from writer.storage.index import ChromaFolder, ChromaIndex, ExactIndex, collection_name

NAME = collection_name(MODEL, DIMENSION)
OpenIndex = Callable[..., ChromaIndex]


@pytest.fixture
def store(sqlite_stores: Stores) -> SourceStore:
    return sqlite_stores.sources


@pytest.fixture
def opened_index(store: SourceStore, tmp_path: Path) -> Iterator[OpenIndex]:
    """Opens the index in `tmp_path/chroma` as the app does, and closes it after the test."""
    opened: list[ChromaIndex] = []

    def open_(*, start: bool = True) -> ChromaIndex:
        index = ChromaIndex(
            ChromaFolder(tmp_path / "chroma", NAME),
            store,
            MODEL,
            ExactIndex(store, MODEL, DIMENSION),
            sleep=lambda seconds: None,
            randomness=random.Random(7),
            first_look=0,
        )
        opened.append(index)
        if start:
            index.start()
            index.catch_up()
        return index

    yield open_
    for index in opened:
        index.close()
