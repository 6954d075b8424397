"""Keyword search over passages: an FTS5 file beside the database, whichever database that is.

Postgres's own ranking reaches nDCG .60 where FTS5's BM25 reaches .69, so FTS5 serves there too.
"""

import re
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from writer.domain.citations import source_id_of
from writer.domain.errors import NotFound, StorageError
from writer.domain.ports.sources import SourceStore, WordMatches
from writer.storage.index.folders import made_folder
from writer.storage.index.idle import IdleConnections
from writer.storage.index.matching import Matching
from writer.storage.index.stop_words import STOP_WORDS
from writer.storage.index.words import TOKENIZER, Span, spans, stems

_SCHEMA = f"""
CREATE VIRTUAL TABLE IF NOT EXISTS whole USING fts5(title, text, tokenize = '{TOKENIZER}');
CREATE VIRTUAL TABLE IF NOT EXISTS part USING fts5(headings, text, passage_id UNINDEXED, source_id UNINDEXED,
  tokenize = '{TOKENIZER}');
CREATE TABLE IF NOT EXISTS part_of (part_rowid INTEGER PRIMARY KEY, source_id INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS part_of_source ON part_of (source_id);
CREATE TABLE IF NOT EXISTS applied (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), number INTEGER NOT NULL);
INSERT OR IGNORE INTO applied VALUES (1, 0);
"""
_TERM = re.compile(r"[^\W_]+")
_MAX_TERMS = 24
_CANDIDATES = 4  # times the limit
_DAMAGED = "The keyword index was damaged. It is being made anew."

Words = tuple[str, list[tuple[str, str, str]]]
"""A source's title, and of each passage the headings, the text and the id."""

NO_WORDS: Words = ("", [])


