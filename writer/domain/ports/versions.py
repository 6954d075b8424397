from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from writer.domain.drafts import VersionSummary
from writer.domain.versions import Sitting, Touched, Variant, VersionFilter


class VersionStore(Protocol):
    """What is asked about the versions of one draft, part by part. None is ever deleted while its draft is there."""

    def listing(self, draft_id: str, wanted: VersionFilter, *, limit: int, offset: int = 0) -> list[VersionSummary]:
        """Newest first."""
        ...

    def sittings(self, draft_id: str, wanted: VersionFilter, *, limit: int, offset: int = 0) -> list[Sitting]:
        """The same with each sitting's versions told as one."""
        ...

    def count(self, draft_id: str, wanted: VersionFilter) -> int: ...

    def describe(
        self, draft_id: str, number: int, *, name: str | None = None, note: str | None = None
    ) -> VersionSummary:
        """Give it another name or note; what is None stays. Raises NotFound."""
        ...

    def summaries(self, draft_id: str, numbers: set[int]) -> dict[int, VersionSummary]: ...

    def touched(self, draft_id: str) -> AbstractContextManager[Iterator[Touched]]:
        """Every version, oldest first, with the lines that it changed or brought."""
        ...

    def add_variant(self, draft_id: str, owner_id: str, parent_id: str, parent_version: int) -> None: ...

    def variants(self, draft_id: str) -> list[Variant]:
        """The drafts that began as copies of this one and are not in the trash, oldest first."""
        ...

    def parent(self, draft_id: str) -> Variant | None:
        """What this draft is a variant of; None where it is none. Its title is "" where the other draft is gone."""
        ...
