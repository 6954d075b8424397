"""Puts Writer together: the only room that knows every layer.

`app.py` says what comes of it, `workshop.py` makes the parts, `knowledge.py` those of sources and search, `checks.py`
those of the doctor.
"""

import threading

from writer.bootstrap.app import App
from writer.bootstrap.workshop import Workshop
from writer.logs import setup_logging
from writer.services.jobs import RunnerPolicy
from writer.settings import Settings, make_data_dir, read_settings
from writer.storage import migrate, open_database

__all__ = ["App", "build", "shared"]


def build(settings: Settings, policy: RunnerPolicy | None = None) -> App:
    """Opens the database (migrated where it is our own file) and wires everything; nothing runs before `start`."""
    make_data_dir(settings)
    setup_logging(
        settings.log_level,
        directory=settings.log_dir,
        format=settings.log_format,
        secrets=settings.secrets(),
    )
    database = open_database(settings.url)
    if database.file is not None:
        migrate(database)
    return Workshop(settings, database, policy).app()


_shared: App | None = None
_sharing = threading.Lock()


def shared() -> App:
    """The one App of this process, built from the environment at the first call."""
    global _shared
    with _sharing:
        if _shared is None:
            _shared = build(read_settings())
        return _shared
