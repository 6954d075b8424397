"""The built-in search model's graph, built once for a whole run: each data folder would need seconds for its own."""

import os
import shutil
from pathlib import Path

from tests.support import shared_folder


def warmed(data: Path) -> Path:
    """The same folder, with the graph in it."""
    models = data / "models"
    models.mkdir(parents=True, exist_ok=True)
    for graph in shared_folder.built("models", _build).glob("*.onnx"):
        if not (models / graph.name).exists():
            linked(graph, models / graph.name)
    return data


def linked(file: str | Path, target: str | Path) -> None:
    """For `shutil.copytree`, too: 90 MB are not copied for each test."""
    if Path(file).suffix != ".onnx":
        shutil.copy2(file, target)
    elif not Path(target).exists():
        os.link(file, target)


def _build(folder: Path) -> None:
    from writer.embedding.choice import find_embedder

    embedder = find_embedder(folder)
    if embedder is not None:
        embedder.embed(["once"])
        embedder.close()
