"""A draft's history over HTTP: listed in parts, named, compared, restored, branched, and who wrote which sentence."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from writer.api.shapes import Body, Id, Line, Number, WhoAsks, draft_json
from writer.domain.comparing import Comparison, SectionChange
from writer.domain.drafts import Draft
from writer.domain.versions import Origins, Sentence, VersionFilter

if TYPE_CHECKING:
    from writer.bootstrap import App

Kind = Literal["person", "generated", "suggestion", "restored", "imported", "copied"]
Limit = Annotated[int, Query(ge=1, le=500, description="How many, newest first.")]
Offset = Annotated[int, Query(ge=0, lt=2**31, description="How many of them to leave out first.")]
Kinds = Annotated[tuple[Kind, ...], Query(description="Only those of these origins; may be given several times.")]
At = Annotated[int | None, Query(ge=1, lt=2**31)]


class Described(Body):
    """What is not given stays; "" takes it away."""

    name: Line | None = None
    note: Line | None = None


class Restored(Body):
    """Without a section the whole draft goes back."""

    section: Line | None = None


class Branch(Body):
    """Without a version, from the text as it is now."""

    version: Annotated[int, Query(ge=1, lt=2**31)] | None = None
    title: Line = ""


class Merge(Body):
    """A section of another draft, as it is now or was in one of its versions."""

    draft: Annotated[str, Query(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    section: Line
    version: Annotated[int, Query(ge=1, lt=2**31)] | None = None


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["versions"])
    _add_reading(router, app, who)
    _add_changing(router, app, who)
    return router


def _add_reading(router: APIRouter, app: "App", who: WhoAsks) -> None:
    @router.get("/drafts/{draft_id}/versions")
    def listing(
        draft_id: Id,
        request: Request,
        response: Response,
        limit: Limit = 50,
        offset: Offset = 0,
        origin: Kinds = (),
        session: At = None,
        named: bool = False,
    ) -> list[dict[str, Any]]:
        """Newest first; the header X-Total-Count says how many there are."""
        wanted = VersionFilter(origin, session, named)
        found = app.versions.listing(draft_id, who(request), wanted, limit=limit, offset=offset)
        response.headers["X-Total-Count"] = str(app.versions.count(draft_id, who(request), wanted))
        return [asdict(summary) for summary in found]

    @router.get("/drafts/{draft_id}/sittings")
    def sittings(
        draft_id: Id,
        request: Request,
        limit: Limit = 50,
        offset: Offset = 0,
        origin: Kinds = (),
        named: bool = False,
    ) -> list[dict[str, Any]]:
        """The same with what was saved within ten minutes told as one; ?session= of the versions lists its parts."""
        wanted = VersionFilter(origin, None, named)
        found = app.versions.sittings(draft_id, who(request), wanted, limit=limit, offset=offset)
        return [asdict(sitting) for sitting in found]

    @router.get("/drafts/{draft_id}/versions/{version}")
    def version(draft_id: Id, version: Number, request: Request) -> dict[str, Any]:
        return asdict(app.drafts.version(draft_id, version, who(request)))

    @router.get("/drafts/{draft_id}/compare")
    def compare(
        draft_id: Id,
        request: Request,
        before: Annotated[int, Query(alias="from", ge=1, lt=2**31)],
        after: Annotated[int | None, Query(alias="to", ge=1, lt=2**31, description="Now, without it.")] = None,
        other: Annotated[str, Query(alias="draft", pattern=r"^[A-Za-z0-9_-]{0,64}$")] = "",
    ) -> dict[str, Any]:
        """Two versions, word by word. `draft` is the one that `to` is a version of, where it is another."""
        return comparison_json(app.versions.compare(draft_id, who(request), before, after, other_id=other))

    @router.get("/drafts/{draft_id}/variants")
    def variants(draft_id: Id, request: Request) -> dict[str, Any]:
        by = who(request)
        parent = app.versions.parent(draft_id, by)
        return {
            "parent": asdict(parent) if parent else None,
            "variants": [asdict(variant) for variant in app.versions.variants(draft_id, by)],
        }

    @router.get("/drafts/{draft_id}/origins")
    def origins(draft_id: Id, request: Request) -> dict[str, Any]:
        """Who or what wrote each sentence of the text as it is now. Offsets are characters of the section's text."""
        return origins_json(app.versions.origins(draft_id, who(request)))


def _add_changing(router: APIRouter, app: "App", who: WhoAsks) -> None:
    def answer(draft: Draft, response: Response) -> dict[str, Any]:
        response.headers["ETag"] = f'"{draft.revision}"'
        return draft_json(draft, app.drafts.references(draft))

    @router.patch("/drafts/{draft_id}/versions/{version}")
    def describe(draft_id: Id, version: Number, body: Described, request: Request) -> dict[str, Any]:
        return asdict(app.versions.describe(draft_id, version, who(request), name=body.name, note=body.note))

    @router.post("/drafts/{draft_id}/versions/{version}/restore")
    def restore(draft_id: Id, version: Number, body: Restored, request: Request, response: Response) -> dict[str, Any]:
        """What is there now stays as a version, too."""
        by = who(request)
        if body.section is None:
            return answer(app.drafts.restore(draft_id, version, by), response)
        return answer(app.versions.restore_section(draft_id, version, body.section, by), response)

    @router.post("/drafts/{draft_id}/branch", status_code=201)
    def branch(draft_id: Id, body: Branch, request: Request, response: Response) -> dict[str, Any]:
        """A variant: a draft of its own that knows the version it began as."""
        return answer(app.versions.branch(draft_id, who(request), body.version, title=body.title), response)

    @router.post("/drafts/{draft_id}/merge")
    def merge(draft_id: Id, body: Merge, request: Request, response: Response) -> dict[str, Any]:
        """A section of a variant, or of any other draft, in the place of this one's of the same key."""
        by = who(request)
        merged = app.versions.merge_section(draft_id, by, from_id=body.draft, key=body.section, number=body.version)
        return answer(merged, response)


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    gone, come = comparison.words
    return {
        "title_before": comparison.title_before,
        "title": comparison.title,
        "same": comparison.is_empty,
        "words_removed": gone,
        "words_added": come,
        "sections": [_section_json(section) for section in comparison.sections],
    }


def _section_json(section: SectionChange) -> dict[str, Any]:
    return {
        "key": section.key,
        "change": section.change,
        "moved": section.moved,
        "heading_before": section.heading_before,
        "heading": section.heading,
        "pieces": section.pieces if section.change != "same" else [],
    }


def origins_json(origins: Origins) -> dict[str, Any]:
    return {
        "sentences": [_sentence_json(sentence) for sentence in origins.sentences],
        "versions": {number: asdict(summary) for number, summary in sorted(origins.versions.items())},
    }


def _sentence_json(sentence: Sentence) -> dict[str, Any]:
    return {"section": sentence.key, **{name: value for name, value in asdict(sentence).items() if name != "key"}}
