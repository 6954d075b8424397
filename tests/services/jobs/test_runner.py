"""The runner over real ledgers: what it starts together, what it keeps, what it gives back."""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable

import pytest

from tests.storage.makers import OWNER, PERSON, a_brief, a_job, a_section, an_event
from writer.domain.completions import Caller
from writer.domain.errors import CircuitOpen, ProviderUnavailable, UserMistake
from writer.domain.jobs import Job, JobState, NewStep, StepOutcome, StepState
from writer.domain.log_context import log_facts
from writer.services.jobs import Handler, LiveText, Runner, RunnerPolicy, StepContext
from writer.services.jobs.runner import retry_after
from writer.services.usage import UsageBook

QUICK = RunnerPolicy(poll=0.02, watch=0.02, partial=0.02, lease=5, commit_again=(0.01, 0.01))
A_SENTENCE = "The service is resting."


def step(key: str, wave: int = 0, kind: str = "work") -> NewStep:
    return NewStep(key, kind, wave)


class Desk:
    """A runner for tests: `until` works until a condition about the job holds."""

    def __init__(self, stores, handler: Handler, policy: RunnerPolicy = QUICK) -> None:
        self.stores = stores
        self.live = LiveText()
        self.book = UsageBook(stores.usage)
        self.runner = Runner("worker", stores.jobs, {"work": handler}, self.live, self.book, policy)

    async def until(self, job: Job, condition: Callable[[Job], bool]) -> Job:
        serving = asyncio.create_task(self.runner.serve())
        try:
            async with asyncio.timeout(30):
                while not condition(now := await asyncio.to_thread(self.stores.jobs.job, job.id)):
                    await asyncio.sleep(0.01)
            return now
        finally:
            serving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await serving

    def states(self, job: Job) -> dict[str, StepState]:
        return {step.key: step.state for step in self.stores.jobs.steps(job.id)}


def is_over(job: Job) -> bool:
    return job.state.is_over


async def test_steps_of_a_wave_run_together_and_the_next_wave_waits_for_all_of_them(stores):
    together = asyncio.Barrier(3)
    order: list[str] = []

    async def handler(context: StepContext) -> StepOutcome:
        if context.step.wave == 0:
            await together.wait()
        order.append(context.step.key)
        return StepOutcome({"text": context.step.key, "seen": sorted(context.results)})

    job = stores.jobs.add(a_job(step("a"), step("b"), step("c"), step("last", 1)))
    end = await Desk(stores, handler).until(job, is_over)

    assert end.state is JobState.DONE
    assert order[-1] == "last"
    assert stores.jobs.steps(job.id)[-1].result["seen"] == ["a", "b", "c"]


async def test_a_step_commits_its_section_its_version_and_its_usage(stores):
    draft = stores.drafts.create(OWNER, a_brief(), "Tides")

    async def handler(context: StepContext) -> StepOutcome:
        desk.book.record(an_event(context.caller))
        return StepOutcome({}, sections=(a_section("s1", "Written text."),), origin=PERSON)

    desk = Desk(stores, handler)
    job = stores.jobs.add(a_job(step("a"), draft_id=draft.id))
    await desk.until(job, is_over)

    assert stores.drafts.get(draft.id).section("s1").text == "Written text."
    assert len(stores.drafts.versions(draft.id)) >= 1
    assert [event.caller.step for event in stores.usage.calls(OWNER, job_id=job.id)] == ["a"]


async def test_a_fault_fails_its_step_with_a_sentence_and_the_others_go_on(stores):
    async def handler(context: StepContext) -> StepOutcome:
        if context.step.key == "bad":
            raise UserMistake("The source is gone.")
        if context.step.key == "worse":
            raise ZeroDivisionError
        return StepOutcome({})

    desk = Desk(stores, handler)
    job = stores.jobs.add(a_job(step("bad"), step("worse"), step("good"), step("never", 1)))
    end = await desk.until(job, is_over)

    assert end.state is JobState.FAILED
    states = desk.states(job)
    assert states["good"] is StepState.DONE
    assert states["never"] is not StepState.DONE
    errors = {step.key: step.error for step in stores.jobs.steps(job.id)}
    assert errors["bad"] == "The source is gone."
    assert {step.key: step.error_kind for step in stores.jobs.steps(job.id)} == {
        "bad": "input",
        "worse": "other",
        "good": "",
        "never": "",
    }
    assert "Something unexpected" in errors["worse"]
    assert "ZeroDivision" not in errors["worse"]


async def test_stop_ends_a_step_in_flight_and_keeps_what_it_had_shown(stores):
    begun = asyncio.Event()

    async def handler(context: StepContext) -> StepOutcome:
        context.show("The tide comes in ")
        begun.set()
        return await forever()

    desk = Desk(stores, handler)
    job = stores.jobs.add(a_job(step("a")))

    async def stop() -> None:
        await begun.wait()
        await asyncio.to_thread(stores.jobs.stop, job.id)
        desk.runner.cancel(job.id)

    stopping = asyncio.create_task(stop())
    await desk.until(job, lambda now: desk.states(now)["a"] is not StepState.RUNNING and now.state.is_over)
    await stopping

    assert stores.jobs.job(job.id).state is JobState.STOPPED
    assert stores.jobs.steps(job.id)[0].partial == "The tide comes in "


