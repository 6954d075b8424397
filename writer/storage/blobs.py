"""Uploaded files in a local folder, under names made here."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from writer.domain.errors import NotFound
from writer.storage.faults import files_translated

BLOB_NAME = re.compile(r"[0-9a-f]{32}")
_CHUNK = 1 << 20


class LocalBlobs:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: BinaryIO) -> str:
        """On disk, all of it, before the name is given out."""
        name = uuid4().hex
        aside = self._folder / f"{name}.part"
        with files_translated():
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                with aside.open("xb") as file:
                    shutil.copyfileobj(content, file, _CHUNK)
                    file.flush()
                    os.fsync(file.fileno())
                aside.replace(self._folder / name)
                sync_folder(self._folder)
            finally:
                with suppress(OSError):
                    aside.unlink(missing_ok=True)
        return name

    @contextmanager
    def path(self, name: str) -> Iterator[Path]:
        path = self._path(name)
        if not path.is_file():
            raise NotFound("The file of this source is missing. Delete the source and add it again.")
        yield path

    def delete(self, name: str) -> None:
        with files_translated():
            self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if not BLOB_NAME.fullmatch(name):
            raise NotFound("There is no such file.")
        return self._folder / name


def sync_folder(folder: Path) -> None:
    """A rename is only safe from a power cut once its folder is on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
