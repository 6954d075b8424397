"""Research as pages, API and commands see it. Nothing is fetched, and nothing is sent, before the writer said so."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from writer.domain.actors import Actor, authorize
from writer.domain.briefs import MAX_ITEMS, Brief
from writer.domain.drafts import Draft, DraftState
from writer.domain.errors import NotFound, UserMistake
from writer.domain.imports import Import
from writer.domain.jobs import Job, JobState, JsonObject, NewJob, NewStep, Step
from writer.domain.ports.drafts import DraftStore
from writer.domain.ports.jobs import JobLedger
from writer.domain.ports.sources import SourceStore
from writer.domain.research import Candidate, Coverage, Question, Readiness, Research, Searched, merged
from writer.services.articles.codec import brief_json, digest_of
from writer.services.articles.content_types import type_of
from writer.services.knowledge.web.addresses import readable
from writer.services.research import steps
from writer.services.research.job import Hits, WebFor
from writer.services.research.readiness import readiness_of

AddAddresses = Callable[[str, Actor, int], Job]
Imports = Callable[[Actor, int], list[Import]]
Outline = Callable[[str, Actor, str], Job]
"""(draft, actor, route) → the job that makes the draft's outline."""
SourceIds = Callable[[Brief, Actor], tuple[int, ...]]
"""What a brief is written from; empty stands for every source."""
_IMPORTS_LOOKED_AT = 20


