"""Brings a database to this version's tables. Alembic is imported only when there is something to do."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from writer.domain.errors import StorageError
from writer.storage.backup import copy_database
from writer.storage.database import Database
from writer.storage.faults import files_translated, translated

if TYPE_CHECKING:
    from alembic.config import Config

KNOWN = ("0001", "0002", "0003", "0004", "0005", "0007", "0008", "0009", "0011", "0010", "0012", "0014", "0015")
"""Every revision of this version of Writer, in the order they build on each other."""

HEAD = KNOWN[-1]


def migrate(database: Database) -> Path | None:
    """Does nothing on a database that is up to date. A SQLite file of an older version is copied first; returns where
    to."""
    found = revision(database)
    if found == HEAD:
        return None
    if found is not None and found not in KNOWN:
        raise StorageError("This database was made by a newer version of Writer. Update Writer, or restore a backup.")
    copy = copy_aside(database, found) if found else None
    with database.migrating() as connection:
        if _revision(connection) != HEAD:  # another process may have been quicker
            _upgrade(connection)
    return copy


def revision(database: Database) -> str | None:
    """None for a database without tables."""
    with translated(), database.engine.connect() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def copy_aside(database: Database, found: str) -> Path | None:
    """A server's database is backed up by its own tools: None."""
    if database.file is None:
        return None
    copy = database.file.with_name(f"{database.file.name}.before-{HEAD}-from-{found}")
    with files_translated():
        copy_database(database.file, copy)
    return copy


def _upgrade(connection: Connection) -> None:
    from alembic import command

    command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
