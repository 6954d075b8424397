"""What was proposed for a text and what the writer made of it: counts, never the text itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from writer.domain.drafts import Origin
from writer.domain.errors import UserMistake


@dataclass(frozen=True, slots=True)
class Change:
    """One hunk, in words: how many would go and how many would come."""

    old_words: int
    new_words: int


@dataclass(frozen=True, slots=True)
class Spent:
    """What a proposal took. `cost_micros` is in millionths of a US dollar, None when a price is not known."""

    cost_micros: int | None = 0
    input_tokens: int = 0
    output_tokens: int = 0
    first_token_ms: float | None = None
    total_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class NewSuggestion:
    """`id` is the asker's own; `route` is "built-in" where no model was asked."""

    id: str
    draft_id: str
    owner_id: str
    action: str
    route: str
    prompt_version: str
    changes: tuple[Change, ...]
    spent: Spent = Spent()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`accepted` and `rejected` are numbers of hunks; `edited` has the words of those that the writer changed before
    taking them. `saved` once a version of the draft bears its cost."""

    made: NewSuggestion
    created_at: datetime
    accepted: frozenset[int] = frozenset()
    rejected: frozenset[int] = frozenset()
    edited: Mapping[int, int] = field(default_factory=dict)
    saved: bool = False

    @property
    def open(self) -> int:
        return len(self.made.changes) - len(self.accepted) - len(self.rejected)

    @property
    def kept_words(self) -> int:
        changes = self.made.changes
        return sum(self.edited.get(number, changes[number].new_words) for number in self.accepted)

    def decided(
        self, accepted: Iterable[int], rejected: Iterable[int], edited: Mapping[int, int] | None = None
    ) -> "Suggestion":
        """The latest word on each hunk counts. Raises UserMistake for hunks that were never proposed."""
        taken, left = frozenset(accepted), frozenset(rejected)
        known = range(len(self.made.changes))
        if any(number not in known for number in taken | left) or taken & left:
            raise UserMistake("A hunk can be accepted or rejected, not both, and only one that was proposed.")
        return replace(
            self,
            accepted=(self.accepted | taken) - left,
            rejected=(self.rejected | left) - taken,
            edited={**self.edited, **{n: words for n, words in (edited or {}).items() if n in taken}},
        )

    def origin(self) -> Origin:
        """Of a version that was saved with it. The first one bears the cost: later ones are not paid for again."""
        cost = 0 if self.saved else self.made.spent.cost_micros
        return Origin("suggestion", self.made.owner_id, self.made.route, self.made.prompt_version, cost)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Sums over the suggestions that share `key` (a route or an action). Hunks that nobody decided are neither
    accepted nor rejected; `unpriced` says how many suggestions are missing from `cost_micros`."""

    key: str
    suggestions: int
    hunks: int
    accepted: int
    rejected: int
    kept_words: int
    cost_micros: int
    unpriced: int

    @property
    def rate(self) -> float | None:
        """In [0, 1], of what was decided; None where nothing was."""
        decided = self.accepted + self.rejected
        return self.accepted / decided if decided else None

    @property
    def micros_per_kept_word(self) -> float | None:
        """None where no word was kept, or a price is not known."""
        return self.cost_micros / self.kept_words if self.kept_words and not self.unpriced else None
