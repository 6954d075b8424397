"""One prompt on several routes beside each other, and what a person thought of the replies."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import combinations
from uuid import uuid4

from writer.domain.completions import Tokens
from writer.domain.errors import UserMistake
from writer.domain.prompt_library import PromptText, check_parameters
from writer.domain.text import joined_surrogates

JOB_KIND = "playground"
FEWEST, MOST = 2, 4
LETTERS = "ABCD"
MAX_VALUE = 100_000


def key_of(column: int) -> str:
    """The step of the comparison's job that makes the column's reply."""
    return f"reply:{column}"


@dataclass(frozen=True, slots=True)
class Contender:
    """Who answers, and how: the same route with two temperatures is two of them."""

    route: str
    temperature: float = 0.7
    max_output_tokens: int = 1024

    def __post_init__(self) -> None:
        check_parameters(self.temperature, self.max_output_tokens)

    @property
    def label(self) -> str:
        return f"{self.route}, temperature {self.temperature:g}"


@dataclass(frozen=True, slots=True)
class NewComparison:
    """`contenders` are in the order in which they are shown. A `blind` one keeps their names until they are asked for.
    `prompt_mark` names the version of a kept prompt, "" for one that was written here."""

    owner_id: str
    prompt: PromptText
    contenders: tuple[Contender, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    blind: bool = False
    prompt_mark: str = ""
    id: str = field(default_factory=lambda: uuid4().hex)

    def __post_init__(self) -> None:
        if not FEWEST <= len(self.contenders) <= MOST:
            raise UserMistake(f"Choose {FEWEST} to {MOST} routes to compare.")
        known = {name: joined_surrogates(value) for name, value in self.values.items()}
        values = {name: known[name] for name in self.prompt.variables if name in known}
        if any(len(value) > MAX_VALUE for value in values.values()):
            raise UserMistake(f"The value of a variable may have {MAX_VALUE:,} characters.")
        object.__setattr__(self, "values", values)
        self.prompt.filled(values)


@dataclass(frozen=True, slots=True)
class Comparison:
    """As it was asked. `hidden` says that the names of the contenders are not to be told yet."""

    id: str
    owner_id: str
    prompt: PromptText
    values: Mapping[str, str]
    contenders: tuple[Contender, ...]
    blind: bool
    revealed: bool
    prompt_mark: str
    job_id: str
    created_at: datetime

    @property
    def hidden(self) -> bool:
        return self.blind and not self.revealed

    @property
    def pairs(self) -> list[tuple[int, int]]:
        return list(combinations(range(len(self.contenders)), 2))

    def name_of(self, column: int) -> str:
        return f"Reply {LETTERS[column]}" if self.hidden else self.contenders[column].label


class ReplyState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"

    @property
    def is_over(self) -> bool:
        return self in (ReplyState.DONE, ReplyState.FAILED, ReplyState.STOPPED)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of one contender. Times count from when it was asked, waiting for the service and trying again
    included; `cost_micros` is in millionths of a US dollar. None where one is not known."""

    column: int
    state: ReplyState
    text: str = ""
    error: str = ""
    first_token_ms: float | None = None
    total_ms: float | None = None
    tokens: Tokens | None = None
    cost_micros: int | None = None
    cached: bool = False
    cut: bool = False

    def hidden(self, error: str) -> "Reply":
        """Times, tokens and cost tell who it was; so does an error, but for one without the name."""
        unknown = replace(self, first_token_ms=None, total_ms=None, tokens=None, cost_micros=None, cached=False)
        return replace(unknown, error=error)


class Verdict(StrEnum):
    """What a person says of two replies whose names are hidden."""

    FIRST = "first"
    SECOND = "second"
    TIE = "tie"
    BOTH_BAD = "both_bad"


@dataclass(frozen=True, slots=True)
class Vote:
    """`first` and `second` are columns of the comparison, the lower one first."""

    first: int
    second: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Ballot:
    """A vote as ratings see it: it outlives its comparison."""

    first: Contender
    second: Contender
    verdict: Verdict
