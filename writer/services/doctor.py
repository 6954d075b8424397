"""Says what works and what is missing, in sentences."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from writer.domain.errors import WriterError

NEEDED = frozenset({"Data folder", "Disk", "Database", "Migrations", "Search index", "Queue"})
"""Without a provider or an embedding model Writer still writes and searches, only less well."""

Check = Callable[[], str]
"""Returns a sentence about what works, or raises a WriterError whose sentence says what is missing and what to do."""


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    ok: bool
    sentence: str


def findings(checks: Sequence[tuple[str, Check]]) -> list[Finding]:
    return [_finding(name, check) for name, check in checks]


def _finding(name: str, check: Check) -> Finding:
    try:
        return Finding(name, True, check())
    except WriterError as error:
        return Finding(name, False, str(error))
