"""Folders on this machine: which documents are in them, and which of those changed."""

import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from writer.domain.errors import SourceRefused, UserMistake
from writer.domain.imports import ImportOutcome, Origin, Taken
from writer.domain.kinds import READABLE, SUFFIXES
from writer.domain.ports.sources import SourceStore
from writer.domain.sources import Source, SourceState
from writer.services.knowledge.intake import Intake, named

MOST_FILES = 2_000
_SYSTEM = ("/etc", "/proc", "/sys", "/dev", "/boot", "/run", "/bin", "/sbin", "/lib", "/usr", "/var", "C:/Windows")
_ALLOWED_BELOW = ("/var/home", "/var/folders")  # homes and scratch folders of some systems


def documents_in(folder: Path, most: int | None = MOST_FILES) -> list[Path]:
    """Those in it and below, by name. Hidden ones are left alone, and links that lead out of the folder."""
    found = sorted(islice(_walked(folder.resolve()), most + 1 if most else None))
    if most and len(found) > most:
        raise UserMistake(f"This folder holds more than {most:,} documents. Choose folders inside it instead.")
    return found


def _walked(folder: Path) -> Iterator[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(where, name)
            if name.startswith(".") or path.suffix.lower() not in SUFFIXES or not path.is_file():
                continue
            if path.is_symlink() and not path.resolve().is_relative_to(folder):
                continue
            yield path


def checked_folder(path: str, data_dir: Path | None = None) -> Path:
    """A folder that a person may name in the app. UserMistake says why not."""
    if not path.strip() or "\x00" in path:
        raise UserMistake("Name a folder, for example /home/ada/notes.")
    folder = Path(path.strip()).expanduser()
    if not folder.is_absolute():
        raise UserMistake("Give the whole path of the folder, beginning with / or a drive.")
    try:
        folder = folder.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise UserMistake(f"There is no folder {folder}.") from error
    if not folder.is_dir():
        raise UserMistake(f"{folder} is a file. Name a folder, or upload the file.")
    hidden = any(part.startswith(".") for part in folder.parts)
    ours = data_dir is not None and (folder.is_relative_to(data_dir) or data_dir.is_relative_to(folder))
    if folder == Path(folder.anchor) or hidden or ours or _is_system(folder):
        raise UserMistake(f"{folder} belongs to the system or to Writer itself. Choose a folder with your documents.")
    return folder


def _is_system(folder: Path) -> bool:
    if any(folder.is_relative_to(allowed) and folder != Path(allowed) for allowed in _ALLOWED_BELOW):
        return False
    return any(folder.is_relative_to(system) for system in _SYSTEM)


class Files:
    """Takes files in by their path. Unchanged ones are told by size and time alone, without being opened."""

    def __init__(self, sources: SourceStore, intake: Intake) -> None:
        self._sources = sources
        self._intake = intake

    def known_below(self, owner_id: str, folder: Path) -> dict[str, Source]:
        return self._sources.below_origin(owner_id, origin_of(folder).removesuffix("/") + "/")

    def take(
        self, owner_id: str, path: Path, known: Mapping[str, Source] | None = None, collection_id: int | None = None
    ) -> Taken:
        """`known`: what `known_below` gave, which saves a question for each file. SourceRefused says why not."""
        address = origin_of(path)
        try:
            told = path.stat()
            stamp = f"{told.st_size}:{told.st_mtime_ns}"
            here = (known or {}).get(address) or self._sources.by_origin(owner_id, address)
            if here is not None and here.stamp == stamp and here.state is not SourceState.FAILED:
                return Taken(here, ImportOutcome.UNCHANGED, f"{named(here)} has not changed.")
            if told.st_size > self._intake.max_bytes:
                raise SourceRefused(
                    f"“{path.name}” has {told.st_size / 1e6:.0f} MB; Writer reads up to "
                    f"{self._intake.max_bytes / 1e6:.0f} MB."
                )
            with path.open("rb") as content:
                origin = Origin(address, stamp, renews=True)
                return self._intake.take_file(owner_id, path.name, content, origin, collection_id)
        except OSError as error:
            raise SourceRefused(f"{path} cannot be read: {error.strerror}.") from error


def origin_of(path: Path) -> str:
    return f"file:{path.resolve().as_posix()}"


NO_DOCUMENTS = f"There are no documents in this folder: Writer reads {READABLE}."
