"""Articles as pages, API and commands start them: a brief in, a draft with a job that writes it out."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from writer.domain.actors import Actor, authorize
from writer.domain.briefs import Brief
from writer.domain.drafting import BUILT_IN, Drafter, Library
from writer.domain.drafts import Draft, Origin, Section
from writer.domain.errors import EditConflict, NotFound, UserMistake
from writer.domain.jobs import Job, JobState, NewJob, StepState
from writer.domain.outlines import Outline, OutlineSection
from writer.domain.ports.collections import CollectionStore
from writer.domain.ports.drafts import DraftStore
from writer.domain.ports.jobs import JobLedger
from writer.domain.ports.sources import SourceStore
from writer.services.articles import steps
from writer.services.articles.checks import Finding, findings_of
from writer.services.articles.codec import brief_json, digest_of
from writer.services.articles.content_types import type_of
from writer.services.articles.desk import DrafterFor
from writer.services.articles.reach import Reach

MOST_OUTLINE_SECTIONS = 40


class Articles:
    """`wake` tells the runner of this process that a job has something to do; `set_cap` says what one that is there may
    cost."""

    def __init__(
        self,
        drafts: DraftStore,
        ledger: JobLedger,
        sources: SourceStore,
        collections: CollectionStore,
        library: Library,
        drafter_for: DrafterFor,
        wake: Callable[[str], None],
        set_cap: Callable[[Job, int], None] = lambda job, micros: None,
    ) -> None:
        self._set_cap = set_cap
        self._drafts = drafts
        self._ledger = ledger
        self._sources = sources
        self._reach = Reach(sources, collections)
        self._library = library
        self._drafter_for = drafter_for
        self._wake = wake

    def start(self, brief: Brief, by: Actor, route: str = "") -> Draft:
        """A draft, and a job that writes its outline and then waits. The same brief again, while the first outline is
        not approved yet, is the same draft: a double click is no second article, and after a fault it goes on."""
        fingerprint = self._fingerprint("start", brief, by, route)
        earlier = self._earlier(fingerprint, by)
        if earlier and not self._has(earlier, "plan"):
            self._gone_on(earlier)
            return self._due_as_asked(earlier, brief)
        return self._drafts.get(self._new_job(brief, by, route, fingerprint, auto_approve=False).draft_id)

    def write(self, brief: Brief, by: Actor, route: str = "", cap_micros: int | None = None) -> Job:
        """From brief to draft without a stop. The same brief, sources and drafter again: the job that was started for
        them, going on where it ended, also after an update of Writer; a finished one is returned as it is, unless its
        drafter would write otherwise by now. `cap_micros` is the most that it may cost, in millionths of a US dollar:
        it ends before it costs more, with what is done."""
        fingerprint = self._fingerprint("write", brief, by, route)
        job = self._earlier(fingerprint, by)
        if job is None or (job.state is JobState.DONE and job.args.get("drafter") != self._identity(by, route)):
            return self._new_job(brief, by, route, fingerprint, auto_approve=True, cap_micros=cap_micros)
        self._due_as_asked(job, brief)
        if cap_micros is not None:
            self._set_cap(job, cap_micros)
        return self._gone_on(job)

    def approve(self, draft_id: str, outline: Outline, by: Actor) -> Job:
        """Keys may be new, gone or in another order; sections without a key get one. A second approval of a job that is
        already writing changes nothing."""
        draft = self._owned(draft_id, by)
        job = self._job_of(draft)
        if self._has(job, "plan"):
            return job
        if not self._has(job, "outline", StepState.DONE):
            raise UserMistake("This article's outline is not ready to be approved yet.")
        approved = keyed(outline)
        if approved != draft.outline:
            draft = self._drafts.set_outline(draft_id, draft.revision, approved)
        self._clear_stale(draft, approved, by)
        job = self._ledger.proceed(job.id, [steps.plan_step(approved)])
        self._wake(job.id)
        return job

    def redo_outline(self, draft_id: str, by: Actor, route: str = "") -> Job:
        """Another outline for the same draft; what the job so far was doing is stopped, text stays until the new
        outline is approved, and in its versions after that."""
        draft = self._owned(draft_id, by)
        type_of(draft.brief)
        drafter = self._drafter_for(by.user, route)
        self._check_there_are_sources(self._sources.ready_ids(by.user), by, drafter)
        brief = self._reach.resolved(draft.brief, by)
        earlier = self._ledger.latest_for_draft(draft_id)
        if earlier and not earlier.state.is_over:
            self._ledger.stop(earlier.id)
            self._wake(earlier.id)
        job = self._ledger.add(_job(brief, by, route, draft_id, "", drafter.identity, auto_approve=False))
        self._wake(job.id)
        return job

    def go_on(self, draft_id: str, by: Actor, route: str) -> Job:
        """A stopped or failed article, written to its end by another route or the built-in drafter. What is finished
        stays as it is. Raises as `start` does for a route that cannot be used."""
        job = self._job_of(self._owned(draft_id, by))
        if job.state not in (JobState.STOPPED, JobState.FAILED):
            raise UserMistake("This article is not waiting to go on.")
        job = self._ledger.resume(job.id, {**job.args, "route": route, "drafter": self._identity(by, route)})
        self._wake(job.id)
        return job

    def source_ids(self, brief: Brief, by: Actor) -> tuple[int, ...]:
        """What a brief is written from as its collections are now; empty stands for every source."""
        return self._reach.resolved(brief, by).source_ids

    def check(self, draft_id: str, by: Actor) -> list[Finding]:
        """What the draft as it is now breaks of its content type's rules. Deterministic: ask at any time."""
        return findings_of(self._owned(draft_id, by))

    def _owned(self, draft_id: str, by: Actor) -> Draft:
        draft = self._drafts.get(draft_id)
        authorize(by, "write", draft.owner_id, "draft")
        return draft

    def _job_of(self, draft: Draft) -> Job:
        job = self._ledger.latest_for_draft(draft.id, steps.KIND)
        if job is None:
            raise NotFound("Nothing is being written for this draft. Ask for an outline first.")
        return job

    def _has(self, job: Job, key: str, state: StepState | None = None) -> bool:
        return any(step.key == key and state in (None, step.state) for step in self._ledger.steps(job.id))

    def _gone_on(self, job: Job) -> Job:
        """A stopped or failed job runs again, one that waits for a provider asks it now; what is finished stays so."""
        if job.state in (JobState.STOPPED, JobState.FAILED, JobState.RUNNING):
            job = self._ledger.resume(job.id)
        self._wake(job.id)
        return job

    def _due_as_asked(self, job: Job, brief: Brief) -> Draft:
        """The same brief for another day is the same article, due then."""
        draft = self._drafts.get(job.draft_id)
        if draft.brief.due == brief.due:
            return draft
        try:
            return self._drafts.set_brief(draft.id, draft.revision, replace(draft.brief, due=brief.due))
        except EditConflict:  # a step was committed in between
            return self._due_as_asked(job, brief)

    def _clear_stale(self, draft: Draft, outline: Outline, by: Actor) -> None:
        """Sections of an earlier outline would stand between the new ones; they stay in the draft's versions."""
        if any(section.text or section.gap for section in draft.sections):
            origin = Origin("person", by.user)
            places = tuple(Section(section.key, section.heading) for section in outline.sections)
            self._drafts.save(
                draft.id, draft.revision, origin, title=draft.title, sections=places, note="New outline approved"
            )

    def _new_job(
        self,
        brief: Brief,
        by: Actor,
        route: str,
        fingerprint: str,
        *,
        auto_approve: bool,
        cap_micros: int | None = None,
    ) -> Job:
        draft = self._drafts.create(by.user, brief, brief.topic)
        drafter = self._identity(by, route)
        resolved = self._reach.resolved(brief, by)
        new = _job(resolved, by, route, draft.id, fingerprint, drafter, auto_approve=auto_approve)
        job = self._ledger.add(replace(new, cap_micros=cap_micros))
        self._wake(job.id)
        return job

    def _earlier(self, fingerprint: str, by: Actor) -> Job | None:
        """The job with this fingerprint, if its draft is still there."""
        job = self._ledger.by_fingerprint(by.user, fingerprint)
        if job is None:
            return None
        try:
            draft = self._drafts.get(job.draft_id)
        except NotFound:
            return None
        return job if draft.deleted_at is None else None

    def _fingerprint(self, mode: str, brief: Brief, by: Actor, route: str) -> str:
        """Raises UserMistake for what cannot be started: an unknown type, a source that is not there, a route without
        its key, nothing to write from."""
        type_of(brief)
        drafter = self._drafter_for(by.user, route)
        usable = set(self._usable_sources(brief, by, drafter))
        digests = [source.digest for source in self._sources.listing(by.user) if source.id in usable]
        return digest_of(mode, brief_json(brief), sorted(digests), drafter.name, route)

    def _identity(self, by: Actor, route: str) -> str:
        return self._drafter_for(by.user, route).identity

    def _usable_sources(self, brief: Brief, by: Actor, drafter: Drafter) -> Sequence[int]:
        ready = self._sources.ready_ids(by.user)
        if missing := [id_ for id_ in brief.source_ids if id_ not in ready]:
            raise UserMistake(self._why_missing(missing, by))
        self._check_there_are_sources(ready, by, drafter)
        return self._reach.resolved(brief, by).source_ids or ready

    def _check_there_are_sources(self, ready: Sequence[int], by: Actor, drafter: Drafter) -> None:
        """A model may write without any, but not because they were not read yet."""
        if not ready and (unread := self._being_read(by)):
            raise UserMistake(f"The sources are still being read ({len(unread)} to go). Try again when one is ready.")
        if not ready and drafter.name == BUILT_IN:
            raise UserMistake("There are no sources to write from yet. Add one, or choose a model.")

    def _why_missing(self, ids: Sequence[int], by: Actor) -> str:
        names = ", ".join(f"S{id_}" for id_ in ids)
        if set(ids) <= set(self._being_read(by)):
            return f"Sources of this brief are still being read: {names}. Try again when they are ready."
        return f"Not all sources of this brief are there and ready to use: {names}. Choose them again."

    def _being_read(self, by: Actor) -> list[int]:
        return [source.id for source in self._sources.listing(by.user) if not source.state.is_settled]


