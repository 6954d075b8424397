"""The one place that knows which engine is used: SQLite in a file, or Postgres."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from writer.domain.errors import ConfigurationError, StorageError
from writer.storage.faults import LOCKED, files_translated, translated

WAIT_FOR_LOCK_S = 10.0
_MIGRATION_LOCK = 7_305_121  # any number that no other program on the same Postgres uses


class Database:
    """Sessions for reading and for writing, with every driver fault translated."""

    def __init__(self, engine: Engine, wait_s: float) -> None:
        self.engine = engine
        self._wait_s = wait_s
        self._is_sqlite = engine.dialect.name == "sqlite"
        # SQLite has one writer at a time and lets others poll with growing sleeps. A lock of our own passes the turn
        # on at once; between processes SQLite's polling remains.
        self._turn = threading.Lock()
        options = {durable: engine.execution_options(writes=True, durable=durable) for durable in (True, False)}
        self._writers = options

    @property
    def file(self) -> Path | None:
        """The SQLite file; None on a server."""
        name = self.engine.url.database
        return Path(name) if self._is_sqlite and name and not name.startswith("file:") else None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent view, read only."""
        with translated(reading=True), Session(self.engine, autoflush=False, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Session]:
        """One transaction, committed at the end, rolled back on any error.

        `durable=False` is for what may be lost in a power cut, never in a crash of this process: claims, heartbeats,
        partial text. Everything else waits for the disk.
        """
        with translated(), self._my_turn(), Session(self._writers[durable], autoflush=False) as session:
            session.expire_on_commit = False
            with session.begin():
                yield session

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """One transaction that no other process migrates beside.

        On SQLite foreign keys are off: a table is altered by copying it, and dropping the original would cascade.
        """
        engine = self.engine.execution_options(writes=True, durable=True, migrating=True)
        with translated(), self._my_turn(), engine.connect() as connection:
            try:
                with connection.begin():
                    if not self._is_sqlite:
                        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
                    yield connection
            finally:
                connection.invalidate()  # it enforces no foreign keys: nobody else may get it from the pool

    def inserting(self, row: type[DeclarativeBase]) -> Any:
        """An INSERT that knows ON CONFLICT: both engines write it alike, SQLAlchemy has one class for each."""
        table = row.__table__
        assert isinstance(table, Table)
        return sqlite.insert(table) if self._is_sqlite else postgresql.insert(table)

    def dispose(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        if not self._is_sqlite:
            yield
            return
        if not self._turn.acquire(timeout=self._wait_s):
            raise StorageError(LOCKED)
        try:
            yield
        finally:
            self._turn.release()


def open_database(url: str, *, wait_s: float = WAIT_FOR_LOCK_S) -> Database:
    """`sqlite:///path/to/writer.db` or `postgresql://user:password@host/name`. `wait_s` is how long a lock is waited
    for. Nothing is connected yet."""
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        return Database(_sqlite(address, wait_s), wait_s)
    return Database(_postgres(address, wait_s), wait_s)


def _address(url: str) -> URL:
    try:
        address = make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url)
    except ArgumentError as error:
        raise ConfigurationError(
            "WRITER_DATABASE_URL is not a database address (sqlite:///… or postgresql://…)."
        ) from error
    match address.get_backend_name():
        case "sqlite" if address.database and address.database != ":memory:":
            return address.set(drivername="sqlite+pysqlite")
        case "postgresql":
            return address.set(drivername="postgresql+psycopg")
        case "sqlite":
            raise ConfigurationError(
                "A database in memory would lose everything; WRITER_DATABASE_URL must name a file."
            )
        case other:
            raise ConfigurationError(f"Writer keeps its data in SQLite or Postgres, not in “{other}”.")


def _sqlite(address: URL, wait_s: float) -> Engine:
    assert address.database
    if not address.database.startswith("file:"):
        with files_translated():
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        address,
        pool_size=8,
        max_overflow=32,
        pool_timeout=wait_s,
        hide_parameters=True,  # what people write stays out of tracebacks and logs
        connect_args={"timeout": wait_s},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the driver's own would come too late for IMMEDIATE
    # SQLite's own lower() knows ASCII only; a search for “ärger” has to find “Ärger”.
    connection.create_function("lower", 1, _lower, deterministic=True)
    connection.execute("PRAGMA foreign_keys = ON")
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        _switch_to_wal(connection)


def _switch_to_wal(connection: Any) -> None:
    """Once in a file's life. SQLite does not wait its turn for this: when another process is at the file, that one
    switches, or the next connection does; until then the old journal serves."""
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY):
            raise


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("writes"):
        connection.exec_driver_sql("BEGIN")
        return
    # WAL with NORMAL survives kill -9 but may lose the last commits in a power cut; FULL waits for the disk (about
    # 4 ms). A finished section and a saved text must not be lost; a lost claim only means that a step is run again.
    if options.get("migrating"):
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    level = "FULL" if options["durable"] else "NORMAL"
    if connection.info.get("synchronous") != level:
        connection.exec_driver_sql(f"PRAGMA synchronous = {level}")
        connection.info["synchronous"] = level
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _postgres(address: URL, wait_s: float) -> Engine:
    settings = f"-c lock_timeout={int(wait_s * 1000)} -c timezone=UTC"
    engine = create_engine(
        address,
        pool_size=8,
        max_overflow=16,
        pool_timeout=wait_s,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"connect_timeout": 5, "options": settings},
    )
    event.listen(engine, "begin", _begin_postgres)
    return engine


def _begin_postgres(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("writes") and not options["durable"]:
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
