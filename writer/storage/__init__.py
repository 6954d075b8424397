"""Rows, repositories, migrations and blobs. SQLAlchemy stays in here: callers get domain values."""

from writer.storage.backup import back_up, restore
from writer.storage.blobs import LocalBlobs
from writer.storage.database import Database, open_database
from writer.storage.migrations import migrate
from writer.storage.stores import Stores

__all__ = ["Database", "LocalBlobs", "Stores", "back_up", "migrate", "open_database", "restore"]