def _job(
    brief: Brief, by: Actor, route: str, draft_id: str, fingerprint: str, drafter: str, *, auto_approve: bool
) -> NewJob:
    args = {"brief": brief_json(brief), "route": route, "auto_approve": auto_approve, "drafter": drafter}
    return NewJob(steps.KIND, by.user, (steps.OUTLINE,), draft_id, fingerprint=fingerprint, args=args)


def keyed(outline: Outline) -> Outline:
    """Every section with a key of its own: old ones stay, empty or foreign ones get the next free s-number."""
    if len(outline.sections) > MOST_OUTLINE_SECTIONS:
        raise UserMistake(
            f"An outline may have {MOST_OUTLINE_SECTIONS} sections; this one has {len(outline.sections)}."
        )
    taken = [int(section.key[1:]) for section in outline.sections if is_key(section.key)]
    following = max(taken, default=0)
    sections: list[OutlineSection] = []
    for section in outline.sections:
        heading = " ".join(section.heading.split())
        if is_key(section.key):
            sections.append(replace(section, heading=heading))
        else:
            following += 1
            sections.append(replace(section, key=f"s{following}", heading=heading))
    title = " ".join(outline.title.split())
    if not title:
        raise UserMistake("Give the article a working title.")
    return Outline(title, tuple(sections), outline.thesis)


def is_key(key: str) -> bool:
    return key.startswith("s") and key[1:].isdecimal() and key.isascii()
