"""The built-in search model's graph, built once for a whole run: each data folder would need seconds for its own."""

import fcntl
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

PLACE = "PYTEST_SEARCH_MODEL"
"""The environment's name for the run's folder; workers inherit it."""


def warmed(data: Path) -> Path:
    """The same folder, with the graph in it."""
    models = data / "models"
    models.mkdir(parents=True, exist_ok=True)
    for graph in _built().glob("*.onnx"):
        if not (models / graph.name).exists():
            linked(graph, models / graph.name)
    return data


def linked(file: str | Path, target: str | Path) -> None:
    """For `shutil.copytree`, too: 90 MB are not copied for each test."""
    if Path(file).suffix == ".onnx":
        os.link(file, target)
    else:
        shutil.copy2(file, target)


def begin() -> None:
    os.environ[PLACE] = tempfile.mkdtemp(prefix="writer-tests-")


def end() -> None:
    shutil.rmtree(os.environ.pop(PLACE), ignore_errors=True)


@cache
def _built() -> Path:
    from writer.embedding.choice import find_embedder

    folder = Path(os.environ[PLACE])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        embedder = find_embedder(folder)
        if embedder is not None:
            embedder.embed(["once"])
            embedder.close()
    return folder