async def test_a_job_stopped_by_another_process_ends_here_too(stores):
    begun = asyncio.Event()

    async def handler(_: StepContext) -> StepOutcome:
        begun.set()
        return await forever()

    desk = Desk(stores, handler)
    job = stores.jobs.add(a_job(step("a")))

    async def stop_elsewhere() -> None:
        await begun.wait()
        await asyncio.to_thread(stores.jobs.stop, job.id)  # and nobody tells this runner

    stopping = asyncio.create_task(stop_elsewhere())
    await desk.until(job, lambda now: now.state.is_over and not desk.runner._running)
    await stopping
    assert desk.states(job)["a"] is not StepState.RUNNING


async def test_what_a_closing_runner_held_is_done_by_the_next_one(stores):
    begun = asyncio.Event()

    async def never_done(_: StepContext) -> StepOutcome:
        begun.set()
        return await forever()

    async def done(context: StepContext) -> StepOutcome:
        return StepOutcome({"attempt": context.step.attempt})

    job = stores.jobs.add(a_job(step("a")))
    await Desk(stores, never_done).until(job, lambda _: begun.is_set())
    end = await Desk(stores, done).until(job, is_over)

    assert end.state is JobState.DONE


async def test_a_result_that_is_being_committed_survives_the_end_of_the_runner(stores):
    entered, leave = threading.Event(), threading.Event()

    class Slow:
        """The real ledger, with a commit that takes until it is let go."""

        def __getattr__(self, name):
            return getattr(stores.jobs, name)

        def finish(self, step, outcome):
            entered.set()
            leave.wait(30)
            return stores.jobs.finish(step, outcome)

    async def handler(_: StepContext) -> StepOutcome:
        return StepOutcome({"text": "paid for"})

    job = stores.jobs.add(a_job(step("a")))
    runner = Runner("worker", Slow(), {"work": handler}, LiveText(), UsageBook(stores.usage), QUICK)
    serving = asyncio.create_task(runner.serve())
    await asyncio.to_thread(entered.wait, 30)
    serving.cancel()
    leave.set()
    await asyncio.gather(serving, return_exceptions=True)

    assert stores.jobs.steps(job.id)[0].result == {"text": "paid for"}


async def test_partial_text_is_kept_while_a_step_is_being_written(stores):
    async def handler(context: StepContext) -> StepOutcome:
        context.show("Half a sen")
        return await forever()

    desk = Desk(stores, handler)
    job = stores.jobs.add(a_job(step("a")))
    await desk.until(job, lambda now: stores.jobs.steps(now.id)[0].partial == "Half a sen")


async def test_an_outage_is_waited_out(stores):
    tries: list[int] = []

    async def handler(context: StepContext) -> StepOutcome:
        tries.append(context.step.attempt)
        if len(tries) == 1:
            raise CircuitOpen("a:b", A_SENTENCE, retry_in=0.01)
        return StepOutcome({})

    job = stores.jobs.add(a_job(step("a")))
    end = await Desk(stores, handler).until(job, is_over)

    assert end.state is JobState.DONE
    assert tries == [1, 2]


async def test_a_step_that_never_ends_well_is_given_up_with_a_sentence(stores):
    async def handler(_: StepContext) -> StepOutcome:
        raise CircuitOpen("a:b", A_SENTENCE, retry_in=0.0)

    job = stores.jobs.add(a_job(step("a")))
    end = await Desk(stores, handler).until(job, is_over)

    assert end.state is JobState.FAILED
    assert A_SENTENCE in stores.jobs.steps(job.id)[0].error


async def test_a_step_of_an_unknown_kind_says_so(stores):
    async def handler(_: StepContext) -> StepOutcome:
        return StepOutcome({})

    job = stores.jobs.add(a_job(step("a", kind="from-the-future")))
    await Desk(stores, handler).until(job, is_over)

    assert "does not know how" in stores.jobs.steps(job.id)[0].error


@pytest.mark.parametrize(
    ("error", "attempt", "wait"),
    [
        (CircuitOpen("a", A_SENTENCE, retry_in=30), 1, 30),
        (CircuitOpen("a", A_SENTENCE, retry_in=3600), 1, None),
        (ProviderUnavailable("a", "reset"), 1, 5.0),
        (ProviderUnavailable("a", "reset"), 2, 10.0),
        (ProviderUnavailable("a", "reset"), 3, None),
        (UserMistake("no"), 1, None),
        (CircuitOpen("a", A_SENTENCE, retry_in=1), 5, None),
    ],
)
def test_only_what_passes_by_itself_is_tried_again_later(error, attempt, wait):
    assert retry_after(error, attempt, 5) == wait


def test_usage_of_a_step_is_taken_once(stores):
    book = UsageBook(stores.usage)
    book.record(an_event(Caller(OWNER, "job", "step")))
    assert len(book.take("job", "step")) == 1
    assert book.take("job", "step") == ()


async def forever() -> StepOutcome:
    never: Awaitable[StepOutcome] = asyncio.get_running_loop().create_future()
    return await never


async def test_lines_logged_by_a_step_name_it_and_the_runner_is_heard_of_while_it_lives(stores):
    facts: list[dict[str, str]] = []

    async def handler(context: StepContext) -> StepOutcome:
        facts.append(dict(await asyncio.to_thread(log_facts)))
        while not (await asyncio.to_thread(stores.work.workload)).runners:
            await asyncio.sleep(0.01)
        return StepOutcome({})

    desk = Desk(stores, handler)
    desk.runner = Runner("worker", stores.jobs, {"work": handler}, desk.live, desk.book, QUICK, stores.work)
    job = stores.jobs.add(a_job(step("a")))

    await desk.until(job, is_over)

    assert facts == [{"job_id": job.id, "step": "a"}]
    assert stores.work.workload().runners == ()
