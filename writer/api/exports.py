"""Drafts as files over HTTP. HTML is never shown with the rights of the app's own pages."""

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response

from writer.api.shapes import Id, WhoAsks
from writer.services.exports import FORMATS, STYLES, Exported

if TYPE_CHECKING:
    from writer.bootstrap import App

Style = Annotated[str, Query(max_length=40, description=f"How citations look: {', '.join(STYLES)}.")]
FormatAsked = Annotated[str, Query(max_length=40, description=f"One of {', '.join(FORMATS)}.")]
_ALONE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox allow-modals"


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["drafts"])

    @router.get("/drafts/{draft_id}/export", response_class=Response)
    def export(
        draft_id: Id, request: Request, format: FormatAsked = "markdown", style: Style = "footnotes"
    ) -> Response:
        return _attached(app.exports.export(draft_id, format, who(request), style))

    @router.get("/drafts/{draft_id}/export/{format}", response_class=Response)
    def export_as(draft_id: Id, format: str, request: Request, style: Style = "footnotes") -> Response:
        return _attached(app.exports.export(draft_id, format, who(request), style))

    @router.get("/drafts/{draft_id}/print", response_class=Response)
    def to_print(draft_id: Id, request: Request, style: Style = "footnotes") -> Response:
        """The web page of the draft, to look at and to print: nothing in it can run or load anything."""
        file = app.exports.export(draft_id, "html", who(request), style)
        return Response(file.content, media_type=file.media_type, headers=_headers("inline", file))

    return router


def _attached(file: Exported) -> Response:
    return Response(file.content, media_type=file.media_type, headers=_headers("attachment", file))


def _headers(how: str, file: Exported) -> dict[str, str]:
    return {
        "Content-Disposition": f'{how}; filename="{file.filename}"',
        "Content-Security-Policy": _ALONE,
        "X-Content-Type-Options": "nosniff",
    }
