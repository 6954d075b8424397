"""Cuts sources anew when their collection asks for other passages: a job that goes through them, some in each step.

What a source is cut as is asked for when its turn comes, so a later change of mind is never undone by an earlier job.
"""

import asyncio
from collections.abc import Callable, Mapping

from writer.domain.collections import Cut
from writer.domain.errors import JobStopped, NotFound, ProviderError
from writer.domain.jobs import Job, JobState, JsonObject, NewJob, NewStep, StepOutcome
from writer.domain.ports.collections import Recut
from writer.domain.ports.jobs import JobLedger
from writer.domain.ports.sources import SourceStore
from writer.domain.sources import SourceState
from writer.services.jobs.context import Handler, StepContext
from writer.services.knowledge.ingestion import Ingestion
from writer.services.knowledge.intake import Intake

RECUT_KIND = "recut"
RECUT = "recut"
IN_ONE_STEP = 10


class Recutting:
    """Which job a change of collections asks for. It is stored together with the change: no crash can lose it."""

    def __init__(self, ledger: JobLedger, wake: Callable[[], None]) -> None:
        self._ledger = ledger
        self.wake = wake

    def job_of(self, owner_id: str) -> Recut:
        """Only sources whose passages change by it are in it."""

        def job(before: Mapping[int, Cut], now: Mapping[int, Cut]) -> NewJob | None:
            changed = [[id_, now[id_].overlap != cut.overlap] for id_, cut in before.items() if now[id_] != cut]
            if not changed:
                return None
            what = f"Cutting {len(changed):,} {'source' if len(changed) == 1 else 'sources'} anew"
            return NewJob(RECUT_KIND, owner_id, (_step(0),), args={"what": what, "sources": changed})

        return job

    def at_work(self, owner_id: str) -> list[Job]:
        return [job for job in self._ledger.jobs(owner_id, 5, RECUT_KIND) if job.state is JobState.RUNNING]


class RecutSteps:
    """The job's handlers."""

    def __init__(self, sources: SourceStore, ledger: JobLedger, ingestion: Ingestion, intake: Intake) -> None:
        self._sources = sources
        self._ledger = ledger
        self._ingestion = ingestion
        self._intake = intake

    def handlers(self) -> Mapping[str, Handler]:
        return {RECUT: self.recut}

    async def recut(self, context: StepContext) -> StepOutcome:
        start, wanted = int(context.step.args["start"]), context.job.args["sources"]
        kept, unanswered = 0, None
        for at, (source_id, embed_all) in enumerate(wanted[start : start + IN_ONE_STEP], start=start + 1):
            context.show.restart()
            context.show(f"{at:,} of {len(wanted):,} sources")
            try:
                kept += bool(await asyncio.to_thread(self._one, int(source_id), context.step.attempt, bool(embed_all)))
            except ProviderError as error:  # the others need no service, or it may answer them
                unanswered = error
        if unanswered is not None:
            raise unanswered
        following = start + IN_ONE_STEP
        return StepOutcome(_result(kept), next_steps=(_step(following),) if following < len(wanted) else ())

    def _one(self, source_id: int, attempt: int, embed_all: bool) -> str:
        """A note where it could not be done. One that is being read is read again from the start; one that failed is
        cut as it should be when it is tried again."""
        try:
            source = self._sources.get(source_id)
            if source.state is SourceState.READY or (source.state is SourceState.FAILED and source.passages):
                return self._ingestion.cut_anew(source_id, attempt, embed_all=embed_all)
            if not source.state.is_settled:
                self._read_again(source_id)
        except (NotFound, JobStopped):  # deleted, or a newer version is being read, which is cut right
            return ""
        return ""

    def _read_again(self, source_id: int) -> None:
        job = self._ledger.latest_for_source(source_id)
        if job is not None and not job.state.is_over:
            self._ledger.stop(job.id)
        self._sources.set_state(source_id, SourceState.QUEUED)
        self._intake.start_job(self._sources.get(source_id))


def _step(start: int) -> NewStep:
    return NewStep(f"{RECUT}:{start}", RECUT, start // IN_ONE_STEP, "Cutting anew", {"start": start})


def _result(kept: int) -> JsonObject:
    return {"kept": kept}
