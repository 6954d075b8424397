"""How long a search takes: `python -m benchmarks search [--passages N] [--keep FOLDER]`.

The app's own search, all of it (whose sources, words, meaning, fusion, the passages and the places of the words), as a
ratio to what somebody would call who used the libraries directly on the same data: encode the question with the same
encoder, ask the same Chroma collection for its 50 nearest, ask the same FTS5 table for its 50 best, without a filter
and without reading a passage. All in the same run, one after the other, each with another question. Percentiles of
sums are smaller than sums of percentiles: the ratio is to the sum of the parts' own 95th percentiles.

The second ratio is to the same quiet sum, while documents are uploaded, read, embedded and indexed by the app.
The collection is synthetic (`search_collection.py`); `--keep` keeps it for the next run.
"""

import argparse
import io
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.report import at_most
from benchmarks.search_collection import fill, questions, sample_sentences
from writer import bootstrap
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.ports.sources import Embedder
from writer.embedding.choice import find_embedder
from writer.settings import read_settings
from writer.storage.index.keyword import matching, terms_of

PASSAGES = 100_000
ASKED = 200
WARM_UP = 10
NEIGHBOURS = 50
SHOWN = 8
AT_ONCE = 2
SENTENCES = 400
OPENING_S = 300


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Latency of searches")
    parser.add_argument("--passages", type=int, default=PASSAGES)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        data = asked.keep or Path(folder) / "data"
        environ = {"HOME": folder, "WRITER_DATA_DIR": str(data), "WRITER_LOG_LEVEL": "ERROR"}
        embedder = find_embedder(data / "models")
        if embedder is None:
            raise SystemExit("No embedding model is installed: nothing to measure.")
        app = bootstrap.build(read_settings(environ))
        try:
            build(app, embedder, asked.passages)
            app.start()
            if not app._index.wait_until_current(OPENING_S):
                raise SystemExit(f"The vector index did not open: {app._index.state}.")
            measure(app, embedder, data)
        finally:
            app.close()


def build(app: App, embedder: Embedder, passages: int) -> None:
    if app.sources.tally(LOCAL_ACTOR).passages:
        return
    started = time.perf_counter()
    fill(app.database, embedder, passages)
    filled = time.perf_counter()
    app.sources.reindex()
    print(
        f"     {passages:,} passages made in {filled - started:.0f} s, indexed in {time.perf_counter() - filled:.0f} s"
    )


def measure(app: App, embedder: Embedder, data: Path) -> None:
    asked = questions()

    def search(query: str) -> object:
        return app.sources.search(query, LOCAL_ACTOR, SHOWN)

    with closing(sqlite3.connect(data / "index" / "keywords.sqlite3")) as connection:
        parts = bare_parts(app, embedder, connection)
        taken = in_turn({**parts, "search": search}, asked)
    bare = sum(p95(taken[name]) for name in parts)
    shown("quiet", taken)
    at_most("search / its bare parts: encoding + Chroma + FTS5", p95(taken["search"]) / bare, 1.3)
    with ingesting(app) as done:
        taken = in_turn({"search": search}, asked)
    shown(f"while {done.documents} documents were taken in", taken)
    at_most("search while ingesting / the bare parts measured quietly", p95(taken["search"]) / bare, 4)


def shown(when: str, taken: dict[str, list[float]]) -> None:
    times = (f"{name} {p95(of_name) * 1000:.1f} ({median(of_name) * 1000:.1f})" for name, of_name in taken.items())
    print(f"     {when}, ms at the 95th percentile (median): {', '.join(times)}", flush=True)


def bare_parts(app: App, embedder: Embedder, connection: sqlite3.Connection) -> dict[str, Callable[[str], object]]:
    import numpy as np

    assert app._index.current is not None
    collection: Any = app._index.current._collection
    vectors: list[bytes] = []
    statement = "SELECT passage_id, rank FROM part WHERE part MATCH ? ORDER BY rank LIMIT ?"

    def encode(query: str) -> None:
        vectors[:] = embedder.embed([query])

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


def median(times: Sequence[float]) -> float:
    return sorted(times)[len(times) // 2]


class ingesting:
    """While entered, `AT_ONCE` documents are always being read, embedded and indexed by the app's own jobs."""

    def __init__(self, app: App) -> None:
        self.documents = 0
        self._app = app
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._upload)
        self._number = app.sources.tally(LOCAL_ACTOR).sources

    def __enter__(self) -> "ingesting":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _upload(self) -> None:
        texts = sample_sentences()
        while not self._ended.wait(0.2):
            if self._app.sources.tally(LOCAL_ACTOR).at_work < AT_ONCE:
                self._number += 1
                words = " ".join(f"{texts[n % len(texts)]} ({self._number}.{n})" for n in range(SENTENCES))
                self._app.sources.upload(f"{self._number}.txt", io.BytesIO(words.encode()), LOCAL_ACTOR)
                self.documents += 1


if __name__ == "__main__":
    main()
