"""What people remark on spans of a draft."""

from dataclasses import dataclass
from datetime import datetime

from writer.domain.anchors import Anchor

MAX_BODY = 5_000
MAX_QUOTE = 20_000
MAX_REPLIES = 200


@dataclass(frozen=True, slots=True)
class Reply:
    author: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Comment:
    """`resolved` ones stay until they are deleted."""

    id: str
    draft_id: str
    owner_id: str
    section_key: str
    anchor: Anchor
    body: str
    author: str
    created_at: datetime
    resolved: bool = False
    replies: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacedComment:
    """Where a comment's text stands in the draft as one text; None for both when it is gone. `exact` False: the text
    has changed since, and this is what came of it."""

    comment: Comment
    start: int | None = None
    end: int | None = None
    exact: bool = False
