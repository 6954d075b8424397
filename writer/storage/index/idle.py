"""Open connections that wait for the next search, so that it finds the index's pages in memory."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_KEPT = 4  # one for each search at a time; each caches up to _CACHE_KIB
_CACHE_KIB = 16 * 1024

Stamp = tuple[int, int, int]


class IdleConnections:
    """For reading only. A connection is used by one thread at a time, and never after the file was replaced."""

    def __init__(self, path: Path, opened: Callable[[], sqlite3.Connection]) -> None:
        self._path = path
        self._opened = opened
        self._lock = threading.Lock()
        self._idle: list[tuple[Stamp, sqlite3.Connection]] = []

    @contextmanager
    def one(self) -> Iterator[sqlite3.Connection]:
        """What fails is not used again."""
        connection = self._waiting() or self._new()
        is_sound = False
        try:
            yield connection
            is_sound = True
        finally:
            if is_sound:
                self._keep(connection)
            else:
                connection.close()

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for _, connection in idle:
            connection.close()

    def _waiting(self) -> sqlite3.Connection | None:
        stamp = self._stamp()
        while True:
            with self._lock:
                if not self._idle:
                    return None
                known, connection = self._idle.pop()
            if known == stamp:
                return connection
            connection.close()

    def _new(self) -> sqlite3.Connection:
        connection = self._opened()
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        return connection

    def _keep(self, connection: sqlite3.Connection) -> None:
        stamp = self._stamp()
        with self._lock:
            if stamp is not None and len(self._idle) < _KEPT:
                self._idle.append((stamp, connection))
                return
        connection.close()

    def _stamp(self) -> Stamp | None:
        """Of the file as it is now: another one in its place has another."""
        try:
            held = self._path.stat()
        except OSError:
            return None
        return (held.st_ino, held.st_size, held.st_mtime_ns)
