"""Folders of what can be made anew from SQL at any time."""

from pathlib import Path

from writer.domain.errors import StorageError


def made_folder(folder: Path) -> None:
    """The folder is there afterwards: a file that stands in its place gives way. Raises StorageError."""
    try:
        if folder.is_file():
            folder.unlink()
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"The folder of the search index, {folder}, cannot be used: {error.strerror}.") from error
