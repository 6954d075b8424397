from collections.abc import Mapping, Sequence
from typing import Protocol

from writer.domain.prompt_library import Noted, Packed, Place, PromptVersion, SavedPrompt


class PromptStore(Protocol):
    """Versions are only ever added. Every method is one short transaction; unknown ids raise NotFound."""

    def add(self, owner_id: str, packed: Sequence[Packed]) -> list[SavedPrompt]:
        """Each with an id of its own, whatever is there already; all or none."""
        ...

    def load(self, owner_id: str, packed: Sequence[Packed], texts: Mapping[str, Sequence[Noted]]) -> int:
        """Adds prompts, and versions to those that are there, by their ids; all or none. Returns how many versions
        were added: what is the newest text already makes none."""
        ...

    def get(self, prompt_id: str) -> SavedPrompt: ...

    def listing(self, owner_id: str) -> list[SavedPrompt]:
        """By folder, then by name."""
        ...

    def count(self, owner_id: str) -> int: ...

    def place(self, prompt_id: str, place: Place) -> SavedPrompt: ...

    def add_versions(self, prompt_id: str, texts: Sequence[Noted]) -> SavedPrompt:
        """With their notes, in this order. What is the newest text already makes no version."""
        ...

    def versions(self, prompt_id: str) -> list[PromptVersion]:
        """Newest first."""
        ...

    def versions_of(self, owner_id: str) -> dict[str, list[PromptVersion]]:
        """Of every prompt of this owner, by its id; newest first."""
        ...

    def delete(self, prompt_id: str) -> None: ...
