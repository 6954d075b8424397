from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StaleDraft:
    """A draft whose paragraphs at this `revision` have no vectors yet."""

    id: str
    owner_id: str
    revision: int


@dataclass(frozen=True, slots=True)
class DraftPassage:
    """A paragraph: `start` and `end` are offsets into its section's text, `digest` is the sha256 of what stands there,
    `vector` as in `StoredVector`."""

    draft_id: str
    section_key: str
    start: int
    end: int
    digest: str
    vector: bytes


class DraftIndex(Protocol):
    """Every method is one short transaction."""

    def stale(self, model: str, limit: int) -> list[StaleDraft]:
        """Of all owners, drafts that are not in the trash, the longest unchanged first."""
        ...

    def vectors(self, draft_id: str, model: str) -> dict[str, bytes]:
        """By digest."""
        ...

    def put(self, draft: StaleDraft, model: str, passages: Sequence[DraftPassage]) -> None:
        """Make these the draft's paragraphs. Nothing happens when the draft is gone."""
        ...

    def of_owner(self, owner_id: str, model: str) -> list[DraftPassage]:
        """Of drafts that are not in the trash now."""
        ...
