from collections.abc import Collection, Sequence
from typing import Protocol

from writer.domain.jobs import Job, JsonObject, NewJob, NewStep, Step, StepOutcome
from writer.domain.usage import UsageEvent


class JobLedger(Protocol):
    """Jobs and steps as rows: the truth about all work. Every method is one short transaction on the database's clock.

    A step is claimable when its job is running, every step of a lower wave is done, and it is ready (and not to be
    started later) or its lease has run out.
    """

    def add(self, new: NewJob) -> Job: ...

    def job(self, job_id: str) -> Job: ...

    def jobs_by_id(self, ids: Collection[str]) -> dict[str, Job]:
        """Those that are there."""
        ...

    def steps(self, job_id: str) -> list[Step]:
        """By wave, then in the order they were added."""
        ...

    def jobs(self, owner_id: str, limit: int = 50, kind: str = "") -> list[Job]:
        """Newest first; "" stands for every kind."""
        ...

    def latest_for_draft(self, draft_id: str, kind: str = "") -> Job | None:
        """ "" stands for every kind."""
        ...

    def latest_for_source(self, source_id: int) -> Job | None: ...

    def by_fingerprint(self, owner_id: str, fingerprint: str) -> Job | None:
        """The newest job that was started with the same fingerprint."""
        ...

    def claim(self, worker: str, limit: int, lease_s: float) -> list[Step]:
        """Claimed steps are RUNNING, with their attempt raised by one."""
        ...

    def heartbeat(self, worker: str, lease_s: float) -> None:
        """Extend the lease of every step that this worker is running."""
        ...

    def lost(self, worker: str, held: Sequence[Step]) -> list[Step]:
        """Those of `held` that must end now: their job was stopped, or another worker has taken them over."""
        ...

    def abandon(self, worker: str) -> int:
        """The worker is known to be dead: its running steps are ready at once. Returns how many there were."""
        ...

    def save_partial(self, step: Step, text: str) -> None:
        """Keep what has been written so far; ignored when the step is no longer this attempt's."""
        ...

    def finish(self, step: Step, outcome: StepOutcome) -> bool:
        """Commit the outcome with all its changes and, when it was the last step, the job's end.

        False when another attempt owns the step: nothing but the usage (marked wasted) is kept."""
        ...

    def fail(
        self, step: Step, error: str, usage: Sequence[UsageEvent], retry_in: float | None = None, kind: str = ""
    ) -> None:
        """`kind` is the error's FaultKind. With `retry_in` (seconds) the step is ready again then; else it has failed,
        and so has the job as soon as nothing else of it can run. Beside a failed step, others wait for a few seconds
        only, then fail as well."""
        ...

    def release(self, step: Step, usage: Sequence[UsageEvent], partial: str) -> None:
        """The step was stopped or its worker is leaving: keep its text, let it be claimed again when the job runs."""
        ...

    def stop(self, job_id: str) -> Job: ...

    def resume(self, job_id: str, args: JsonObject | None = None) -> Job:
        """With `args`, what the job was started with is replaced.

        A stopped or failed job runs again: its failed and stopped steps are ready, the done ones stay done. In a
        running one, failed steps are ready too, and none waits any longer."""
        ...

    def proceed(self, job_id: str, steps: Sequence[NewStep]) -> Job:
        """A waiting job goes on with these steps. On a running job that has them already, it changes nothing."""
        ...

    def kept(self, key: str) -> JsonObject | None:
        """The result kept under a key by an earlier outcome."""
        ...
