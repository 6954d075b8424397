from collections.abc import Collection, Sequence
from typing import Protocol

from writer.domain.jobs import NewJob
from writer.domain.playground import Ballot, Comparison, NewComparison, Vote


class PlaygroundStore(Protocol):
    """Every method is one short transaction. Unknown ids raise NotFound."""

    def begin(self, new: NewComparison, job: NewJob) -> Comparison: ...

    def get(self, comparison_id: str) -> Comparison: ...

    def listing(self, owner_id: str, limit: int = 30) -> Sequence[Comparison]:
        """Newest first."""
        ...

    def delete(self, comparison_id: str) -> None:
        """With its job, whose steps hold the replies. Its votes stay."""
        ...

    def stop(self, comparison_id: str, columns: Collection[int]) -> None:
        """Replies that have not begun are over at once; whoever writes one of the others asks `stopped`."""
        ...

    def stopped(self, comparison_id: str) -> frozenset[int]: ...

    def vote(self, comparison_id: str, vote: Vote) -> bool:
        """In place of an earlier one on the same pair; False, and nothing changed, once the names are told."""
        ...

    def reveal(self, comparison_id: str) -> Comparison: ...

    def votes(self, comparison_id: str) -> list[Vote]: ...

    def ballots(self, owner_id: str) -> list[Ballot]:
        """In the order in which they were cast."""
        ...

    def forget_ballots(self, owner_id: str) -> int: ...
