"""A draft as one text, for an editor that shows all of it: read it, save it, and hear what was there on a conflict."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse

from writer.api.drafts import IfMatch, revision_of
from writer.api.problems import problem
from writer.api.shapes import Body, Id, Line, Text, WhoAsks
from writer.domain import manuscript
from writer.domain.drafts import Draft, Section
from writer.domain.errors import EditConflict
from writer.services.drafts import Reference

if TYPE_CHECKING:
    from writer.bootstrap import App


IfNoneMatch = Annotated[str | None, Header(description="An ETag: 304 while the draft has no other revision.")]


class TextBody(Body):
    text: Text
    title: Line | None = None
    suggestion: Line = ""


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["drafts"])

    def answer(draft: Draft, response: Response) -> dict[str, Any]:
        response.headers["ETag"] = f'"{draft.revision}"'
        references = app.drafts.references(draft)
        return {**text_json(draft), "citations": {r.passage.id: _citation_json(r) for r in references}}

    @router.get("/drafts/{draft_id}/text", response_model=None)
    def get(
        draft_id: Id, request: Request, response: Response, if_none_match: IfNoneMatch = None
    ) -> dict[str, Any] | Response:
        """The whole draft as Markdown with its citation tokens, and what an editor shows beside it."""
        draft = app.drafts.open(draft_id, who(request))
        if if_none_match == f'"{draft.revision}"':
            return Response(status_code=304, headers={"ETag": if_none_match})
        return answer(draft, response)

    @router.put("/drafts/{draft_id}/text", response_model=None)
    def put(
        draft_id: Id, body: TextBody, request: Request, response: Response, if_match: IfMatch = None
    ) -> dict[str, Any] | JSONResponse:
        """412 when somebody saved in between, with the text that is there now: merge it and save again."""
        draft = app.drafts.open(draft_id, who(request))
        title = draft.title if body.title is None else body.title
        try:
            revision = revision_of(if_match, draft)
            by = who(request)
            with app.editing.suggestions.credited(draft_id, body.suggestion, by) as origin:
                saved = app.drafts.save_text(draft_id, revision, by, title=title, text=body.text, origin=origin)
        except EditConflict as error:
            return _conflict(error, app.drafts.open(draft_id, who(request)))
        return answer(saved, response)

    return router


def text_json(draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "title": draft.title,
        "text": manuscript.join(draft.sections),
        "revision": draft.revision,
        "words": draft.word_count,
        "target": draft.brief.words,
        "language": draft.brief.language,
        "sections": [_section_json(section) for section in draft.sections],
    }


def _section_json(section: Section) -> dict[str, Any]:
    gap = asdict(section.gap) if section.gap else None
    return {
        "key": section.key,
        "heading": section.heading,
        "role": section.role,
        "state": section.state.value,
        "gap": gap,
        "flags": section.flags,
        "empty": not section.text.strip(),
    }


def _citation_json(reference: Reference) -> dict[str, Any]:
    source, passage = reference.source, reference.passage
    return {
        "number": reference.number,
        "title": source.title,
        "published": source.published,
        "page": passage.page,
        "quote": passage.text,
    }


def _conflict(error: EditConflict, now: Draft) -> JSONResponse:
    headers = {"ETag": f'"{now.revision}"'}
    there = {"revision": now.revision, "text": manuscript.join(now.sections), "draft_title": now.title}
    return problem(412, str(error), headers=headers, **there)
