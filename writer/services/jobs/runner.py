"""Works on steps: claims them, runs their handlers side by side, commits what they made."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from writer.domain.completions import Caller, asking
from writer.domain.errors import (
    CircuitOpen,
    FaultKind,
    ProviderTimeout,
    RateLimited,
    RetryLater,
    StorageError,
    Transient,
    WriterError,
    kind_of,
)
from writer.domain.jobs import Step, StepOutcome
from writer.domain.log_context import log_context
from writer.domain.ports.health import WorkBoard
from writer.domain.ports.jobs import JobLedger
from writer.domain.usage import UsageEvent
from writer.services.jobs.context import Handler, LiveStep, StepContext
from writer.services.jobs.live import LiveText

OUR_FAULT = "Something unexpected went wrong here; the log has the details. What was finished is kept."

logger = logging.getLogger(__name__)


class UsageBook(Protocol):
    def take(self, job_id: str, step: str) -> tuple[UsageEvent, ...]:
        """The calls that the step has made and nobody has taken yet."""
        ...


@dataclass(frozen=True, slots=True)
class RunnerPolicy:
    """Seconds, but for `slots` (steps at a time), `max_attempts` (of a step that fails) and `max_starts` (of one whose
    process dies each time: it may be the step that kills it)."""

    slots: int = 8
    lease: float = 15.0
    poll: float = 1.0
    watch: float = 0.5
    partial: float = 1.5
    max_attempts: int = 5
    max_starts: int = 20
    commit_again: tuple[float, ...] = (0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 60, 60, 60)


class Runner:
    """One per process. Everything but `wake` and `cancel` runs on the engine's loop."""

    def __init__(
        self,
        worker: str,
        ledger: JobLedger,
        handlers: Mapping[str, Handler],
        live: LiveText,
        book: UsageBook,
        policy: RunnerPolicy | None = None,
        board: WorkBoard | None = None,
    ) -> None:
        self._board = board
        self._worker = worker
        self._ledger = ledger
        self._handlers = handlers
        self._live = live
        self._book = book
        self._policy = policy or RunnerPolicy()
        self._running: dict[asyncio.Task[None], Step] = {}
        self._committing: set[asyncio.Task[None]] = set()
        self._saved: dict[tuple[str, str], str] = {}
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.stopped = asyncio.Event()

    async def serve(self) -> None:
        """Until cancelled; then steps in flight are released with the text they have."""
        self._loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(part()) for part in (self._claim_forever, self._beat_forever, self._watch_forever)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in [*tasks, *self._running]:
                task.cancel()
            await asyncio.gather(*tasks, *self._running, return_exceptions=True)
            await asyncio.gather(*self._committing, return_exceptions=True)
            if self._board is not None:
                with suppress(StorageError):
                    await asyncio.to_thread(self._board.gone, self._worker)
            self.stopped.set()

    @property
    def is_busy(self) -> bool:
        return bool(self._running)

    def wake(self) -> None:
        """There is something to do. From any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._woken.set)

    def cancel(self, job_id: str) -> None:
        """End the job's steps in flight: their connections close at once. From any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._cancel_now, job_id)

    def _cancel_now(self, job_id: str) -> None:
        for task, step in self._running.items():
            if step.job_id == job_id:
                task.cancel()

    async def _claim_forever(self) -> None:
        while True:
            self._woken.clear()
            free = self._policy.slots - len(self._running)
            for step in await self._claimed(free) if free > 0 else ():
                task = asyncio.create_task(self._logged(step), name=f"{step.job_id}/{step.key}")
                self._running[task] = step
                task.add_done_callback(self._ended)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), self._policy.poll)

    async def _claimed(self, free: int) -> list[Step]:
        try:
            return await asyncio.to_thread(self._ledger.claim, self._worker, free, self._policy.lease)
        except StorageError as error:
            logger.warning("no step could be claimed", extra={"error": str(error)})
            return []

    def _ended(self, task: asyncio.Task[None]) -> None:
        step = self._running.pop(task)
        self._saved.pop((step.job_id, step.key), None)
        self._woken.set()

    async def _beat_forever(self) -> None:
        while True:
            await self._sign()
            await asyncio.sleep(self._policy.lease / 3)
            if self._running:
                with suppress(StorageError):  # the lease outlives two missed beats; then another worker takes over
                    await asyncio.to_thread(self._ledger.heartbeat, self._worker, self._policy.lease)

    async def _sign(self) -> None:
        """For whoever looks after Writer. The lease does not depend on it."""
        if self._board is not None:
            with suppress(StorageError):
                await asyncio.to_thread(self._board.beat, self._worker)

    async def _watch_forever(self) -> None:
        """Ends steps whose job was stopped elsewhere, and keeps what has been written so far."""
        due = 0.0
        while True:
            await asyncio.sleep(self._policy.watch)
            if not self._running:
                continue
            due += self._policy.watch
            with suppress(StorageError):
                for step in await asyncio.to_thread(self._ledger.lost, self._worker, list(self._running.values())):
                    self._cancel_step(step)
                if due >= self._policy.partial:
                    due = 0.0
                    await self._save_partials(list(self._running.values()))

    def _cancel_step(self, lost: Step) -> None:
        for task, step in self._running.items():
            if (step.job_id, step.key, step.attempt) == (lost.job_id, lost.key, lost.attempt):
                task.cancel()

    async def _save_partials(self, steps: Sequence[Step]) -> None:
        for step in steps:
            where = (step.job_id, step.key)
            text = self._live_text(step)
            if text and self._saved.get(where) != text:
                await asyncio.to_thread(self._ledger.save_partial, step, text)
                self._saved[where] = text

    def _live_text(self, step: Step) -> str:
        part = self._live.part(step.job_id, step.key)
        return part.text if part else ""

    async def _logged(self, step: Step) -> None:
        with log_context(job_id=step.job_id, step=step.key):
            await self._run(step)

    async def _run(self, step: Step) -> None:
        self._live.touch(step.job_id)
        try:
            outcome = await self._worked(step)
        except asyncio.CancelledError:
            await asyncio.shield(self._release(step))
            raise
        except WriterError as error:
            again = retry_after(error, step.attempt, self._policy.max_attempts)
            await self._fail(step, str(error), again, kind=kind_of(error))
        except Exception:  # boundary: a fault of ours must not stop the other steps
            logger.exception("a step failed unexpectedly", extra={"job_id": step.job_id, "step": step.key})
            await self._fail(step, OUR_FAULT, None)
        else:
            # From here on the text is paid for: neither Stop nor the end of the runner ends its commit.
            committing = asyncio.create_task(self._finish(step, outcome))
            self._committing.add(committing)
            committing.add_done_callback(self._committing.discard)
            await asyncio.shield(committing)

    async def _worked(self, step: Step) -> StepOutcome:
        if step.attempt > self._policy.max_starts:
            raise WriterError(f"This was begun {self._policy.max_starts} times and never came to an end.")
        handler = self._handlers.get(step.kind)
        if handler is None:
            raise WriterError(f"This version of Writer does not know how to do “{step.kind}”.")
        job, steps = await asyncio.gather(
            asyncio.to_thread(self._ledger.job, step.job_id), asyncio.to_thread(self._ledger.steps, step.job_id)
        )
        asking.set(Caller(job.owner_id, job.id, step.key, job.draft_id))  # of this step's task alone
        results = {other.key: other.result for other in steps if other.result is not None}
        show = LiveStep(self._live, step.job_id, step.key)
        if self._live_text(step):
            show.restart()
        return await handler(StepContext(job, step, results, show, self._ledger))

    async def _finish(self, step: Step, outcome: StepOutcome) -> None:
        whole = replace(outcome, usage=(*outcome.usage, *self._book.take(step.job_id, step.key)))
        for pause in (*self._policy.commit_again, None):
            try:
                await asyncio.to_thread(self._ledger.finish, step, whole)
                break
            except StorageError as error:
                # A full disk or a locked database passes; the text in hand would have to be paid for again.
                logger.warning("a finished step could not be saved yet", extra={"step": step.key, "error": str(error)})
                if pause is None:
                    await self._fail(step, str(error), None, whole.usage, kind_of(error))
                    return
                await asyncio.sleep(pause)
        self._over(step)

    async def _fail(
        self,
        step: Step,
        sentence: str,
        retry_in: float | None,
        spent: tuple[UsageEvent, ...] | None = None,
        kind: FaultKind = FaultKind.OTHER,
    ) -> None:
        usage = self._book.take(step.job_id, step.key) if spent is None else spent
        logger.warning("step failed", extra={"job_id": step.job_id, "step": step.key, "error": sentence})
        with suppress(StorageError):  # then its lease runs out, and it is tried again
            await asyncio.to_thread(self._ledger.fail, step, sentence, usage, retry_in, kind.value)
        self._over(step)

    async def _release(self, step: Step) -> None:
        usage = self._book.take(step.job_id, step.key)
        with suppress(StorageError):
            await asyncio.to_thread(self._ledger.release, step, usage, self._live_text(step))
        self._over(step)

    def _over(self, step: Step) -> None:
        self._live.forget(step.job_id, step.key)


def retry_after(error: WriterError, attempt: int, max_attempts: int) -> float | None:
    """Seconds until the step may be tried again, None when trying again is no use.

    The provider wrappers have retried already: this is the slow loop round them, for outages of minutes.
    """
    if attempt >= max_attempts:
        return None
    match error:
        case RetryLater(retry_in=wait) | CircuitOpen(retry_in=wait):
            return wait if wait <= 600 else None
        case RateLimited(retry_after=float(wait)):
            return wait if wait <= 600 else None
        case ProviderTimeout() | Transient():
            return min(60.0, 5.0 * 2 ** (attempt - 1)) if attempt < 3 else None
    return None
