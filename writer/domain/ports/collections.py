from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from writer.domain.collections import Collection, Cut
from writer.domain.jobs import NewJob

Recut = Callable[[Mapping[int, Cut], Mapping[int, Cut]], NewJob | None]
"""(how the sources were cut, how they are to be cut now) → the job that does it, None where nothing has to be done."""


class CollectionStore(Protocol):
    """Every method is one short transaction. Unknown ids raise NotFound; a name that another collection of the same
    owner has, however it is written, raises UserMistake. Sources of other owners are passed over.

    What changes how sources are cut asks `recut` for a job, and stores it with the change."""

    def add(self, owner_id: str, name: str, description: str = "", cut: Cut | None = None) -> Collection: ...

    def get(self, collection_id: int) -> Collection: ...

    def by_name(self, owner_id: str, name: str) -> Collection | None: ...

    def listing(self, owner_id: str) -> list[Collection]:
        """By name."""
        ...

    def change(
        self,
        collection_id: int,
        *,
        name: str | None = None,
        description: str | None = None,
        cut: Cut | None = None,
        recut: Recut | None = None,
    ) -> Collection:
        """What is None stays as it is."""
        ...

    def delete(self, collection_id: int, recut: Recut | None = None) -> None:
        """Its sources stay."""
        ...

    def join(self, collection_id: int, source_ids: Sequence[int], recut: Recut | None = None) -> int:
        """How many were not in it before."""
        ...

    def leave(self, collection_id: int, source_ids: Sequence[int], recut: Recut | None = None) -> int:
        """How many were in it."""
        ...

    def members(self, collection_id: int) -> list[int]:
        """Ids of its sources, ascending, in whatever state they are."""
        ...

    def of_source(self, source_id: int) -> list[Collection]:
        """In the order in which the source joined them."""
        ...

    def merge(self, from_id: int, into_id: int, recut: Recut | None = None) -> None:
        """What is in the first is in the second from when it joined the first, which is gone then."""
        ...

    def cuts(self, source_ids: Sequence[int]) -> dict[int, Cut]:
        """By source, what the collection says that it joined first; sources that are in none are left out."""
        ...

    def tag(self, owner_id: str, source_ids: Sequence[int], tags: Sequence[str]) -> None: ...

    def untag(self, owner_id: str, source_ids: Sequence[int], tags: Sequence[str]) -> None: ...

    def set_tags(self, owner_id: str, source_ids: Sequence[int], tags: Sequence[str]) -> None:
        """These, and no others."""
        ...

    def tags(self, owner_id: str) -> dict[str, int]:
        """Each tag that is in use, by the alphabet, with the number of its sources."""
        ...
