"""Jobs as pages, API and commands see them: look, follow, stop, go on."""

from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Protocol

from writer.domain.actors import Actor, authorize
from writer.domain.jobs import Job, JobState, Step
from writer.domain.ports.jobs import JobLedger
from writer.services.jobs.events import (
    Delta,
    JobChanged,
    JobEvent,
    JobSnapshot,
    Restart,
    StepChanged,
    StepView,
    view_of,
)
from writer.services.jobs.live import LiveText

_TURN = 0.06
_TURNS_A_SECOND = 16


class Engine(Protocol):
    """The runner of this process, or nobody where workers do the work."""

    def wake(self) -> None: ...

    def cancel(self, job_id: str) -> None: ...


class Jobs:
    def __init__(
        self,
        ledger: JobLedger,
        live: LiveText,
        engine: Callable[[], Engine | None],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pardon: Callable[[], None] = lambda: None,
    ) -> None:
        """`pardon`: a person asks again, so what rests after failures may be tried once more."""
        self._ledger = ledger
        self._live = live
        self._engine = engine
        self._now = now
        self._pardon = pardon

    def get(self, job_id: str, by: Actor) -> Job:
        job = self._ledger.job(job_id)
        authorize(by, "read", job.owner_id, "job")
        return job

    def steps(self, job_id: str, by: Actor) -> list[Step]:
        self.get(job_id, by)
        return self._ledger.steps(job_id)

    def recent(self, by: Actor, limit: int = 50) -> list[Job]:
        return self._ledger.jobs(by.user, limit)

    def for_draft(self, draft_id: str, by: Actor, kind: str = "") -> Job | None:
        job = self._ledger.latest_for_draft(draft_id, kind)
        return job if job and job.owner_id == by.user else None

    def for_source(self, source_id: int, by: Actor) -> Job | None:
        job = self._ledger.latest_for_source(source_id)
        return job if job and job.owner_id == by.user else None

    def stop(self, job_id: str, by: Actor) -> Job:
        """What has been written stays; the provider's connections close."""
        self.get(job_id, by)
        try:
            return self._ledger.stop(job_id)
        finally:
            if engine := self._engine():  # also when the database is locked: stopping must stop
                engine.cancel(job_id)
            self._live.touch(job_id)

    def resume(self, job_id: str, by: Actor) -> Job:
        """Go on with a stopped or failed job; finished steps are not done again."""
        self.get(job_id, by)
        self._pardon()
        job = self._ledger.resume(job_id)
        self.wake(job_id)
        return job

    def wake(self, job_id: str) -> None:
        if engine := self._engine():
            engine.wake()
        self._live.touch(job_id)

    def snapshot(self, job_id: str, by: Actor) -> JobSnapshot:
        job = self.get(job_id, by)
        end = job.updated_at if job.state.is_over else self._now()
        return JobSnapshot(
            job, tuple(self._views(self._ledger.steps(job_id))), max(0.0, (end - job.created_at).total_seconds())
        )

    def follow(
        self, job_id: str, by: Actor, *, gone: Callable[[], bool] = lambda: False
    ) -> Generator[JobEvent | None, None, None]:
        """A snapshot, then what changes, until the job is over or waits for the writer. Blocks between events.

        Yields None about once a second when nothing happened, so that the caller can notice that its reader left;
        `gone` ends it. Deltas of one step are joined: at most about fifteen events a second.
        """
        watcher = _Watcher(self.snapshot(job_id, by))
        yield watcher.first
        beat, state_beat, quiet = -1, -1, False
        for turn in count():
            if gone():
                return
            if turn % _TURNS_A_SECOND == 0 or quiet or state_beat != self._live.state_beat(job_id):
                # The database is asked when this process knows of a change, and once a second for other processes'.
                state_beat = self._live.state_beat(job_id)
                job, steps = self._ledger.job(job_id), self._ledger.steps(job_id)
            yield from watcher.changes(self._views(steps)) or ((None,) if quiet else ())
            if job.state is not JobState.RUNNING:
                yield JobChanged(job)
                return
            self._live.wait_for_state(job_id, state_beat, _TURN)  # deltas gather meanwhile
            heard = self._live.wait(job_id, beat, 1.0)
            quiet, beat = heard == beat, heard

    def _views(self, steps: list[Step]) -> list[StepView]:
        parts = [self._live.part(step.job_id, step.key) for step in steps]
        return [view_of(step, part.text if part else None) for step, part in zip(steps, parts, strict=True)]


class _Watcher:
    """What one reader has been shown. The difference to what is there is what they are told next."""

    def __init__(self, first: JobSnapshot) -> None:
        self.first = first
        self._shown = {step.key: step for step in first.steps}

    def changes(self, views: list[StepView]) -> list[JobEvent]:
        return [event for view in views for event in self._changes_of(view)]

    def _changes_of(self, view: StepView) -> Iterator[JobEvent]:
        before = self._shown.get(view.key)
        self._shown[view.key] = view
        if before is None or before.state is not view.state:
            yield StepChanged(view)
        elif view.text != before.text:
            if view.text.startswith(before.text):
                yield Delta(view.key, view.text[len(before.text) :])
            else:
                yield Restart(view.key)
                yield Delta(view.key, view.text)
