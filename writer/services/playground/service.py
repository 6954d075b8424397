"""Comparisons as pages, API and commands see them: begun, watched, stopped, voted on, compared, used in a draft."""

import random
from collections.abc import Callable, Iterable, Mapping, MutableSequence, Sequence

from writer.domain.actors import Action, Actor, authorize
from writer.domain.citations import only_known
from writer.domain.comparing import Comparison as Difference
from writer.domain.comparing import compared
from writer.domain.completions import Tokens
from writer.domain.drafting import BUILT_IN
from writer.domain.drafts import Draft, Origin, Section
from writer.domain.errors import NotFound, UnknownRoute, UserMistake
from writer.domain.jobs import Job, NewJob, NewStep, Step, StepState
from writer.domain.playground import (
    JOB_KIND,
    Comparison,
    Contender,
    NewComparison,
    Reply,
    ReplyState,
    Verdict,
    Vote,
    key_of,
)
from writer.domain.ports.jobs import JobLedger
from writer.domain.ports.playground import PlaygroundStore
from writer.domain.prompt_library import PromptText
from writer.services.drafts import Drafts
from writer.services.jobs.live import LiveText
from writer.services.playground.ratings import Rating, ratings
from writer.services.playground.replying import STEP_KIND, ProviderFor, Stops

RECENT = 30
NAMES_ARE_TOLD = "The names of these replies are told already: a vote would not be blind any more."
_STATES = {
    StepState.READY: ReplyState.WAITING,
    StepState.RUNNING: ReplyState.RUNNING,
    StepState.DONE: ReplyState.DONE,
    StepState.FAILED: ReplyState.FAILED,
    StepState.STOPPED: ReplyState.STOPPED,
}


