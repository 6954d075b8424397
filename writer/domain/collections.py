"""Sources put together under a name, and how their documents are cut into passages."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from writer.domain.errors import UserMistake

DEFAULT_TOKENS = 254
"""Of the 256 that the default model reads, two are its own marks."""

DEFAULT_OVERLAP = 2
FEWEST_TOKENS, MOST_TOKENS = 64, 1024
MOST_OVERLAP = 6
MAX_NAME = 80


@dataclass(frozen=True, slots=True)
class Cut:
    """`tokens`: a passage's most, by the model's own tokenizer. `overlap`: sentences of the text before it that are
    embedded with a passage; they are not part of it, so nothing is quoted twice."""

    tokens: int = DEFAULT_TOKENS
    overlap: int = DEFAULT_OVERLAP

    def __post_init__(self) -> None:
        if not FEWEST_TOKENS <= self.tokens <= MOST_TOKENS:
            raise UserMistake(
                f"A passage may have {FEWEST_TOKENS} to {MOST_TOKENS:,} tokens; {self.tokens:,} will not do."
            )
        if not 0 <= self.overlap <= MOST_OVERLAP:
            raise UserMistake(f"The overlap may be 0 to {MOST_OVERLAP} sentences; {self.overlap} will not do.")

    def within(self, readable: int) -> "Cut":
        """For a model that reads so many tokens and no more."""
        return replace(self, tokens=max(FEWEST_TOKENS, min(self.tokens, readable)))


CutOf = Callable[[int], Cut]
"""How a source is cut, by its id."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A source may be in many. It is cut as the collection it joined first says."""

    id: int
    owner_id: str
    name: str
    created_at: datetime
    description: str = ""
    cut: Cut = Cut()
    sources: int = 0
    passages: int = 0
