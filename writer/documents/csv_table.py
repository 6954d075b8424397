"""CSV: each row as a line that can be read by itself, "Port: Riga; Year: 1879"."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from writer.documents.limits import Limits
from writer.domain.errors import SourceRefused
from writer.domain.sources import Block

_SAMPLE = 64_000
_DELIMITERS = ",;\t|"
_ROWS_PER_BLOCK = 200
_NUMBER = re.compile(r"[\s+\-€$£%]*\d[\d\s.,:/-]*[%€$£]?\s*")


def read_csv(text: str, limits: Limits) -> list[Block]:
    rows = _rows(text)
    try:
        first = next(rows, [])
        header = _header(first)
        lines = list(islice(_lines(header, rows if header != [] else _again(first, rows)), limits.rows + 1))
    except csv.Error as error:
        raise SourceRefused("The table cannot be read: a field in it never ends. Export it anew as CSV.") from error
    if len(lines) > limits.rows:
        raise SourceRefused(f"The table has more than {limits.rows:,} rows, the most that Writer reads. Split it.")
    starts = range(0, len(lines), _ROWS_PER_BLOCK)
    return [Block("table", "\n".join(lines[start : start + _ROWS_PER_BLOCK])) for start in starts]


def _rows(text: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text[:_SAMPLE]))
    for row in reader:
        cells = [" ".join(cell.split()) for cell in row]
        if any(cells):
            yield cells


def _delimiter(sample: str) -> str:
    """The one that cuts the first lines into the same number of cells, more than one, most often."""
    lines = [line for line in sample.splitlines()[:50] if line.strip()]
    return max(_DELIMITERS, key=lambda mark: _agreement(lines, mark))


def _agreement(lines: Sequence[str], mark: str) -> tuple[int, int]:
    counts = [len(row) for row in csv.reader(lines, delimiter=mark)]
    usual = max(set(counts), key=counts.count, default=1)
    return (counts.count(usual) if usual > 1 else 0, usual)


def _header(first: Sequence[str]) -> list[str]:
    """Empty where the first row is data already: a number in it, or the same name twice."""
    names = [name for name in first if name]
    is_header = len(set(names)) == len(names) > 1 and not any(_NUMBER.fullmatch(name) for name in names)
    return list(first) if is_header else []


def _again(first: list[str], rows: Iterator[list[str]]) -> Iterator[list[str]]:
    if first:
        yield first
    yield from rows


def _lines(header: Sequence[str], rows: Iterator[list[str]]) -> Iterator[str]:
    for row in rows:
        named = [*header, *[""] * (len(row) - len(header))]
        cells = (f"{name}: {cell}" if name else cell for name, cell in zip(named, row, strict=False) if cell)
        yield "; ".join(cells)
