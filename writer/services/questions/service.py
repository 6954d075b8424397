"""Questions as pages, API and commands see them: asked, looked at, kept, asked again, used in a draft."""

from collections.abc import Callable, Iterable, Sequence

from writer.domain.actors import Action, Actor, authorize
from writer.domain.claims import Claim
from writer.domain.drafts import Draft, Origin
from writer.domain.errors import NotFound, UserMistake
from writer.domain.jobs import Job, NewJob
from writer.domain.ports.jobs import JobLedger
from writer.domain.ports.questions import QuestionStore
from writer.domain.ports.sources import SourceStore
from writer.domain.questions import JOB_KIND, NewQuestion, Question, fingerprint_of
from writer.domain.scopes import EVERYTHING, Scope
from writer.domain.sources import Passage, Source
from writer.services.drafts import Drafts, Reference
from writer.services.questions.answering import STEP, AnswererFor
from writer.services.questions.checking import AnswerCheck

RECENT = 30
MOST_AT_ONCE = 20
_NEWEST_JOBS = 200


class Questions:
    """`stop` ends a job and closes its connections; `wake` tells the runner of a new one."""

    def __init__(
        self,
        store: QuestionStore,
        ledger: JobLedger,
        sources: SourceStore,
        drafts: Drafts,
        check: AnswerCheck,
        answerer_for: AnswererFor,
        *,
        stop: Callable[[str, Actor], object],
        wake: Callable[[str], None],
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._sources = sources
        self._drafts = drafts
        self._check = check
        self._answerer_for = answerer_for
        self._stop = stop
        self._wake = wake

    def ask(self, text: str, by: Actor, scope: Scope = EVERYTHING, route: str = "") -> Question:
        """A job answers it. The same question of the same sources again is asked again; while it is being answered
        (a second tab, a double click), it is that answer."""
        new = NewQuestion(by.user, text, scope, route)
        self._answerer_for(by.user, route)  # a route that is not there is told now
        self._check_there_are_sources(scope, by)
        question = self._store.ask(new, NewJob(JOB_KIND, by.user, (STEP,), args={"question": new.id}))
        self._wake(question.job_id)
        return question

    def again(self, question_id: str, by: Actor, route: str | None = None) -> Question:
        """The last answer stays until the next one is there. Another route makes it another question."""
        question = self._owned(question_id, by, "write")
        return self.ask(question.text, by, question.scope, question.route if route is None else route)

    def get(self, question_id: str, by: Actor) -> Question:
        return self._owned(question_id, by, "read")

    def recent(self, by: Actor, limit: int = RECENT) -> Sequence[Question]:
        """Those that are not kept, asked last first."""
        return self._store.listing(by.user, kept=False, limit=limit)

    def kept(self, by: Actor) -> Sequence[Question]:
        return self._store.listing(by.user, kept=True, limit=500)

    def keep(self, question_id: str, by: Actor) -> Question:
        self._owned(question_id, by, "write")
        return self._store.set_kept(question_id, True)

    def unkeep(self, question_id: str, by: Actor) -> Question:
        self._owned(question_id, by, "write")
        return self._store.set_kept(question_id, False)

    def delete(self, question_id: str, by: Actor) -> None:
        """What is still being answered is stopped."""
        question = self._owned(question_id, by, "delete")
        job = self.job(question)
        if job and not job.state.is_over:
            self._stop(job.id, by)
        self._store.delete(question_id)

    def job(self, question: Question) -> Job | None:
        try:
            return self._ledger.job(question.job_id)
        except NotFound:
            return None

    def jobs(self, questions: Sequence[Question], by: Actor) -> dict[str, Job]:
        """By question, the job that answers it or did."""
        newest = {job.id: job for job in self._ledger.jobs(by.user, _NEWEST_JOBS, JOB_KIND)}
        found = ((question.id, newest.get(question.job_id) or self.job(question)) for question in questions)
        return {question_id: job for question_id, job in found if job}

    def is_outdated(self, question: Question) -> bool:
        """Whether the sources in its scope are others, or others in content, than those that it was answered from."""
        return bool(self.outdated([question]))

    def outdated(self, questions: Iterable[Question]) -> frozenset[str]:
        """Ids of those whose sources have changed; each scope is looked at once."""
        seen: dict[tuple[str, Scope], str] = {}
        listings: dict[str, list[Source]] = {}
        found = set()
        for question in questions:
            where = (question.owner_id, question.scope)
            if question.answer and where not in seen:
                mine = listings.setdefault(question.owner_id, self._sources.listing(question.owner_id))
                inside = set(self._sources.in_scope(*where))
                seen[where] = fingerprint_of([source for source in mine if source.id in inside])
            if question.answer and seen[where] != question.fingerprint:
                found.add(question.id)
        return frozenset(found)

    def again_where_changed(self, by: Actor) -> list[Question]:
        """Kept ones first; those whose sources are all gone stay as they are."""
        asked = [*self.kept(by), *self.recent(by)]
        outdated = self.outdated(asked)
        due = [question for question in asked if question.id in outdated and self._has_sources(question)]
        return [self.again(question.id, by) for question in due[:MOST_AT_ONCE]]

    def claims(self, question: Question) -> tuple[Claim, ...]:
        """The answer's sentences as they stand now: what their passages became since is said."""
        answer = question.answer
        return self._check.now(question.owner_id, answer.text, answer.claims) if answer else ()

    def references(self, question: Question) -> list[Reference]:
        """In order of first appearance; what was deleted since has none."""
        return self._drafts.references_in(question.owner_id, [question.answer.text]) if question.answer else []

    def passages(self, question: Question) -> dict[str, Passage]:
        """Those that the answer cites, or that come nearest where there is none, by id; as far as they are still
        there."""
        answer = question.answer
        if answer is None:
            return {}
        if answer.refusal:
            return self._sources.passages_by_id(question.owner_id, answer.refusal.nearest)
        return self._check.passages(question.owner_id, answer.text)

    def into_draft(self, question_id: str, by: Actor, draft_id: str = "") -> Draft:
        """The answer as a section of its own, with its citations: of a draft that is there, or of a new one."""
        question = self._owned(question_id, by, "read")
        answer = question.answer
        if answer is None or not answer.text:
            raise UserMistake("There is no answer to put into a draft.")
        origin = Origin("generated", by.user, answer.route, answer.prompt_version)
        heading, note = _heading(question.text), f"Answer to “{_heading(question.text)}”"
        if not draft_id:
            draft_id = self._drafts.begin(question.text, by, source_ids=question.scope.source_ids).id
        return self._drafts.append(draft_id, by, heading=heading, text=answer.text, origin=origin, note=note)

    def _owned(self, question_id: str, by: Actor, action: Action) -> Question:
        question = self._store.get(question_id)
        authorize(by, action, question.owner_id, "question")
        return question

    def _has_sources(self, question: Question) -> bool:
        return bool(self._sources.in_scope(question.owner_id, question.scope))

    def _check_there_are_sources(self, scope: Scope, by: Actor) -> None:
        if self._sources.in_scope(by.user, scope):
            return
        mine = {source.id: source for source in self._sources.listing(by.user)}
        chosen = [mine[id_] for id_ in scope.source_ids if id_ in mine] if scope.source_ids else list(mine.values())
        if not mine:
            raise UserMistake("There are no sources to ask yet. Add one first.")
        if not chosen:
            raise UserMistake("The sources that this is asked of are not there any more. Choose others.")
        if unread := [source for source in chosen if not source.state.is_settled]:
            raise UserMistake(f"The sources are still being read ({len(unread)} to go). Try again when one is ready.")
        if scope.is_everything:
            raise UserMistake("None of your sources could be read, so there is nothing to ask. See why in Sources.")
        raise UserMistake("No source that is ready is within what you chose to ask. Choose more.")


def _heading(text: str) -> str:
    return text if len(text) <= 120 else text[:119].rsplit(" ", 1)[0] + "…"
