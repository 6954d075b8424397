import pytest

from writer.embedding.choice import find_embedder
from writer.services.drafts import Drafts
from writer.services.exports import Exports
from writer.services.library import Library, TitleIndex


@pytest.fixture(scope="session")
def embedder(tmp_path_factory):
    found = find_embedder(tmp_path_factory.mktemp("models"))
    assert found is not None
    return found


@pytest.fixture
def titles(stores, embedder) -> TitleIndex:
    return TitleIndex(stores.library, embedder)


@pytest.fixture
def library(stores, titles) -> Library:
    drafts = Drafts(stores.drafts, stores.sources)
    return Library(stores.library, drafts, Exports(drafts), titles)
