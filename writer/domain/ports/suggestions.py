from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, Protocol

from writer.domain.suggestions import Acceptance, NewSuggestion, Suggestion

AcceptanceKey = Literal["route", "action"]


class SuggestionStore(Protocol):
    """Every method is one short transaction. Rows outlive their drafts: they hold counts, no text."""

    def add(self, suggestion: NewSuggestion) -> Suggestion:
        """Raises UserMistake when the draft has one of that id."""
        ...

    def get(self, draft_id: str, suggestion_id: str) -> Suggestion:
        """Raises NotFound."""
        ...

    def of_draft(self, draft_id: str, limit: int = 100) -> list[Suggestion]:
        """Newest first."""
        ...

    def decide(
        self,
        draft_id: str,
        suggestion_id: str,
        accepted: Iterable[int],
        rejected: Iterable[int],
        edited: Mapping[int, int],
    ) -> Suggestion: ...

    def mark_saved(self, draft_id: str, suggestion_id: str) -> None:
        """A version of the draft bears its cost from now on."""
        ...

    def acceptance(
        self, owner_id: str, by: AcceptanceKey, since: datetime | None = None, until: datetime | None = None
    ) -> list[Acceptance]:
        """Most suggestions first. Times are UTC; `since` is included, `until` is not."""
        ...
