"""What the database drivers raise, translated once into sentences."""

import errno
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from writer.domain.errors import NotFound, StorageError

logger = logging.getLogger(__name__)

DISK_FULL = "The disk is full, so nothing more can be saved. Free some space; what was saved before is safe."
LOCKED = "The database is locked by another program. Close it or wait a moment, then try again."
READ_ONLY = "The database is read-only. Check the permissions of the data folder; nothing was changed."
CANNOT_OPEN = "The database cannot be opened. Check that the data folder exists and that you may write there."
DAMAGED = "The database file is damaged or is not a database. Restore a backup with “python -m writer restore FILE”."
DISK_FAULT = "The disk did not read or write the database as asked. Check the disk; what was saved before is safe."
UNREACHABLE = "The database server cannot be reached. Check that it runs and that WRITER_DATABASE_URL is right."
REFUSED = "The database server refused the login. Check user, password and database name in WRITER_DATABASE_URL."
NOT_SET_UP = "The database has no tables for this version of Writer. Run “python -m writer migrate” first."
BUSY = "The database is too busy to answer. Try again in a moment."
UNKNOWN = "The database did not do its part; nothing was changed. The log has the details."

_SQLITE = {
    "SQLITE_FULL": DISK_FULL,
    "SQLITE_BUSY": LOCKED,
    "SQLITE_LOCKED": LOCKED,
    "SQLITE_READONLY": READ_ONLY,
    "SQLITE_PERM": READ_ONLY,
    "SQLITE_CANTOPEN": CANNOT_OPEN,
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
    "SQLITE_IOERR_SHMSIZE": DISK_FULL,  # no room for the index of the write-ahead log: nothing else fails there
    "SQLITE_IOERR": DISK_FAULT,
}
# SQLSTATE classes and codes, longest match first: https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRES = {
    "53100": DISK_FULL,
    "25006": READ_ONLY,
    "42501": READ_ONLY,
    "55P03": LOCKED,
    "40P01": LOCKED,
    "42P01": NOT_SET_UP,
    "42703": NOT_SET_UP,
    "3D000": REFUSED,
    "53": BUSY,
    "57": UNREACHABLE,
    "28": REFUSED,
    "08": UNREACHABLE,
}


@contextmanager
def translated(*, reading: bool = False) -> Iterator[None]:
    """Raises StorageError for every fault of the database; when reading, NotFound for an id that no column can hold.

    A value of ours that cannot be stored at all is our own mistake, and stays the error that it is.
    """
    try:
        yield
    except PoolTimeout as error:
        raise StorageError(BUSY) from error
    except (SQLAlchemyError, sqlite3.Error, OverflowError) as error:
        if reading and isinstance(error, DataError | OverflowError):
            raise NotFound("There is no such item.") from error
        if isinstance(error, StatementError) and not isinstance(error, DBAPIError) and error.orig is not None:
            raise error.orig from error
        if isinstance(error, IntegrityError) and _is_orphan(error.orig):
            raise NotFound("What this belongs to was deleted in the meantime.") from error
        sentence = sentence_about(error)
        if sentence == UNKNOWN:
            logger.exception("an unexpected fault of the database")
        raise StorageError(sentence) from error


def _is_orphan(cause: object) -> bool:
    names = (getattr(cause, "sqlite_errorname", ""), getattr(cause, "sqlstate", ""))
    return "SQLITE_CONSTRAINT_FOREIGNKEY" in names or "23503" in names


def sentence_about(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(cause, sqlite3.Error):
        return _about_sqlite(cause)
    state = getattr(cause, "sqlstate", None)
    if state:
        return _POSTGRES.get(state) or _POSTGRES.get(state[:2], UNKNOWN)
    if isinstance(error, DBAPIError) and type(cause).__name__ in ("OperationalError", "ConnectionTimeout"):
        return _about_connecting(str(cause))
    return UNKNOWN


def _about_connecting(text: str) -> str:
    """libpq gives no SQLSTATE when a connection fails, only the server's words."""
    refused = ("authentication failed", "no password supplied", "does not exist")
    return REFUSED if any(words in text and "No such file" not in text for words in refused) else UNREACHABLE


def _about_sqlite(error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", None) or ""
    if "no such table" in str(error) or "no such column" in str(error) or "has no column" in str(error):
        return NOT_SET_UP
    return next((text for code, text in _SQLITE.items() if name.startswith(code)), UNKNOWN)


@contextmanager
def files_translated() -> Iterator[None]:
    """The same for files beside the database."""
    try:
        yield
    except OSError as error:
        raise StorageError(_about_file(error)) from error


def _about_file(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DISK_FULL
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return f"“{error.filename}” cannot be written. Check the permissions of the data folder."
    if error.errno == errno.ENOENT:
        return f"“{error.filename}” is missing."
    return f"The disk did not do its part: {error.strerror}."
