from collections.abc import Sequence
from typing import Protocol

from writer.domain.briefs import Brief
from writer.domain.drafts import Draft, DraftState, DraftSummary, Origin, Section, Version, VersionSummary
from writer.domain.outlines import Outline


class DraftStore(Protocol):
    """Every method is one short transaction. Unknown ids raise NotFound; an outdated `revision` raises EditConflict."""

    def create(self, owner_id: str, brief: Brief, title: str, state: DraftState = DraftState.BRIEFED) -> Draft: ...

    def get(self, draft_id: str) -> Draft: ...

    def listing(
        self, owner_id: str, query: str = "", *, trashed: bool = False, limit: int | None = None, offset: int = 0
    ) -> list[DraftSummary]:
        """Newest change first, without bodies. `query` matches words of title and text, case-insensitively; `limit`
        and `offset` count what matches."""
        ...

    def save(
        self, draft_id: str, revision: int, origin: Origin, *, title: str, sections: Sequence[Section], note: str = ""
    ) -> Draft:
        """Replace title and sections, write a version, raise the revision. The same content again changes nothing."""
        ...

    def set_brief(self, draft_id: str, revision: int, brief: Brief) -> Draft: ...

    def set_outline(self, draft_id: str, revision: int, outline: Outline) -> Draft: ...

    def set_state(self, draft_id: str, state: DraftState) -> Draft: ...

    def set_details(self, draft_id: str, *, description: str, slug: str) -> Draft:
        """What search engines are told. No new revision: the text is the same."""
        ...

    def set_tags(self, draft_id: str, tags: Sequence[str]) -> Draft: ...

    def trash(self, draft_id: str) -> None: ...

    def untrash(self, draft_id: str) -> None: ...

    def purge(self, older_than_days: int) -> int:
        """Delete for good what has been in the trash for longer. Returns how many drafts went."""
        ...

    def versions(self, draft_id: str) -> list[VersionSummary]:
        """Newest first."""
        ...

    def version(self, draft_id: str, number: int) -> Version: ...
