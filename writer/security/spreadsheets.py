"""CSV whose cells a spreadsheet program shows and never runs: the one place that writes CSV."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

Cell = str | int | float | None

_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")  # tab and line break would begin a cell in some programs
# A cell that begins like a formula, and also what is a cell's beginning where a program separates by semicolons.
# The wide forms are what Excel takes for the narrow ones in East Asian versions.
_FORMULA = re.compile(r"(^|;)([\s\"']*)(?=[=+\-@|%\uff1d\uff0b\uff0d\uff20])")
_PIECE = 64 * 1024


def guarded(cell: Cell) -> Cell:
    """Text only: a negative number stays a number. An apostrophe before it makes a spreadsheet take it as text."""
    if not isinstance(cell, str):
        return cell
    return _FORMULA.sub(r"\1'\2", _CONTROLS.sub(" ", cell))


def csv_pieces(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """In pieces of about 64 kB, each row once: the caller never holds the whole file."""
    buffer = io.StringIO()
    lines = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    lines.writerow([guarded(name) for name in head])
    for row in rows:
        lines.writerow([guarded(cell) for cell in row])
        if buffer.tell() >= _PIECE:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()
