from collections.abc import Sequence
from typing import Protocol

from writer.domain.claims import CheckedDraft, Claim


class ClaimStore(Protocol):
    """Every method is one short transaction."""

    def put(self, draft_id: str, owner_id: str, revision: int, claims: Sequence[Claim]) -> None:
        """Make these the draft's claims. Does nothing when a later revision's are there, or the draft is gone."""
        ...

    def of(self, draft_id: str) -> CheckedDraft:
        """In reading order; revision 0 for a draft that was never checked."""
        ...
