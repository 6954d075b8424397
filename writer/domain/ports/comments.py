from collections.abc import Mapping
from typing import Protocol

from writer.domain.anchors import Anchor
from writer.domain.comments import Comment


class CommentStore(Protocol):
    """Every method is one short transaction. Unknown ids raise NotFound."""

    def add(
        self, draft_id: str, owner_id: str, *, section_key: str, anchor: Anchor, body: str, author: str
    ) -> Comment: ...

    def get(self, draft_id: str, comment_id: str) -> Comment: ...

    def of_draft(self, draft_id: str) -> list[Comment]:
        """Oldest first."""
        ...

    def reply(self, draft_id: str, comment_id: str, body: str, author: str) -> Comment: ...

    def set_resolved(self, draft_id: str, comment_id: str, resolved: bool) -> Comment: ...

    def move(self, draft_id: str, places: Mapping[str, tuple[str, Anchor]]) -> None:
        """By comment: the section and the anchor it was found with."""
        ...

    def delete(self, draft_id: str, comment_id: str) -> None: ...
