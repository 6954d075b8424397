"""The best passages and documents that hold a query's words, among the sources that are asked for."""

import json
import sqlite3
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

from writer.domain.citations import source_id_of
from writer.domain.ports.sources import WordMatches

# The + keeps SQLite from asking FTS5 once per source: 5,000 searches instead of one.
_AMONG = " AND +{column} IN (SELECT value FROM json_each(?))"
_PARTS = "SELECT passage_id, -rank FROM part WHERE part MATCH ?{among} ORDER BY rank LIMIT ?"
_WHOLES = "SELECT rowid, -rank FROM whole WHERE whole MATCH ?{among} ORDER BY rank LIMIT ?"
_HELD = "SELECT count(*) FROM whole_docsize"  # FTS5's own table: counting the other one reads every text
_PARTS_PER_WHOLE = 2
_SPARE = 1.25

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Matching:
    """`match` is an FTS5 expression."""

    connection: sqlite3.Connection
    match: str
    asked: frozenset[int]

    def best(self, depth: int) -> WordMatches:
        """Where most sources are asked for, the others are left out of what was found: a condition on the source makes
        FTS5 read every row that has a word. Where too many had to be left out, it has to."""
        (held,) = self.connection.execute(_HELD).fetchone()
        mostly = 2 * len(self.asked) > held
        passages = self._found(_PARTS, "source_id", depth * _PARTS_PER_WHOLE, source_id_of, mostly=mostly)
        documents: dict[int, float] = self._found(_WHOLES, "rowid", depth, int, mostly=mostly)
        return WordMatches(passages, documents)

    def _found(
        self, statement: str, column: str, limit: int, source_of: Callable[[Key], int], *, mostly: bool
    ) -> dict[Key, float]:
        if mostly:
            wanted = int(limit * _SPARE)
            rows = self.connection.execute(statement.format(among=""), (self.match, wanted)).fetchall()
            found = [row for row in rows if source_of(row[0]) in self.asked][:limit]
            if len(found) == limit or len(rows) < wanted:
                return dict(found)
        among = _AMONG.format(column=column)
        ids = json.dumps(sorted(self.asked))
        return dict(self.connection.execute(statement.format(among=among), (self.match, ids, limit)).fetchall())
