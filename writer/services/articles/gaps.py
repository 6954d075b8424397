"""Sections that the sources could not carry: what is missing in them, and what the writer can do about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from writer.domain.actors import Actor, authorize
from writer.domain.briefs import Brief
from writer.domain.citations import PASSAGE_ID
from writer.domain.drafting import Library
from writer.domain.drafts import Draft, Gap, Origin, Section
from writer.domain.errors import NotFound, UserMistake
from writer.domain.jobs import Job, JobState, NewJob, NewStep
from writer.domain.outlines import ArticlePlan, Outline, OutlineSection
from writer.domain.ports.drafts import DraftStore
from writer.domain.ports.jobs import JobLedger
from writer.domain.ports.sources import SourceStore
from writer.services.articles import steps
from writer.services.articles.codec import brief_json, outline_json, outline_of, plan_json, plan_of
from writer.services.articles.plans import BODY_SHARE, planned_row

KIND = "section"
STEP = "article.retry"
MOST_PASSAGES = 12

SourceIds = Callable[[Brief, Actor], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class OpenPart:
    """A section with a gap. `retry` is the job that writes it again, while there is one; `again` says whether it can be
    written again: an introduction is written from the whole text, and cannot."""

    key: str
    heading: str
    gap: Gap
    again: bool
    retry: Job | None = None

    def options(self, *, web: bool) -> list[str]:
        """What its writer can do about it; `web`: a web search is set up."""
        evidence = ["search_sources", *(["search_web"] if web else []), "add_source", "retry"]
        return [*(evidence if self.again else []), "own", "leave_out"]


class Gaps:
    """`source_ids` says what a brief is written from; `wake` tells the runner that there is something to do."""

    def __init__(
        self,
        drafts: DraftStore,
        ledger: JobLedger,
        sources: SourceStore,
        library: Library,
        *,
        source_ids: SourceIds,
        wake: Callable[[str], None],
    ) -> None:
        self._drafts = drafts
        self._ledger = ledger
        self._sources = sources
        self._library = library
        self._source_ids = source_ids
        self._wake = wake

    def of(self, draft_id: str, by: Actor) -> list[OpenPart]:
        """In reading order."""
        job = self._ledger.latest_for_draft(draft_id, KIND)
        draft = self._owned(draft_id, by)  # after the job: if that ends meanwhile, what it wrote is there
        at_work = job if job is not None and not job.state.is_over else None
        return [
            OpenPart(s.key, s.heading, s.gap, s.role == "body", at_work if _is_for(at_work, s.key) else None)
            for s in draft.sections
            if s.gap is not None
        ]

    def retry(self, draft_id: str, key: str, by: Actor, passage_ids: Sequence[str] = (), route: str = "") -> Job:
        """Writes this section again and nothing else: from the passages that are named, else from what the sources hold
        by now. A second click is the same job."""
        draft = self._owned(draft_id, by)
        section = _open_section(draft, key)
        if section.role != "body":
            raise UserMistake("This part is written from the finished text. Write it yourself, or leave it out.")
        article = self._ledger.latest_for_draft(draft_id, steps.KIND)
        if article is not None and article.state in (JobState.RUNNING, JobState.WAITING):
            raise UserMistake("The article is still being written. Try this section again when it is finished.")
        earlier = self._ledger.latest_for_draft(draft_id, KIND)
        if earlier is not None and not earlier.state.is_over:
            if _is_for(earlier, key):
                return earlier
            raise UserMistake("Another section is being written again. Wait until it is done.")
        args = self._args(draft, section, article, self._checked(passage_ids, by), by)
        args["route"] = route or (str(article.args.get("route", "")) if article else "")
        step = NewStep(f"section:{key}", STEP, 0, section.heading, {"section": key})
        job = self._ledger.add(NewJob(KIND, by.user, (step,), draft_id, args=args))
        self._wake(job.id)
        return job

    def write_myself(self, draft_id: str, key: str, by: Actor) -> Draft:
        """The card goes, and an empty section is there to write in."""
        draft = self._owned(draft_id, by)
        open_ = _open_section(draft, key)
        sections = [replace(s, gap=None) if s is open_ else s for s in draft.sections]
        return self._saved(draft, sections, by, f"“{open_.heading}” is for its writer to write")

    def leave_out(self, draft_id: str, key: str, by: Actor) -> Draft:
        """The section goes, with its heading; earlier versions keep it."""
        draft = self._owned(draft_id, by)
        open_ = _open_section(draft, key)
        if len(draft.sections) == 1:
            raise UserMistake("This is the only section. Write it yourself, or add a source.")
        left = [section for section in draft.sections if section is not open_]
        return self._saved(draft, left, by, f"“{open_.heading}” left out")

    def _args(
        self, draft: Draft, section: Section, article: Job | None, passage_ids: Sequence[str], by: Actor
    ) -> dict[str, Any]:
        outline, plan = self._plan_of(draft, section, article)
        brief = replace(draft.brief, source_ids=self._among(draft, by))
        return {
            "brief": brief_json(brief),
            "outline": outline_json(outline),
            "plan": plan_json(plan),
            "passages": list(passage_ids),
            "section": section.key,
        }

    def _plan_of(self, draft: Draft, section: Section, article: Job | None) -> tuple[Outline, ArticlePlan]:
        """As the article was planned; a section that is not in its plan, and a draft without one, get a plain row."""
        outline, plan = self._planned(article) or _plain(draft)
        if all(row.key != section.key for row in plan.sections):
            own = OutlineSection(section.key, section.heading)
            words = max(60, round(draft.brief.words * BODY_SHARE / max(1, len(plan.sections))))
            plan = replace(plan, sections=(*plan.sections, replace(planned_row(own), words=words)))
        if all(one.key != section.key for one in outline.sections):
            heading = OutlineSection(section.key, section.heading)
            outline = Outline(outline.title, (*_others(outline, section.heading), heading), outline.thesis)
        return outline, plan

    def _planned(self, article: Job | None) -> tuple[Outline, ArticlePlan] | None:
        results = {step.key: step.result for step in self._ledger.steps(article.id)} if article else {}
        plan = results.get("plan")
        return (outline_of(plan["outline"]), plan_of(plan["plan"])) if plan else None

    def _among(self, draft: Draft, by: Actor) -> tuple[int, ...]:
        """The brief's sources, and those that came after it: whoever fills a gap adds what the brief did not know."""
        chosen = self._source_ids(draft.brief, by)
        later = [s.id for s in self._sources.listing(by.user) if s.created_at > draft.created_at] if chosen else []
        return tuple(dict.fromkeys((*chosen, *later)))

    def _checked(self, passage_ids: Sequence[str], by: Actor) -> list[str]:
        wanted = list(dict.fromkeys(passage_ids))
        if len(wanted) > MOST_PASSAGES:
            raise UserMistake(f"At most {MOST_PASSAGES} passages fit into one section; these are {len(wanted)}.")
        there = self._library.passages(by.user, [id_ for id_ in wanted if PASSAGE_ID.fullmatch(id_)])
        if any(id_ not in there for id_ in wanted):
            raise NotFound("There is no such passage.")
        return wanted

    def _saved(self, draft: Draft, sections: Sequence[Section], by: Actor, note: str) -> Draft:
        origin = Origin("person", by.user)
        return self._drafts.save(draft.id, draft.revision, origin, title=draft.title, sections=sections, note=note)

    def _owned(self, draft_id: str, by: Actor) -> Draft:
        try:
            draft = self._drafts.get(draft_id)
        except NotFound:
            raise NotFound("There is no such draft.") from None
        authorize(by, "write", draft.owner_id, "draft")
        return draft


def _open_section(draft: Draft, key: str) -> Section:
    section = draft.section(key)
    if section is None:
        raise NotFound("There is no such section in this draft.")
    if section.gap is None and section.text.strip():
        raise UserMistake("This section has a text: there is no gap in it.")
    return section


def _is_for(job: Job | None, key: str) -> bool:
    return job is not None and str(job.args.get("section", "")) == key


def _plain(draft: Draft) -> tuple[Outline, ArticlePlan]:
    body = [s for s in draft.sections if s.role == "body"]
    seen: dict[str, OutlineSection] = {}
    for section in body:
        heading = section.heading.strip() or section.key
        seen.setdefault(heading.casefold(), OutlineSection(section.key, heading))
    outline = draft.outline or Outline(draft.title, tuple(seen.values()))
    words = max(60, round(draft.brief.words * BODY_SHARE / max(1, len(outline.sections))))
    rows = tuple(replace(planned_row(section), words=words) for section in outline.sections)
    return outline, ArticlePlan(outline.thesis, rows)


def _others(outline: Outline, heading: str) -> tuple[OutlineSection, ...]:
    return tuple(one for one in outline.sections if one.heading.strip().casefold() != heading.strip().casefold())
