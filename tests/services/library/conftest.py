import pytest

from writer.services.drafts import Drafts
from writer.services.exports import Exports
from writer.services.library import Library, TitleIndex


@pytest.fixture
def titles(stores, embedder) -> TitleIndex:
    return TitleIndex(stores.library, embedder)


@pytest.fixture
def library(stores, titles) -> Library:
    drafts = Drafts(stores.drafts, stores.sources)
    return Library(stores.library, drafts, Exports(drafts), titles)