class ResearchDesk:
    """`web_for` says which engine an owner has; `add_addresses` is the polite import, and the only way to a page."""

    def __init__(
        self,
        drafts: DraftStore,
        ledger: JobLedger,
        sources: SourceStore,
        hits: Hits,
        web_for: WebFor,
        *,
        add_addresses: AddAddresses,
        imports: Imports,
        outline: Outline,
        source_ids: SourceIds,
        wake: Callable[[str], None],
    ) -> None:
        self._drafts = drafts
        self._ledger = ledger
        self._sources = sources
        self._hits = hits
        self._web_for = web_for
        self._add_addresses = add_addresses
        self._imports = imports
        self._outline = outline
        self._source_ids = source_ids
        self._wake = wake

    def readiness(self, brief: Brief, by: Actor) -> Readiness:
        """Whether the sources are enough for the brief, by how many passages are near what it asks."""
        among = self._source_ids(brief, by)
        return readiness_of(brief, lambda query, limit: self._hits(by.user, query, limit, among))

    def start(self, brief: Brief, by: Actor, route: str = "", *, web: bool = False) -> Job:
        """A draft that is being researched, and its job. `web` sends every question to the search engine without asking
        again; without it nothing leaves. The same brief again is the same research, looked into once more."""
        type_of(brief)
        if web:
            self._engine(by)
        args = {"brief": self._told(brief, by), "route": route, "web": web}
        fingerprint = digest_of("research", args)
        earlier = self._earlier(fingerprint, by)
        if earlier is not None:
            return self.look_again(earlier.id, by)
        draft = self._drafts.create(by.user, brief, brief.topic, DraftState.RESEARCHING)
        return self._added(
            NewJob(steps.KIND, by.user, (steps.QUESTIONS,), draft.id, fingerprint=fingerprint, args=args)
        )

    def start_with(self, questions: Sequence[str], brief: Brief, by: Actor) -> Job:
        """For questions that are there already, without a draft of its own."""
        asked = [Question(" ".join(text.split())[:200], "writer") for text in questions if text.strip()]
        if not asked:
            raise UserMistake("There is nothing to search for: write down what is missing.")
        args = {"brief": self._told(brief, by), "questions": steps.questions_json(asked[:10]), "web": False}
        return self._added(NewJob(steps.KIND, by.user, (steps.QUESTIONS,), args=args))

    def for_gap(self, draft_id: str, key: str, by: Actor) -> Job:
        """The suggested searches of a section's gap as questions. Nothing is sent by it."""
        draft = self._owned_draft(draft_id, by)
        section = draft.section(key)
        if section is None or section.gap is None:
            raise NotFound("There is no such gap in this draft.")
        return self.start_with(section.gap.suggested_queries or section.gap.missing, draft.brief, by)

    def get(self, job_id: str, by: Actor) -> Research:
        job = self._owned(job_id, by)
        rows = self._ledger.steps(job.id)
        by_key = {step.key: step.result for step in rows if step.result}
        candidates = self._candidates(rows, by)
        return Research(
            job,
            tuple(map(steps.covered_of, _latest_coverage(rows))),
            candidates,
            tuple(_searched(step) for step in rows if step.kind == steps.WEB and step.result),
            tuple(filter(None, [str(by_key.get(steps.QUESTIONS.key, {}).get("note", "")), job.error])),
            self._imports_of(job, candidates, by),
        )

    def look_again(self, job_id: str, by: Actor) -> Job:
        """How far the sources answer by now: after some were added. A stopped one goes on."""
        job = self._owned(job_id, by)
        if job.state is JobState.RUNNING:
            return job
        if job.state is not JobState.DONE:
            return self._woken(self._ledger.resume(job.id))
        times = sum(step.kind == steps.COVERAGE.kind for step in self._ledger.steps(job.id))
        return self._proceed(job, [replace(steps.COVERAGE, key=f"{steps.COVERAGE.key}:{times + 1}")])

    def search_web(self, job_id: str, questions: Sequence[int], by: Actor) -> Job:
        """Sends these questions, by their positions, to the search engine; none that was answered goes out twice."""
        job = self._owned(job_id, by)
        self._engine(by)
        rows = self._ledger.steps(job.id)
        asked = [steps.covered_of(row).question.text for row in _latest_coverage(rows)]
        if any(not 0 <= n < len(asked) for n in questions):
            raise UserMistake("There is no such question in this research.")
        if job.state not in (JobState.DONE, JobState.RUNNING):
            raise UserMistake("This research was stopped. Go on with it first.")
        web = [step for step in rows if step.kind == steps.WEB]
        settled = {step.args["query"] for step in web if not (step.result and step.result["problem"])}
        queries = [(n, asked[n]) for n in dict.fromkeys(questions) if asked[n] not in settled]
        return self._proceed(job, steps.web_steps(queries, len(web))) if queries else job

    def accept(self, job_id: str, urls: Sequence[str], by: Actor) -> Job:
        """Imports pages that this research found and showed. Any other address is refused, however it got here."""
        shown = {candidate.url for candidate in self.get(job_id, by).candidates}
        if not urls:
            raise UserMistake("Tick the pages that should become sources.")
        if unknown := [url for url in urls if url not in shown]:
            raise UserMistake(f"This research did not find {unknown[0][:200]}. Add it under Sources instead.")
        return self._add_addresses("\n".join(dict.fromkeys(urls)), by, len(urls))

    def go_on(self, job_id: str, questions: Sequence[int], by: Actor, route: str = "") -> Draft:
        """To the outline, with these questions added to the brief."""
        job = self._owned(job_id, by)
        draft = self._draft_of(job, by)
        texts = [one.question.text for one in self.get(job_id, by).questions]
        added = [texts[n] for n in questions if 0 <= n < len(texts) and texts[n] not in draft.brief.questions]
        wanted = replace(draft.brief, questions=(*draft.brief.questions, *added)[:MAX_ITEMS])
        if wanted != draft.brief:
            draft = self._drafts.set_brief(draft.id, draft.revision, wanted)
        self._outline(draft.id, by, route)
        return self._drafts.get(draft.id)

    def _told(self, brief: Brief, by: Actor) -> dict[str, Any]:
        return brief_json(replace(brief, source_ids=self._source_ids(brief, by)))

    def _engine(self, by: Actor) -> None:
        if self._web_for(by.user) is None:
            raise UserMistake("No web search is set up. Choose one in Settings, then search again.")

    def _earlier(self, fingerprint: str, by: Actor) -> Job | None:
        job = self._ledger.by_fingerprint(by.user, fingerprint)
        try:
            draft = self._drafts.get(job.draft_id) if job else None
        except NotFound:
            return None
        waiting = draft is not None and draft.deleted_at is None and draft.state is DraftState.RESEARCHING
        return job if waiting else None

    def _owned(self, job_id: str, by: Actor) -> Job:
        try:
            job = self._ledger.job(job_id)
        except NotFound:
            raise NotFound("There is no such research.") from None
        authorize(by, "read", job.owner_id, "research")
        if job.kind != steps.KIND:
            raise NotFound("There is no such research.")
        return job

    def _draft_of(self, job: Job, by: Actor) -> Draft:
        if not job.draft_id:
            raise UserMistake("This research belongs to an article that is written already.")
        return self._owned_draft(job.draft_id, by)

    def _owned_draft(self, draft_id: str, by: Actor) -> Draft:
        try:
            draft = self._drafts.get(draft_id)
        except NotFound:
            raise NotFound("There is no such draft.") from None
        authorize(by, "write", draft.owner_id, "draft")
        return draft

    def _candidates(self, rows: Sequence[Step], by: Actor) -> tuple[Candidate, ...]:
        found = [candidate for step in rows if step.kind == steps.WEB for candidate in _candidates_of(step)]
        if not found:
            return ()
        pages = self._sources.below_origin(by.user, "http")
        here = {source.canonical_url: source.id for source in pages.values()}
        here |= {origin: source.id for origin, source in pages.items()}
        return tuple(replace(one, source_id=here.get(one.url, 0)) for one in merged(found))

    def _imports_of(self, job: Job, candidates: Sequence[Candidate], by: Actor) -> tuple[Import, ...]:
        """Those whose addresses all came from here."""
        shown = {candidate.url for candidate in candidates}
        if not shown:
            return ()
        later = [one for one in self._imports(by, _IMPORTS_LOOKED_AT) if one.job.created_at >= job.created_at]
        return tuple(one for one in later if one.job.args.get("urls") and set(one.job.args["urls"]) <= shown)

    def _added(self, new: NewJob) -> Job:
        return self._woken(self._ledger.add(new))

    def _proceed(self, job: Job, more: Sequence[NewStep]) -> Job:
        return self._woken(self._ledger.proceed(job.id, more))

    def _woken(self, job: Job) -> Job:
        self._wake(job.id)
        return job


def _latest_coverage(rows: Sequence[Step]) -> list[JsonObject]:
    done = [step.result for step in rows if step.kind == steps.COVERAGE.kind and step.result]
    return list(done[-1]["covered"]) if done else []


def _candidates_of(step: Step) -> list[Candidate]:
    serves = (int(step.args["question"]),)
    urls = [(one, next(iter(readable([one.url])), "")) for one in steps.found_of(step)]
    return [Candidate(url, f.title, f.site, f.date, f.snippet, f.engine, serves) for f, url in urls if url]


def _searched(step: Step) -> Searched:
    result = step.result or {}
    return Searched(str(step.args["query"]), len(result["found"]), str(result["problem"]))


def worth_searching(research: Research) -> list[int]:
    """Positions of the questions that the sources do not answer; all of them where they were given: a section that
    lacks evidence knows better than a count of passages that are near its topic."""
    if research.job.args.get("questions"):
        return list(range(len(research.questions)))
    return [n for n, one in enumerate(research.questions) if one.coverage is not Coverage.ENOUGH]
