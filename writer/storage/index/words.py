"""Words as the keyword index sees them: a throw-away FTS5 table with its tokenizer tells their stems and places."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

TOKENIZER = "porter unicode61 remove_diacritics 2"
Span = tuple[int, int]
# Noncharacters: no text that is stored holds them, and FTS5 takes them for no part of a word.
_BEGIN, _END = "\ufdd0", "\ufdd1"


def spans(match: str, texts: Sequence[str]) -> list[list[Span]]:
    """For each text, where the words of `match` (an FTS5 expression) stand in it: ascending, never overlapping."""
    found: list[list[Span]] = [[] for _ in texts]
    if not match or not texts:
        return found
    with _table() as connection:
        connection.executemany("INSERT INTO held (rowid, text) VALUES (?, ?)", list(enumerate(texts)))
        rows = connection.execute(
            "SELECT rowid, highlight(held, 0, ?, ?) FROM held WHERE held MATCH ?", (_BEGIN, _END, match)
        )
        for row, marked in rows:
            found[row] = _places(marked) if _unmarked(marked) == texts[row] else []
    return found


def stems(words: Sequence[str]) -> dict[str, str]:
    """By word; none for what the tokenizer takes for several words or for nothing."""
    with _table() as connection:
        connection.execute("CREATE VIRTUAL TABLE stems USING fts5vocab(held, instance)")
        connection.executemany("INSERT INTO held (rowid, text) VALUES (?, ?)", list(enumerate(words)))
        found: dict[int, list[str]] = {}
        for stem, row in connection.execute("SELECT term, doc FROM stems"):
            found.setdefault(row, []).append(stem)
    return {words[row]: of_word[0] for row, of_word in found.items() if len(of_word) == 1}


@contextmanager
def _table() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute(f"CREATE VIRTUAL TABLE held USING fts5(text, tokenize = '{TOKENIZER}')")
        yield connection


def _unmarked(marked: str) -> str:
    return marked.replace(_BEGIN, "").replace(_END, "")


def _places(marked: str) -> list[Span]:
    places: list[Span] = []
    first, *pieces = marked.split(_BEGIN)
    at = len(first)
    for piece in pieces:
        places.append((at, at + piece.index(_END)))
        at += len(piece) - 1
    return places
