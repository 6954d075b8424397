"""What is asked of the ledger of calls, and the sums that answer it. All times are UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from writer.domain.errors import UserMistake
from writer.domain.usage import Outcome, UsageEvent

LONGEST_BY_HOUR = timedelta(days=31)
"""Of a series by the hour: more points than that cannot be told apart."""

MOST_KEYS = 500


class Dimension(StrEnum):
    """What figures are grouped by. A route names its model ("openai:gpt-x"); `HOUR` is the hour of the day ("00" to
    "23"), `DAY` a date ("2026-11-21"), `CACHED` "yes" or "no". Keys are "" where a call has none: no draft, no action,
    no error."""

    DAY = "day"
    HOUR = "hour"
    ROUTE = "route"
    PURPOSE = "purpose"
    ACTION = "action"
    PERSON = "person"
    DRAFT = "draft"
    CONTENT_TYPE = "content_type"
    OUTCOME = "outcome"
    ERROR = "error"
    CACHED = "cached"


class Step(StrEnum):
    """How long each point of a series is."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which calls are meant: those that match every field that says something. `since` is included, `until` is not.

    `persons` other than who asks find nothing. `job_id` is one job's calls.
    """

    since: datetime | None = None
    until: datetime | None = None
    routes: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    content_types: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    errors: tuple[str, ...] = ()
    cached: bool | None = None
    job_id: str = ""

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.since > self.until:
            raise UserMistake("The time ends before it begins. Choose a later end.")

    def before(self) -> "Filter":
        """The same question about the time just before, of the same length. Raises UserMistake without both ends."""
        if self.since is None or self.until is None:
            raise UserMistake("Only a time with a beginning and an end has one before it to compare with.")
        return replace(self, since=self.since - (self.until - self.since), until=self.since)


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds, by nearest rank over the `calls` that a service answered: a stopped, failed or cached call says
    nothing about how fast a route is. At most 2.5 % off (see `histograms.py`)."""

    p50: float
    p95: float
    p99: float
    calls: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over calls. `cost_micros` (millionths of a US dollar) sums the calls whose price is known; `unpriced` says
    how many are missing from it. `estimated` calls have tokens that were counted here, not told by the service.
    `wasted_micros` is the part of the cost whose text was thrown away.

    `words_kept` is how many words that these calls wrote are in their drafts today; None where that cannot be told
    apart (by hour, outcome, error or cache, of one job, or of a time that begins or ends within a day). Latencies are
    None without an answered call, by draft, and in a series that is divided.
    """

    calls: int = 0
    failed: int = 0
    stopped: int = 0
    cached: int = 0
    estimated: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_input_tokens: int = 0
    cost_micros: int = 0
    wasted_micros: int = 0
    unpriced: int = 0
    words_kept: int | None = None
    first_token: Latency | None = None
    total: Latency | None = None

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    @property
    def micros_per_kept_word(self) -> float | None:
        """None where no word was kept, or a price is not known."""
        return self.cost_micros / self.words_kept if self.words_kept and not self.unpriced else None


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one key. `label` is what people call it: a draft's title; the key itself where it has no name."""

    key: str
    figures: Figures
    label: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """The figures of one key in the step that begins at `at`; `key` is "" in a series that is not divided."""

    at: datetime
    key: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class CallPage:
    """Calls newest first. `cursor` asks for the next ones; "" after the last."""

    calls: tuple[UsageEvent, ...]
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """The keys that a filter can be set to: those that occur in the time, most calls first, and the latest drafts.
    `labels` has the titles of drafts by id."""

    routes: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    content_types: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeptWords:
    """How many words of what was written for a draft on a day are still in its text.

    A sentence counts to the version that first had it as it stands now, if a model wrote that version, or a suggestion
    of one was saved with it. A sentence that the writer has changed since is the writer's: none of its words count.
    """

    day: date
    route: str
    purpose: str
    action: str
    words: int
