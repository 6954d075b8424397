from pathlib import Path

import pytest

from tests.services.extractive.support import Shelf, WordHashes
from writer.documents.reader import IsolatedReader
from writer.domain.sources import Passage, passage_id
from writer.samples import SAMPLES
from writer.services.extractive import ExtractiveDrafter
from writer.services.knowledge.chunking import chunked, estimated_tokens


@pytest.fixture(scope="session")
def samples() -> list[Passage]:
    """The sample collection as passages, cut as it is when it is added."""
    return [p for number, sample in enumerate(SAMPLES, start=1) for p in _passages(number, sample.path)]


def _passages(number: int, path: Path) -> list[Passage]:
    document = IsolatedReader().read(path, "markdown" if path.suffix == ".md" else "text", path.name)
    title = document.title or path.stem
    return [
        Passage(
            passage_id(number, c.ordinal), number, title, c.ordinal, c.text, c.heading_path, 0, c.start, c.end, c.digest
        )
        for c in chunked(document, estimated_tokens)
    ]


@pytest.fixture(params=["with a model", "keywords only"])
def drafter_over(request):
    """Makes a drafter over passages; every test that uses it runs with and without an embedding model."""
    embedder = WordHashes() if request.param == "with a model" else None
    return lambda passages: ExtractiveDrafter(Shelf(passages), embedder)
