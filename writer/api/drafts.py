"""Drafts over HTTP: the revision is the ETag, and every change names the one it was made from."""

import re
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import Field
from starlette.exceptions import HTTPException

from writer.api.shapes import Body, DraftBody, Id, Line, SectionBody, SectionText, WhoAsks, draft_json
from writer.domain.drafts import Draft, Section, SectionState
from writer.domain.errors import EditConflict, NotFound
from writer.services.drafts import edited

if TYPE_CHECKING:
    from writer.bootstrap import App

_IF_MATCH = re.compile(r'\s*(?:\*|"?(\d{1,18})"?)\s*')
IfMatch = Annotated[str | None, Header(description='The ETag that was read, such as "7".')]
Limit = Annotated[int, Query(ge=1, le=500, description="How many, newest change first.")]
Offset = Annotated[int, Query(ge=0, lt=2**31, description="How many of them to leave out first.")]


class DetailsBody(Body):
    description: Annotated[str, Field(max_length=5_000)] | None = None
    slug: Line | None = None


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["drafts"])

    def answer(draft: Draft, response: Response) -> dict[str, Any]:
        response.headers["ETag"] = f'"{draft.revision}"'
        return draft_json(draft, app.drafts.references(draft))

    @router.get("/drafts")
    def listing(
        request: Request, query: str = "", trashed: bool = False, limit: Limit = 100, offset: Offset = 0
    ) -> list[dict[str, Any]]:
        found = app.drafts.listing(who(request), query[:500], trashed, limit=limit, offset=offset)
        return [asdict(summary) for summary in found]

    @router.get("/drafts/{draft_id}")
    def get(draft_id: Id, request: Request, response: Response) -> dict[str, Any]:
        draft = answer(app.drafts.open(draft_id, who(request)), response)
        return {**draft, "findings": list(map(asdict, app.articles.check(draft_id, who(request))))}

    @router.put("/drafts/{draft_id}")
    def put(
        draft_id: Id, body: DraftBody, request: Request, response: Response, if_match: IfMatch = None
    ) -> dict[str, Any]:
        """412 when somebody saved in between, with the revision that is there now; 428 without If-Match."""
        draft = app.drafts.open(draft_id, who(request))
        revision = revision_of(if_match, draft)
        title = draft.title if body.title is None else body.title
        sections = draft.sections if body.sections is None else [_merged(draft, wanted) for wanted in body.sections]
        by, note = who(request), body.note
        with app.editing.suggestions.credited(draft_id, body.suggestion, by) as origin:
            saved = app.drafts.save(draft_id, revision, by, title=title, sections=sections, note=note, origin=origin)
        return answer(saved, response)

    @router.put("/drafts/{draft_id}/sections/{key}")
    def put_section(
        draft_id: Id, key: str, body: SectionText, request: Request, response: Response, if_match: IfMatch = None
    ) -> dict[str, Any]:
        """For autosave: one section's text. The rest of the draft does not travel."""
        draft = app.drafts.open(draft_id, who(request))
        section = draft.section(key)
        if section is None:
            raise NotFound("There is no such section in this draft.")
        heading = section.heading if body.heading is None else body.heading
        revision = revision_of(if_match, draft)
        by, text = who(request), body.text
        with app.editing.suggestions.credited(draft_id, body.suggestion, by) as origin:
            saved = app.drafts.save_section(draft_id, revision, by, key=key, heading=heading, text=text, origin=origin)
        response.headers["ETag"] = f'"{saved.revision}"'
        return {"id": saved.id, "revision": saved.revision, "word_count": saved.word_count}

    @router.put("/drafts/{draft_id}/details")
    def put_details(draft_id: Id, body: DetailsBody, request: Request, response: Response) -> dict[str, Any]:
        """What search engines are told; what is left out stays. The text and its revision do not change."""
        draft = app.drafts.open(draft_id, who(request))
        description = draft.description if body.description is None else body.description
        slug = draft.slug if body.slug is None else body.slug
        saved = app.drafts.set_details(draft_id, who(request), description=description, slug=slug)
        response.headers["ETag"] = f'"{saved.revision}"'
        return {"id": saved.id, "description": saved.description, "slug": saved.slug, "address": saved.address}

    return router


def revision_of(if_match: str | None, draft: Draft) -> int:
    if if_match is None:
        raise HTTPException(428, "Say which revision the change was made from: send its ETag as If-Match.")
    for part in if_match.split(","):
        match = _IF_MATCH.fullmatch(part)
        if match and (match.group(1) is None or int(match.group(1)) == draft.revision):
            return draft.revision
    raise EditConflict("The draft was changed in between. Load it again, then save.", revision=draft.revision)


def _merged(draft: Draft, wanted: SectionBody) -> Section:
    there = draft.section(wanted.key)
    if there is None:
        return Section(wanted.key, wanted.heading or "", wanted.text or "", SectionState.DONE)
    heading = there.heading if wanted.heading is None else wanted.heading
    return replace(there, heading=heading) if wanted.text is None else edited(there, heading, wanted.text)
