from typing import NamedTuple, Protocol

from writer.domain.completions import Completion


class Kept(NamedTuple):
    """How many replies of somebody are kept, and how many characters they have."""

    replies: int
    characters: int


class ReplyStore(Protocol):
    """Whole replies by a key that says who asked which routes for what. Limited in number, size and age."""

    def get(self, key: str) -> Completion | None: ...

    def put(self, key: str, reply: Completion, owner_id: str = "") -> None: ...

    def kept(self, owner_id: str) -> Kept: ...

    def clear(self, owner_id: str) -> int:
        """Returns how many went."""
        ...
