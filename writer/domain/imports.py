"""Taking documents in from places: what came of each, and how it is told."""

from dataclasses import dataclass
from enum import StrEnum

from writer.domain.jobs import Job, StepState
from writer.domain.sources import Source

FETCH_LIMIT = 50
"""Addresses that one import asks for, unless told otherwise."""

MOST_ADDRESSES = 500


class ImportOutcome(StrEnum):
    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document comes from. `renews`: other bytes from the same place are its next revision, not another source.

    `address` is "" for what cannot be read again; `url` and `canonical_url` are set for web pages only."""

    address: str = ""
    stamp: str = ""
    url: str = ""
    canonical_url: str = ""
    renews: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """`sentence` says what came of it, naming the source that was there already, if one was."""

    source: Source
    outcome: ImportOutcome
    sentence: str


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One address or file. `outcome` is None while it is waiting or at work; `source_id` 0 where there is none."""

    place: str
    state: StepState
    outcome: ImportOutcome | None = None
    sentence: str = ""
    source_id: int = 0


@dataclass(frozen=True, slots=True)
class Import:
    """`what` says what was asked for; `doing` is what is being done now, "" when nothing is."""

    job: Job
    what: str
    rows: tuple[ImportRow, ...]
    doing: str = ""

    def count(self, outcome: ImportOutcome) -> int:
        return sum(row.outcome is outcome for row in self.rows)

    @property
    def done(self) -> int:
        return sum(row.outcome is not None for row in self.rows)
