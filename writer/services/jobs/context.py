"""What a step's handler is given, and what it must be."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from writer.domain.completions import Caller
from writer.domain.jobs import Job, JsonObject, Step, StepOutcome
from writer.domain.ports.jobs import JobLedger
from writer.services.jobs.live import LiveText


@dataclass(frozen=True, slots=True)
class LiveStep:
    """The Show of one step: its deltas reach every watcher."""

    live: LiveText
    job_id: str
    key: str

    def __call__(self, delta: str) -> None:
        self.live.append(self.job_id, self.key, delta)

    def restart(self) -> None:
        self.live.restart(self.job_id, self.key)


@dataclass(frozen=True, slots=True)
class StepContext:
    """`results` are those of the job's finished steps, by key."""

    job: Job
    step: Step
    results: Mapping[str, JsonObject]
    show: LiveStep
    ledger: JobLedger

    @property
    def caller(self) -> Caller:
        return Caller(self.job.owner_id, self.job.id, self.step.key, self.job.draft_id)

    async def kept(self, key: str) -> JsonObject | None:
        """The result that an earlier step, of this job or another, kept under the same key."""
        return await asyncio.to_thread(self.ledger.kept, key)


Handler = Callable[[StepContext], Awaitable[StepOutcome]]
"""Idempotent: a handler that was killed is run again with the same input. It changes nothing but by its outcome."""
