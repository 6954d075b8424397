"""Checks of a draft as it is typed, and the style guide that they go by, over HTTP."""

from bisect import bisect_left
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field, StringConstraints

from writer.api.shapes import Body, Id, Line, Text, WhoAsks
from writer.domain.checking import LABELS, CheckReport, FamilyResult, Finding
from writer.domain.hunks import Hunk
from writer.domain.style_guide import MOST_CHARACTERS, MOST_ENTRIES, StyleGuide
from writer.domain.tokens import utf16_length

if TYPE_CHECKING:
    from writer.bootstrap import App

_SHOWN_QUOTE = 300
Term = Annotated[str, StringConstraints(min_length=1, max_length=MOST_CHARACTERS, strip_whitespace=True)]


class CheckBody(Body):
    """Without `text` the saved draft is checked; with `section` that section alone."""

    text: Text | None = None
    title: Line | None = None
    section: Annotated[str, StringConstraints(max_length=64)] = ""


class PreferredBody(Body):
    unwanted: Term
    wanted: Term


class IgnoredBody(Body):
    """`text` is what the finding found; `ignored` false takes it back."""

    check: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    text: Annotated[str, StringConstraints(min_length=1, max_length=5000)]


class IgnoreBody(IgnoredBody):
    ignored: bool = True


class GuideBody(Body):
    preferred: Annotated[list[PreferredBody], Field(max_length=MOST_ENTRIES)] = Field(default_factory=list)
    banned: Annotated[list[Term], Field(max_length=MOST_ENTRIES)] = Field(default_factory=list)
    variety: Literal["", "en-GB", "en-US"] = ""
    oxford_comma: Literal["", "always", "never"] = ""
    ignored: Annotated[list[IgnoredBody], Field(max_length=MOST_ENTRIES)] = Field(default_factory=list)


class GuideNameBody(Body):
    name: Line


class UseBody(Body):
    guide: Line


GuideAsked = Annotated[str, Query(max_length=64, description="The id of a guide; the first one without it.")]


def routes(app: "App", who: WhoAsks) -> APIRouter:
    router = APIRouter(tags=["checks"])

    @router.post("/drafts/{draft_id}/checks")
    def check(draft_id: Id, body: CheckBody, request: Request) -> dict[str, Any]:
        """Figures and findings. Nothing is saved, and no model is asked."""
        return report_json(app.checks.of(draft_id, who(request), **body.model_dump()))

    @router.get("/style-guide")
    def guide(request: Request, guide: GuideAsked = "") -> dict[str, Any]:
        return guide_json(app.style_guides.of(who(request), guide))

    @router.put("/style-guide")
    def save(body: GuideBody, request: Request, guide: GuideAsked = "") -> dict[str, Any]:
        """All of it: what is left out is taken out."""
        return guide_json(app.style_guides.save(StyleGuide.of_json(body.model_dump()), who(request), guide))

    @router.get("/style-guides")
    def guides(request: Request) -> list[dict[str, Any]]:
        """Names of all; the first one is always there, and its id is ""."""
        return [asdict(one) for one in app.style_guides.listing(who(request))]

    @router.post("/style-guides", status_code=201)
    def add(body: GuideNameBody, request: Request) -> dict[str, Any]:
        return asdict(app.style_guides.add(body.name, who(request)))

    @router.patch("/style-guides/{guide_id}")
    def rename(guide_id: Id, body: GuideNameBody, request: Request) -> dict[str, Any]:
        return asdict(app.style_guides.rename(guide_id, body.name, who(request)))

    @router.delete("/style-guides/{guide_id}", status_code=204)
    def delete(guide_id: Id, request: Request) -> None:
        """Drafts that used it go by the first one."""
        app.style_guides.delete(guide_id, who(request))

    @router.put("/drafts/{draft_id}/style-guide")
    def use(draft_id: Id, body: UseBody, request: Request) -> dict[str, Any]:
        """What the draft is checked, written and changed by from now on; "" for the first."""
        draft = app.style_guides.use(draft_id, body.guide, who(request))
        return {"id": draft.id, "revision": draft.revision, "guide": draft.brief.style_guide}

    @router.post("/style-guide/ignored")
    def ignore(body: IgnoreBody, request: Request) -> dict[str, Any]:
        """A finding that is not to be shown again, in any draft."""
        change = app.style_guides.ignore if body.ignored else app.style_guides.heed
        return guide_json(change(body.check, body.text, who(request)))

    return router


def guide_json(guide: StyleGuide) -> dict[str, Any]:
    return {**guide.as_json(), "rules": list(guide.rules())}


def report_json(report: CheckReport) -> dict[str, Any]:
    """Places are offsets in characters, and in UTF-16 units for JavaScript; long quotations are cut off."""
    return {
        "language": report.language,
        "words": report.words,
        "families": [_family_json(one) for one in report.families],
        "figures": [asdict(one) for one in report.figures],
        "findings": _findings_json(report),
        "structured": list(report.structured),
        "notes": list(report.notes),
    }


def _family_json(result: FamilyResult) -> dict[str, Any]:
    counts = {severity.value: number for severity, number in result.counts.items()}
    return {**asdict(result), "label": LABELS[result.family], "counts": counts}


def _findings_json(report: CheckReport) -> list[dict[str, Any]]:
    astral = [place for place, character in enumerate(report.text) if character > "\uffff"]
    return [{**_finding_json(one), "start16": one.start + bisect_left(astral, one.start)} for one in report.findings]


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "family": finding.family.value,
        "severity": finding.severity.value,
        "sentence": finding.sentence,
        "section": finding.section,
        "target": finding.target,
        "start": finding.start,
        "end": finding.end,
        "length16": utf16_length(finding.quote),
        "quote": finding.quote[:_SHOWN_QUOTE],
        "heuristic": finding.heuristic,
        "fix": _fix_json(finding.fix),
    }


def _fix_json(fix: Hunk | None) -> dict[str, str] | None:
    """At the finding's own place."""
    return {"old": fix.old, "new": fix.new} if fix else None
