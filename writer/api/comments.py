"""Comments over HTTP. Places are offsets into the draft as one text (`GET /drafts/{draft_id}/text`)."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Request
from pydantic import StringConstraints

from writer.api.shapes import Body, Id, WhoAsks
from writer.domain import manuscript
from writer.domain.comments import Comment, PlacedComment

if TYPE_CHECKING:
    from writer.bootstrap import App

Said = Annotated[str, StringConstraints(max_length=20_000)]


class CommentBody(Body):
    """`prefix` and `suffix` stand right before and after `quote`: they tell it from the same words elsewhere."""

    quote: Said
    body: Said
    prefix: Said = ""
    suffix: Said = ""


class ReplyBody(Body):
    body: Said


class StateBody(Body):
    resolved: bool


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["drafts"])

    @router.get("/drafts/{draft_id}/comments")
    def comments(draft_id: Id, request: Request) -> list[dict[str, Any]]:
        """Oldest first; `at16` counts in UTF-16 units and is null when the text is gone."""
        placed = app.comments.of_draft(draft_id, who(request))
        text = manuscript.join(app.drafts.open(draft_id, who(request)).sections)
        return [{**comment_json(one.comment), **_place_json(one, text)} for one in placed]

    @router.post("/drafts/{draft_id}/comments", status_code=201)
    def add(draft_id: Id, body: CommentBody, request: Request) -> dict[str, Any]:
        said = body.model_dump()
        return comment_json(app.comments.add(draft_id, who(request), **said))

    @router.post("/drafts/{draft_id}/comments/{comment_id}/replies", status_code=201)
    def reply(draft_id: Id, comment_id: Id, body: ReplyBody, request: Request) -> dict[str, Any]:
        return comment_json(app.comments.reply(draft_id, comment_id, body.body, who(request)))

    @router.patch("/drafts/{draft_id}/comments/{comment_id}")
    def resolve(draft_id: Id, comment_id: Id, body: StateBody, request: Request) -> dict[str, Any]:
        return comment_json(app.comments.resolve(draft_id, comment_id, who(request), resolved=body.resolved))

    @router.delete("/drafts/{draft_id}/comments/{comment_id}", status_code=204)
    def delete(draft_id: Id, comment_id: Id, request: Request) -> None:
        app.comments.delete(draft_id, comment_id, who(request))

    return router


def comment_json(comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.id,
        "section": comment.section_key,
        "quote": comment.anchor.quote,
        "body": comment.body,
        "author": comment.author,
        "resolved": comment.resolved,
        "created_at": comment.created_at,
        "replies": [{"author": one.author, "body": one.body, "at": one.at} for one in comment.replies],
    }


def _place_json(placed: PlacedComment, text: str) -> dict[str, Any]:
    if placed.start is None or placed.end is None:
        return {"at16": None, "length16": None, "text": "", "exact": False}
    now = text[placed.start : placed.end]
    return {"at16": _units(text[: placed.start]), "length16": _units(now), "text": now, "exact": placed.exact}


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
