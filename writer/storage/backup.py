"""Backups: the database as it is at one moment, with the uploaded files, in one tar file. Secrets stay out."""

import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePosixPath

from writer.domain.errors import StorageError, UserMistake
from writer.storage.blobs import BLOB_NAME, sync_folder
from writer.storage.database import Database
from writer.storage.faults import files_translated, translated

DATABASE_MEMBER = "writer.db"
_BLOBS = "blobs"
_NOT_OURS = "This is not a backup made by Writer: {why}. Nothing was restored."


def back_up(database: Database, blobs: Path, target: Path) -> None:
    """While the app runs. The secret key is left out: a backup that leaks opens no account."""
    if database.file is None:
        raise UserMistake("This backup is for the SQLite database; back Postgres up with pg_dump.")
    aside = target.with_name(target.name + ".part")
    with files_translated(), tempfile.TemporaryDirectory(dir=target.parent) as folder:
        copy = Path(folder) / DATABASE_MEMBER
        copy_database(database.file, copy)
        try:
            with tarfile.open(aside, "w:gz", compresslevel=1) as archive:
                archive.add(copy, DATABASE_MEMBER, recursive=False)
                for blob in sorted(blobs.iterdir()) if blobs.is_dir() else ():
                    if BLOB_NAME.fullmatch(blob.name):
                        archive.add(blob, f"{_BLOBS}/{blob.name}", recursive=False)
            aside.replace(target)
            sync_folder(target.parent)
        finally:
            aside.unlink(missing_ok=True)


def copy_database(source: Path, target: Path) -> None:
    """A consistent copy, also while others write."""
    with translated(), closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)
        written.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it


def restore(archive: Path, database_file: Path, blobs: Path) -> Path | None:
    """Put a backup in place while the app is stopped. Returns where the database that was there now lies."""
    with files_translated(), _opened(archive) as tar:
        members = _checked(tar)
        database_file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=database_file.parent) as folder:
            for member in members:
                _unpack(tar, member, Path(folder) / member.name)
            _check_database(Path(folder) / DATABASE_MEMBER)
            return _put_in_place(Path(folder), database_file, blobs)


@contextmanager
def _opened(archive: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(archive, "r:*") as tar:
            yield tar
    except (tarfile.TarError, EOFError) as error:
        raise UserMistake(_NOT_OURS.format(why="it is damaged or of another kind")) from error


def _checked(tar: tarfile.TarFile) -> list[tarfile.TarInfo]:
    """All members, each a plain file under a name that we give; refused as a whole otherwise."""
    members = tar.getmembers()
    for member in members:
        path = PurePosixPath(member.name)
        ours = member.name == DATABASE_MEMBER or (
            path.parts[:-1] == (_BLOBS,) and member.name == str(path) and bool(BLOB_NAME.fullmatch(path.name))
        )
        if not ours or not member.isreg():
            raise UserMistake(_NOT_OURS.format(why=f"it holds “{member.name}”"))
    if DATABASE_MEMBER not in {member.name for member in members}:
        raise UserMistake(_NOT_OURS.format(why="it holds no database"))
    return members


def _unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    content = tar.extractfile(member)
    if content is None:
        raise UserMistake(_NOT_OURS.format(why=f"“{member.name}” is not a file"))
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file)
        file.flush()
        os.fsync(file.fileno())


def _check_database(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise UserMistake(_NOT_OURS.format(why="its database is damaged")) from error
    if verdict != "ok":
        raise UserMistake(_NOT_OURS.format(why="its database is damaged"))


def _put_in_place(unpacked: Path, database_file: Path, blobs: Path) -> Path | None:
    kept = _set_aside(database_file)
    blobs.mkdir(parents=True, exist_ok=True)
    for blob in sorted((unpacked / _BLOBS).glob("*")):
        blob.replace(blobs / blob.name)
    (unpacked / DATABASE_MEMBER).replace(database_file)
    sync_folder(database_file.parent)
    return kept


def _set_aside(database_file: Path) -> Path | None:
    """The old database stays, whole: its log is folded in first, or it would be replayed into the new one."""
    if not database_file.exists():
        return None
    kept = database_file.with_name(f"{database_file.name}.before-restore")
    if kept.exists():
        raise StorageError(f"“{kept}” is still there from an earlier restore. Move it away first.")
    copy_database(database_file, kept)
    for suffix in ("-wal", "-shm"):
        database_file.with_name(database_file.name + suffix).unlink(missing_ok=True)
    return kept