class Playground:
    """`stop` ends a job and closes its connections; `wake` tells the runner of a new one; `shuffle` decides the order
    of blind replies."""

    def __init__(
        self,
        store: PlaygroundStore,
        ledger: JobLedger,
        live: LiveText,
        drafts: Drafts,
        provider_for: ProviderFor,
        stops: Stops,
        *,
        stop: Callable[[str, Actor], object],
        wake: Callable[[str], None],
        shuffle: Callable[[MutableSequence[Contender]], None] = random.shuffle,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._live = live
        self._drafts = drafts
        self._provider_for = provider_for
        self._stops = stops
        self._stop = stop
        self._wake = wake
        self._shuffle = shuffle

    def compare(
        self,
        prompt: PromptText,
        contenders: Sequence[Contender],
        by: Actor,
        *,
        values: Mapping[str, str] | None = None,
        blind: bool = False,
        prompt_mark: str = "",
    ) -> Comparison:
        """A job asks all of them at once. A route that is not there is told now, before anything is asked."""
        order = list(contenders)
        if blind:
            self._shuffle(order)
        new = NewComparison(by.user, prompt, tuple(order), values or {}, blind, prompt_mark)
        for contender in order:
            self._check(contender, by)
        made = self._store.begin(new, NewJob(JOB_KIND, by.user, _steps(new), args={"comparison": new.id}))
        self._wake(made.job_id)
        return made

    def again(self, comparison_id: str, by: Actor) -> Comparison:
        """The same once more, as a comparison of its own."""
        one = self._owned(comparison_id, by, "read")
        return self.compare(
            one.prompt, one.contenders, by, values=one.values, blind=one.blind, prompt_mark=one.prompt_mark
        )

    def get(self, comparison_id: str, by: Actor) -> Comparison:
        return self._owned(comparison_id, by, "read")

    def recent(self, by: Actor, limit: int = RECENT) -> Sequence[Comparison]:
        """Newest first."""
        return self._store.listing(by.user, limit)

    def job(self, comparison: Comparison) -> Job | None:
        try:
            return self._ledger.job(comparison.job_id)
        except NotFound:
            return None

    def jobs(self, comparisons: Sequence[Comparison]) -> Mapping[str, Job]:
        """By their ids."""
        return self._ledger.jobs_by_id([one.job_id for one in comparisons])

    def replies(self, comparison: Comparison) -> list[Reply]:
        """By column. While names are hidden, so is what would tell them."""
        steps = {step.key: step for step in self._ledger.steps(comparison.job_id)}
        columns = range(len(comparison.contenders))
        return [self._reply(comparison, column, steps.get(key_of(column))) for column in columns]

    def stop(self, comparison_id: str, by: Actor, columns: Iterable[int] | None = None) -> None:
        """These columns, or all. What had come is kept; the others go on."""
        one = self._owned(comparison_id, by, "write")
        wanted = range(len(one.contenders)) if columns is None else [_column(one, column) for column in columns]
        self._store.stop(one.id, list(wanted))
        self._stops.tell(one.id)
        self._live.touch(one.job_id)

    def delete(self, comparison_id: str, by: Actor) -> None:
        """With its replies. What is still being written is stopped; votes count on."""
        one = self._owned(comparison_id, by, "delete")
        job = self.job(one)
        if job and not job.state.is_over:
            self._stop(job.id, by)
        self._store.delete(one.id)

    def votes(self, comparison: Comparison) -> list[Vote]:
        return self._store.votes(comparison.id)

    def open_pairs(self, comparison: Comparison) -> list[tuple[int, int]]:
        """Pairs of replies that can be voted on and were not yet."""
        if not comparison.hidden:
            return []
        usable = {reply.column for reply in self.replies(comparison) if _is_usable(reply)}
        voted = {(vote.first, vote.second) for vote in self.votes(comparison)}
        return [pair for pair in comparison.pairs if usable.issuperset(pair) and pair not in voted]

    def vote(self, comparison_id: str, first: int, second: int, verdict: Verdict, by: Actor) -> Comparison:
        """Of two columns whose names are hidden. After the last vote that can be cast they are told."""
        one = self._owned(comparison_id, by, "write")
        if not one.blind:
            raise UserMistake("Only replies of a blind comparison can be voted on.")
        low, high = sorted((_column(one, first), _column(one, second)))
        replies = self.replies(one)
        if low == high or not (_is_usable(replies[low]) and _is_usable(replies[high])):
            raise UserMistake("A vote needs two whole replies.")
        if (low, high) != (first, second):
            verdict = {Verdict.FIRST: Verdict.SECOND, Verdict.SECOND: Verdict.FIRST}.get(verdict, verdict)
        if not self._store.vote(one.id, Vote(low, high, verdict)):
            raise UserMistake(NAMES_ARE_TOLD)
        over = all(reply.state.is_over for reply in replies)
        return one if self.open_pairs(one) or not over else self._store.reveal(one.id)

    def reveal(self, comparison_id: str, by: Actor) -> Comparison:
        """Tells the names: no vote can be cast from then on."""
        return self._store.reveal(self._owned(comparison_id, by, "write").id)

    def ratings(self, by: Actor, *, with_temperature: bool = False) -> list[Rating]:
        """Of routes, or of routes at their temperatures; best first."""
        ballots = self._store.ballots(by.user)
        return ratings(ballots, lambda one: one.label if with_temperature else one.route)

    def forget_votes(self, by: Actor) -> int:
        return self._store.forget_ballots(by.user)

    def difference(self, comparison: Comparison, first: int, second: int) -> Difference:
        """Word by word, from the first to the second."""
        replies = self.replies(comparison)
        before, after = (replies[_column(comparison, column)].text for column in (first, second))
        return compared("", [Section("reply", "", before)], "", [Section("reply", "", after)])

    def into_draft(self, comparison_id: str, column: int, by: Actor, draft_id: str = "") -> Draft:
        """The reply as a section: of a draft that is there, or of a new one. Whoever takes it learns the names."""
        one = self._owned(comparison_id, by, "write")
        reply = self.replies(one)[_column(one, column)]
        if not reply.text.strip():
            raise UserMistake("There is no reply to put into a draft.")
        one = self._store.reveal(one.id) if one.hidden else one
        route = one.contenders[column].route
        heading = _heading(one)
        if not draft_id:
            draft_id = self._drafts.begin(heading, by).id
        # No source was shown: what looks like a citation was made up.
        text = only_known(reply.text, lambda _: False).text
        origin = Origin("generated", by.user, route, one.prompt_mark)
        note = f"Reply of {route} from the playground"
        return self._drafts.append(draft_id, by, heading=heading, text=text, origin=origin, note=note)

    def _check(self, contender: Contender, by: Actor) -> None:
        if contender.route == BUILT_IN:
            raise UnknownRoute("The built-in drafter quotes sources and cannot answer prompts. Choose a model.")
        self._provider_for(by.user, contender.route)

    def _reply(self, comparison: Comparison, column: int, step: Step | None) -> Reply:
        if step is None:
            return Reply(column, ReplyState.STOPPED)
        if step.result is None:
            part = self._live.part(step.job_id, step.key)
            return Reply(column, _STATES[step.state], part.text if part else step.partial, step.error)
        reply = _told(column, step.result)
        return reply.hidden(str(step.result.get("failed", ""))) if comparison.hidden else reply

    def _owned(self, comparison_id: str, by: Actor, action: Action) -> Comparison:
        one = self._store.get(comparison_id)
        authorize(by, action, one.owner_id, "comparison")
        return one


def _steps(new: NewComparison) -> tuple[NewStep, ...]:
    columns = range(len(new.contenders))
    return tuple(NewStep(key_of(n), STEP_KIND, 0, _label(new, n), {"column": n}) for n in columns)


def _label(new: NewComparison, column: int) -> str:
    return f"Reply {'ABCD'[column]}" if new.blind else new.contenders[column].label


def _told(column: int, result: Mapping[str, object]) -> Reply:
    tokens, cost = result.get("tokens"), result.get("cost_micros")
    error = str(result.get("error", ""))
    state = ReplyState.STOPPED if result.get("stopped") else ReplyState.FAILED if error else ReplyState.DONE
    return Reply(
        column,
        state,
        str(result.get("text", "")),
        error,
        _number(result.get("first_ms")),
        _number(result.get("total_ms")),
        Tokens(**tokens) if isinstance(tokens, dict) else None,
        cost if isinstance(cost, int) else None,
        bool(result.get("cached")),
        bool(result.get("cut")),
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _column(comparison: Comparison, column: int) -> int:
    if not 0 <= column < len(comparison.contenders):
        raise NotFound("There is no such reply.")
    return column


def _is_usable(reply: Reply) -> bool:
    return reply.state is ReplyState.DONE and bool(reply.text.strip())


def _heading(comparison: Comparison) -> str:
    _, user = comparison.prompt.filled(comparison.values)
    line = next(line for line in user.splitlines() if line.strip())
    text = " ".join(line.split())
    return text if len(text) <= 120 else text[:119].rsplit(" ", 1)[0] + "…"
