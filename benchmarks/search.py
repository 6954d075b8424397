"""How long a search takes: `python -m benchmarks.search [--passages N]`.

The collection is synthetic: sentences of the sample documents, recombined into passages of four; each vector is a real
one of a sentence with noise and some of another's added. Ratios are to the bare parts, measured in the same run.
"""

import argparse
import random
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.report import at_most
from benchmarks.retrieval import OWNER, Rig
from writer import samples
from writer.domain.ports.sources import StoredVector
from writer.domain.sources import Block, Document, NewPassage, NewSource, SourceState
from writer.domain.text import sentences
from writer.embedding.choice import find_embedder
from writer.storage.index.keyword import matching, terms_of

PASSAGES = 100_000
OF_EACH = 20
ASKED = 100
WARM_UP = 5
NEIGHBOURS = 10


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Latency of searches")
    parser.add_argument("--passages", type=int, default=PASSAGES)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        embedder = find_embedder(Path(folder) / "models")
        if embedder is None:
            raise SystemExit("No embedding model is installed: nothing to measure.")
        rig = Rig(Path(folder) / "collection", embedder)
        try:
            texts = sample_sentences()
            fill(rig, texts, asked.passages)
            rig.vectors.rebuild()
            rig.keywords.catch_up()
            measure(rig, questions(texts))
        finally:
            rig.close()


def sample_sentences() -> list[str]:
    files = sorted(Path(samples.__file__).parent.glob("*.md"))
    found = [sentence for file in files for sentence in sentences(file.read_text("utf-8"))]
    return [sentence for sentence in found if 6 <= len(sentence.split()) <= 60]


def questions(texts: Sequence[str]) -> list[str]:
    """Runs of words from real sentences, each another one: none is in a cache."""
    chance = random.Random(3)
    words = [chance.choice(texts).split() for _ in range(6 * ASKED)]
    return [" ".join(chance.sample(sentence, min(len(sentence), chance.randint(4, 9)))) for sentence in words]


def fill(rig: Rig, texts: Sequence[str], passages: int) -> None:
    import numpy as np

    real = np.stack([np.frombuffer(vector, "<f4") for vector in rig.embedder.embed(texts)])
    chance, noise = random.Random(1), np.random.default_rng(1)
    for number in range(passages // OF_EACH):
        source = rig.sources.add(OWNER, NewSource("text", f"Document {number}", "", f"{number:064}"))
        picks = [[chance.randrange(len(texts)) for _ in range(4)] for _ in range(OF_EACH)]
        parts = [" ".join(texts[pick] for pick in of_passage) for of_passage in picks]
        new = [NewPassage(n, text, (), 0, 0, len(text), f"{number}-{n}") for n, text in enumerate(parts, start=1)]
        whole = "\n".join(parts)
        rig.sources.put_document(source.id, Document("", (Block("paragraph", whole),), whole), new)
        mixed = [real[a] + 0.5 * real[b] + noise.normal(0, 0.03, real.shape[1]) for a, b, *_ in picks]
        vectors = [(vector / np.linalg.norm(vector)).astype("<f4").tobytes() for vector in mixed]
        stored = [StoredVector(f"S{source.id}.p{n}", source.id, vector) for n, vector in enumerate(vectors, start=1)]
        rig.sources.put_vectors(rig.embedder.model, stored)
        rig.sources.set_state(source.id, SourceState.READY)


def measure(rig: Rig, asked: Sequence[str]) -> None:
    quiet = iter(asked)
    with sqlite3.connect(rig.keywords._path) as connection:
        parts = bare_parts(rig, connection)
        taken = in_turn({**parts, "search": lambda query: rig.search.hits(OWNER, query, 8)}, quiet)
    connection.close()
    bare = sum(p95(taken[name]) for name in parts)
    print("     " + ", ".join(f"{name} {p95(times) * 1000:.1f} ms" for name, times in taken.items()) + " (p95)")
    at_most("search / its bare parts: encoding + Chroma + FTS5", p95(taken["search"]) / bare, 1.3)
    ended = threading.Event()
    thread = threading.Thread(target=ingest, args=(rig, asked, ended))
    thread.start()
    busy = p95(in_turn({"search": lambda query: rig.search.hits(OWNER, query, 8)}, quiet)["search"])
    ended.set()
    thread.join()
    print(f"     a search while documents are being embedded and stored {busy * 1000:.1f} ms (p95)")
    at_most("search while ingesting / the bare parts measured quietly", busy / bare, 4)


def bare_parts(rig: Rig, connection: sqlite3.Connection) -> dict[str, Callable[[str], object]]:
    import numpy as np

    collection: Any = rig.vectors._collection
    vectors: list[bytes] = []
    statement = "SELECT passage_id, rank FROM part WHERE part MATCH ? ORDER BY rank LIMIT ?"

    def encode(query: str) -> None:
        vectors[:] = rig.embedder.embed([query])

    def chroma(_: str) -> object:
        vector = np.frombuffer(vectors[0], "<f4")
        return collection.query(query_embeddings=[vector], n_results=NEIGHBOURS, include=["distances"])

    def fts(query: str) -> object:
        return connection.execute(statement, (matching(terms_of(query)), NEIGHBOURS)).fetchall()

    return {"encoding": encode, "Chroma": chroma, "FTS5": fts}


def in_turn(works: dict[str, Callable[[str], object]], asked: Iterator[str]) -> dict[str, list[float]]:
    """Seconds of each, one after the other: what else the machine does hits all alike. Each asks something else."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(ASKED + WARM_UP):
        for name, work in works.items():
            query = next(asked)
            started = time.perf_counter()
            work(query)
            if turn >= WARM_UP:
                taken[name].append(time.perf_counter() - started)
    return taken


def p95(times: Sequence[float]) -> float:
    return sorted(times)[int(0.95 * len(times))]


def ingest(rig: Rig, texts: Sequence[str], ended: threading.Event) -> None:
    number = 0
    while not ended.is_set():
        number += 1
        rig.add(f"new {number}", f"New {number}", " ".join(f"{number} {text}." for text in texts[:200]))
        rig.embed()
        rig.keywords.catch_up()
        rig.vectors.catch_up()


if __name__ == "__main__":
    main()
