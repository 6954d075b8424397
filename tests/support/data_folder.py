"""What every data folder needs, made once for a whole run: the built-in search model's graph, and empty tables."""

import os
import shutil
from pathlib import Path

from tests.support import shared_folder
from writer.storage import migrate, open_database

DATABASE_FILE = "writer.db"


def warmed(data: Path) -> Path:
    """The same folder, with the graph in it, and a database that is up to date."""
    models = data / "models"
    models.mkdir(parents=True, exist_ok=True)
    for graph in shared_folder.built("models", _build).glob("*.onnx"):
        if not (models / graph.name).exists():
            linked(graph, models / graph.name)
    if not (data / DATABASE_FILE).exists():
        shutil.copyfile(empty_database(), data / DATABASE_FILE)
    return data


def empty_database() -> Path:
    """A SQLite file with all tables and nothing in them."""
    return shared_folder.built("database", _migrated) / DATABASE_FILE


def linked(file: str | Path, target: str | Path) -> None:
    """For `shutil.copytree`, too: 90 MB are not copied for each test."""
    if Path(file).suffix != ".onnx":
        shutil.copy2(file, target)
    elif not Path(target).exists():
        os.link(file, target)


def _migrated(folder: Path) -> None:
    database = open_database(f"sqlite:///{folder / DATABASE_FILE}")
    migrate(database)
    database.dispose()


def _build(folder: Path) -> None:
    from writer.embedding.choice import find_embedder

    embedder = find_embedder(folder)
    if embedder is not None:
        embedder.embed(["once"])
        embedder.close()
