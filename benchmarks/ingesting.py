"""The app's own way from a text to the indexes, put together in a folder: for benchmarks that time it."""

import hashlib
import random
from pathlib import Path

from writer.documents.assembly import placed
from writer.domain.ports.sources import Embedder
from writer.domain.sources import Block, Document, NewSource, SourceState
from writer.security.cipher import FileCipher
from writer.services.knowledge.chunking import chunked
from writer.services.knowledge.vectors import PassageVectors
from writer.storage import Stores, migrate, open_database
from writer.storage.index import ChromaFolder, ChromaIndex, ExactIndex, FtsIndex, collection_name

OWNER = "local"
PASSAGES_PER_SOURCE = 64
_WAIT_S = 120
_VOCABULARY = (
    "the council harbour basin price of grain was built by engineers in a winter when ships from north brought timber "
    "and coal to warehouses along river while committees met about bridges schools water pipes taxes and roads"
)


def texts(count: int, seed: int) -> list[str]:
    """Of about 150 tokens each, none of them twice: what was embedded before is not embedded again."""
    chance = random.Random(seed)
    words = _VOCABULARY.split()
    return [_text(chance, words) for _ in range(count)]


def _text(chance: random.Random, words: list[str]) -> str:
    sentences = [" ".join(chance.choices(words, k=chance.randint(9, 15))) for _ in range(chance.randint(9, 14))]
    return " ".join(f"{sentence.capitalize()}." for sentence in sentences)


class Rig:
    """Sources that are cut and stored already; `index` is what a benchmark times."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self.database = open_database(f"sqlite:///{folder / 'writer.db'}")
        migrate(self.database)
        self.sources = Stores(self.database, FileCipher(folder / "secret.key")).sources
        self.embedder = embedder
        self.keywords = FtsIndex(folder / "index", self.sources)
        home = ChromaFolder(folder / "chroma", collection_name(embedder.model, embedder.dimension))
        exact = ExactIndex(self.sources, embedder.model, embedder.dimension)
        self.vectors = ChromaIndex(home, self.sources, embedder.model, exact, first_look=0)
        self.vectors.start()

    def add(self, paragraphs: list[str]) -> int:
        """One source for each 64 paragraphs; returns how many passages came of them."""
        before = self.sources.counts(self.embedder.model)[0]
        for start in range(0, len(paragraphs), PASSAGES_PER_SOURCE):
            self._add(paragraphs[start : start + PASSAGES_PER_SOURCE])
        return self.sources.counts(self.embedder.model)[0] - before

    def _add(self, paragraphs: list[str]) -> None:
        name = hashlib.sha256("".join(paragraphs).encode()).hexdigest()
        source = self.sources.add(OWNER, NewSource("text", name[:8], name, name))
        blocks = [
            block
            for n, text in enumerate(paragraphs, start=1)
            for block in (Block("heading", f"Part {n}", level=1), Block("paragraph", text))
        ]
        whole, found = placed(blocks)
        document = Document("", found, whole)
        self.sources.put_document(source.id, document, chunked(document, self.embedder.count_tokens))
        self.sources.set_state(source.id, SourceState.READY)

    def index(self) -> int:
        """Vectors for whatever lacks them, in SQL, and both indexes up to date with it."""
        work = PassageVectors(self.sources, self.embedder)
        made = work.fill(work.missing_of(self.sources.lacking(self.embedder.model)), lambda done: self.follow())
        self.follow()
        if not self.vectors.wait_until_current(_WAIT_S):
            raise RuntimeError("the vector index did not become current")
        return made

    def follow(self) -> None:
        self.keywords.catch_up(wait=False)
        self.vectors.catch_up()

    def embedded_texts(self) -> list[str]:
        """What the next `index` will embed."""
        work = PassageVectors(self.sources, self.embedder)
        batches = work.missing_of(self.sources.lacking(self.embedder.model))
        return [text for batch in batches for text in work.texts(batch)]

    def close(self) -> None:
        self.vectors.close()
        self.keywords.close()
        self.database.dispose()