class FtsIndex:
    """A KeywordIndex. `folder` holds its file; processes may share it, since each change is applied with its number in
    one transaction."""

    def __init__(self, folder: Path, sources: SourceStore) -> None:
        self._path = folder / "keywords.sqlite3"
        self._sources = sources
        self._writing = threading.Lock()
        self._ready = False
        self._idle = IdleConnections(self._path, self._opened_or_anew)

    def search(self, query: str, limit: int, source_ids: Sequence[int]) -> list[tuple[str, float]]:
        return _combined(self.matches(query, limit * _CANDIDATES, source_ids))[:limit]

    def matches(self, query: str, depth: int, source_ids: Sequence[int]) -> WordMatches:
        terms = terms_of(query)
        if not terms or not source_ids or depth < 1:
            return WordMatches({}, {})
        with self._reading() as connection:
            match = matching(_rarest(connection, terms, _MAX_TERMS))
            return Matching(connection, match, frozenset(source_ids)).best(depth)

    def spans(self, query: str, texts: Sequence[str]) -> list[list[Span]]:
        return spans(matching(terms_of(query)), texts)

    def telling_terms(self, text: str, limit: int) -> list[str]:
        with self._reading() as connection:
            return _rarest(connection, terms_of(text), limit)

    def catch_up(self, *, wait: bool = True) -> None:
        if self._applied_number() == self._sources.last_change():
            return
        if self._writing.acquire(blocking=wait):
            try:
                while self._apply_next():
                    pass
            finally:
                self._writing.release()

    def close(self) -> None:
        self._idle.close()

    def rebuild(self) -> int:
        """Anew from SQL; returns the number of passages."""
        with self._writing, self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            number = self._sources.last_change()
            for table in ("whole", "part", "part_of"):
                connection.execute(f"DELETE FROM {table}")
            for source_id in self._sources.all_ids():
                _put(connection, source_id, self._wanted(source_id))
            connection.execute("UPDATE applied SET number = ?", (number,))
            connection.execute("COMMIT")
            _forget_deleted(connection)
            return int(connection.execute("SELECT count(*) FROM part_of").fetchone()[0])

    def _applied_number(self) -> int:
        with self._reading() as connection:
            return int(connection.execute("SELECT number FROM applied").fetchone()[0])

    def _apply_next(self) -> bool:
        """Applies one batch of changes; whether there may be more."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            (after,) = connection.execute("SELECT number FROM applied").fetchone()
            changes = self._sources.changes(after, 200)
            if not changes:
                connection.execute("ROLLBACK")
                return False
            for source_id in dict.fromkeys(change.source_id for change in changes if change.action != "vectors"):
                self._renew(connection, source_id)
            connection.execute("UPDATE applied SET number = ?", (changes[-1].number,))
            connection.execute("COMMIT")
            if any(change.action == "delete" for change in changes):
                _forget_deleted(connection)
            return True

    def _renew(self, connection: sqlite3.Connection, source_id: int) -> None:
        """A source that was read again often has the words that are here."""
        wanted = self._wanted(source_id)
        if wanted == _held(connection, source_id):
            return
        connection.execute("DELETE FROM whole WHERE rowid = ?", (source_id,))
        rows = "SELECT part_rowid FROM part_of WHERE source_id = ?"
        connection.execute(f"DELETE FROM part WHERE rowid IN ({rows})", (source_id,))
        connection.execute("DELETE FROM part_of WHERE source_id = ?", (source_id,))
        _put(connection, source_id, wanted)

    def _wanted(self, source_id: int) -> Words:
        try:
            title, passages = self._sources.get(source_id).title, self._sources.passages(source_id)
        except NotFound:
            return NO_WORDS
        return (title, [(" ".join(p.heading_path), p.text, p.id) for p in passages]) if passages else NO_WORDS

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._idle.one() as connection:
                yield connection
        except sqlite3.DatabaseError as error:
            self._throw_away_if_damaged(error)
            raise StorageError(_DAMAGED) from error

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """For changes."""
        connection = self._opened_or_anew()
        try:
            yield connection
        except sqlite3.DatabaseError as error:
            self._throw_away_if_damaged(error)
            raise StorageError(_DAMAGED) from error
        finally:
            connection.close()

    def _throw_away_if_damaged(self, error: sqlite3.DatabaseError) -> None:
        """Raises StorageError when it is not damage but a full disk, a lock, or a folder that may not be written."""
        if isinstance(error, sqlite3.OperationalError):
            raise StorageError(f"The keyword index did not do its part: {error}.") from error
        self._idle.close()
        for path in self._path.parent.glob(f"{self._path.name}*"):
            path.unlink(missing_ok=True)

    def _opened_or_anew(self) -> sqlite3.Connection:
        """A damaged file is thrown away: the next catch-up fills a new one."""
        try:
            return self._opened()
        except sqlite3.DatabaseError as error:
            self._throw_away_if_damaged(error)
            return self._opened()

    def _opened(self) -> sqlite3.Connection:
        made_folder(self._path.parent)
        connection = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
        try:
            if not self._ready or not self._path.stat().st_size:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_SCHEMA)
                self._ready = True
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA secure_delete = ON")
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def _forget_deleted(connection: sqlite3.Connection) -> None:
    """FTS5 only marks deleted words until its segments are merged, and the write-ahead log still holds the pages."""
    for table in ("whole", "part"):
        connection.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def terms_of(query: str) -> list[str]:
    """Distinct, in order, without stop words as long as anything else is left."""
    terms = list(dict.fromkeys(term.casefold() for term in _TERM.findall(query)))
    return [term for term in terms if term not in STOP_WORDS] or terms


def matching(terms: Sequence[str]) -> str:
    """As FTS5 takes it: every term quoted, so that none is syntax."""
    return " OR ".join(f'"{term}"' for term in terms)


def _rarest(connection: sqlite3.Connection, terms: Sequence[str], limit: int) -> list[str]:
    """At most `limit` of the terms: those that the fewest passages have, in the query's order. A long query's common
    words cost most and tell least."""
    if len(terms) <= limit:
        return list(terms)
    known = stems(terms)
    connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, part, row)")
    counted = "SELECT term, doc FROM temp.vocabulary WHERE term = ?"
    held = {stem: n for wanted in set(known.values()) for stem, n in connection.execute(counted, (wanted,))}
    found = sorted((held[known[term]], place) for place, term in enumerate(terms) if known.get(term) in held)
    return [terms[place] for place in sorted(place for _, place in found[:limit])]


def _held(connection: sqlite3.Connection, source_id: int) -> Words:
    titles = connection.execute("SELECT title FROM whole WHERE rowid = ?", (source_id,)).fetchone()
    rows = "SELECT part_rowid FROM part_of WHERE source_id = ?"
    parts = f"SELECT headings, text, passage_id FROM part WHERE rowid IN ({rows}) ORDER BY rowid"
    return (titles[0], connection.execute(parts, (source_id,)).fetchall()) if titles else NO_WORDS


def _put(connection: sqlite3.Connection, source_id: int, words: Words) -> None:
    title, parts = words
    if not parts:
        return
    whole = "\n".join(text for _, text, _ in parts)
    connection.execute("INSERT INTO whole (rowid, title, text) VALUES (?, ?, ?)", (source_id, title, whole))
    for part in parts:
        columns = "INSERT INTO part (headings, text, passage_id, source_id) VALUES (?, ?, ?, ?)"
        row = connection.execute(columns, (*part, source_id)).lastrowid
        connection.execute("INSERT INTO part_of VALUES (?, ?)", (row, source_id))


def _combined(matches: WordMatches) -> list[tuple[str, float]]:
    """Passages by their own score and their document's: what a document is about is seen from the whole of it."""
    best_part = max(matches.passages.values(), default=0.0) or 1.0
    best_whole = max(matches.documents.values(), default=0.0) or 1.0
    scored = [
        (passage_id, score / best_part + matches.documents.get(source_id_of(passage_id), 0.0) / best_whole)
        for passage_id, score in matches.passages.items()
    ]
    return sorted(scored, key=lambda found: -found[1])
