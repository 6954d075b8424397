"""Sources with made-up vectors, for tests of indexes that need no language model."""

import hashlib
from collections.abc import Sequence

import numpy as np

from writer.domain.ports.sources import SourceStore, StoredVector
from writer.domain.sources import Block, Document, NewPassage, NewSource, SourceState

MODEL = "made-up"
DIMENSION = 16


def vector_of(text: str) -> bytes:
    """The same text always has the same unit vector."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    values = np.random.default_rng(seed).standard_normal(DIMENSION).astype("<f4")
    return (values / np.linalg.norm(values)).astype("<f4").tobytes()


def add_source(store: SourceStore, texts: Sequence[str], *, owner: str = "local", title: str = "A source") -> int:
    """Ready, with one passage and vector per text. Returns the source's id."""
    digest = hashlib.sha256(repr((owner, title, *texts)).encode()).hexdigest()
    source = store.add(owner, NewSource("text", title, f"{title}.txt", digest))
    put_passages(store, source.id, texts)
    store.set_state(source.id, SourceState.READY)
    return source.id


def put_passages(store: SourceStore, source_id: int, texts: Sequence[str]) -> None:
    document = Document("", (Block("paragraph", " ".join(texts)),), " ".join(texts))
    passages = [
        NewPassage(n, text, (), 0, 0, len(text), hashlib.sha256(text.encode()).hexdigest())
        for n, text in enumerate(texts, start=1)
    ]
    store.put_document(source_id, document, passages)
    made = [StoredVector(passage.id, source_id, vector_of(passage.text)) for passage in store.passages(source_id)]
    store.put_vectors(MODEL, made)
