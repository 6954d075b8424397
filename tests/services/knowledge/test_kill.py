"""SIGKILL while sources are being read, embedded and indexed: nothing is lost, nothing is there twice."""

import io
import os
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np

from tests.services.knowledge.studio import Studio
from writer.domain.actors import LOCAL_ACTOR as ME
from writer.domain.sources import SourceState

ROOT = Path(__file__).parents[3]
SOURCES, PARAGRAPHS, KILLS = 5, 20, 5


def text_of(number: int) -> str:
    parts = (f"## Part {n}\n\nFact {n} of source {number} is about basin {n * number}." for n in range(PARAGRAPHS))
    return f"# Source {number}\n\n" + "\n\n".join(parts)


def killed_after(lines: int, command: list[str]) -> bool:
    """Whether the process could be killed: it may have finished before writing so much."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as process:
        assert process.stdout is not None
        for _ in range(lines):
            if process.stdout.readline().strip() in (b"finished", b""):
                return False
        process.send_signal(signal.SIGKILL)
    return True


def test_killed_at_random_moments_every_passage_is_there_once_in_all_three_places(
    sqlite_stores, sqlite_database, tmp_path, embedder, models
):
    url = f"sqlite:///{sqlite_database.file}"
    command = [sys.executable, "-m", "tests.services.knowledge.ingester", url, str(tmp_path), str(models)]
    randomness = random.Random(20)
    with Studio(sqlite_stores, tmp_path, embedder) as studio:
        for number in range(SOURCES):
            studio.sources.add_file(f"{number}.md", io.BytesIO(text_of(number).encode()), ME)

    kills = sum(killed_after(randomness.randint(1, 4), command) for _ in range(KILLS))
    assert kills >= 3

    finished = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert finished.stdout.endswith("finished\n")
    with Studio(sqlite_stores, tmp_path, embedder) as studio:
        assert {source.state for source in studio.sources.listing(ME)} == {SourceState.READY}
        _check(studio, tmp_path)


def _check(studio: Studio, folder: Path) -> None:
    store, model = studio.stores.sources, studio.sources.status().model
    passages = [
        passage.id for source in studio.sources.listing(ME) for passage in studio.sources.passages(source.id, ME)
    ]
    assert len(passages) == len(set(passages)) == SOURCES * PARAGRAPHS
    vectors = {vector.passage_id: np.frombuffer(vector.vector, "<f4") for vector in store.vectors(model)}
    assert sorted(vectors) == sorted(passages)
    with sqlite3.connect(folder / "index" / "keywords.sqlite3") as connection:
        words = [row[0] for row in connection.execute("SELECT passage_id FROM part")]
    connection.close()
    assert sorted(words) == sorted(passages)
    studio.vectors.start()
    studio.vectors.catch_up()
    assert studio.vectors.wait_until_current(60)
    held = studio.vectors._collection.get(include=["embeddings"])
    assert sorted(held["ids"]) == sorted(passages)
    pairs = zip(held["ids"], held["embeddings"], strict=True)
    assert all(np.allclose(vector, vectors[passage_id], atol=1e-5) for passage_id, vector in pairs)
