from collections.abc import Sequence
from typing import Protocol

from writer.domain.prompt_library import Packed, Place, PromptText, PromptVersion, SavedPrompt


class PromptStore(Protocol):
    """Versions are only ever added. Every method is one short transaction; unknown ids raise NotFound."""

    def add(self, owner_id: str, packed: Sequence[Packed]) -> list[SavedPrompt]:
        """Each with an id of its own, whatever is there already; all or none."""
        ...

    def get(self, prompt_id: str) -> SavedPrompt: ...

    def listing(self, owner_id: str) -> list[SavedPrompt]:
        """By folder, then by name."""
        ...

    def count(self, owner_id: str) -> int: ...

    def place(self, prompt_id: str, place: Place) -> SavedPrompt: ...

    def add_versions(self, prompt_id: str, texts: Sequence[tuple[PromptText, str]]) -> SavedPrompt:
        """With their notes, in this order. What is the newest text already makes no version."""
        ...

    def versions(self, prompt_id: str) -> list[PromptVersion]:
        """Newest first."""
        ...

    def delete(self, prompt_id: str) -> None: ...
