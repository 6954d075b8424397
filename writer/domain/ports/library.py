from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from writer.domain.drafts import DraftState, DraftSummary
from writer.domain.library import Card


@dataclass(frozen=True, slots=True)
class TitleVector:
    """`vector` is of unit length, as little-endian float32."""

    draft_id: str
    title: str
    vector: bytes


@dataclass(frozen=True, slots=True)
class Titled:
    draft_id: str
    owner_id: str
    title: str


class LibraryStore(Protocol):
    """Every change names the owner: others' drafts are left alone, as if they were not there."""

    def cards(self, owner_id: str, query: str = "", *, trashed: bool = False) -> list[Card]:
        """`query` as in `DraftStore.listing`."""
        ...

    def summaries(self, owner_id: str, ids: Sequence[str]) -> dict[str, DraftSummary]: ...

    def place(self, owner_id: str, ids: Sequence[str], folder: str) -> int:
        """Returns how many drafts there were."""
        ...

    def plan(self, owner_id: str, ids: Sequence[str], planned: date | None) -> int: ...

    def tag(self, owner_id: str, ids: Sequence[str], add: Sequence[str], remove: Sequence[str]) -> int: ...

    def set_state(self, owner_id: str, ids: Sequence[str], state: DraftState) -> int: ...

    def rename_folder(self, owner_id: str, old: str, new: str) -> int:
        """What is nested in it comes along."""
        ...

    def untitled(self, model: str, limit: int) -> list[Titled]:
        """Drafts of all owners whose title has no vector of the model yet."""
        ...

    def put_titles(self, model: str, titles: Sequence[TitleVector]) -> None: ...

    def titles(self, owner_id: str, model: str) -> list[TitleVector]:
        """Of drafts that are not in the trash, and of the titles that they have now."""
        ...
