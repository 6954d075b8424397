"""Several workers on one database, threads and processes, and what a kill leaves behind."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.storage.makers import OWNER, a_brief, a_job, a_section, a_step, an_outline
from tests.storage.processes import go_on, line, worker_process
from writer.domain.jobs import JobState, Step, StepOutcome, StepState
from writer.storage import Stores

MANY = [a_step(f"s{number}") for number in range(60)]


def test_threads_that_claim_together_never_get_the_same_step(stores: Stores):
    stores.jobs.add(a_job(*MANY))

    def work(name: str) -> list[Step]:
        mine: list[Step] = []
        while steps := stores.jobs.claim(name, 3, 60):
            mine += steps
        return mine

    with ThreadPoolExecutor(4) as pool:
        taken = [step.key for steps in pool.map(work, "abcd") for step in steps]

    assert sorted(taken) == sorted(step.key for step in MANY)


def test_processes_that_claim_together_never_get_the_same_step(stores: Stores, database_url: str):
    stores.jobs.add(a_job(*MANY))
    with ExitStack() as stack:
        workers = [stack.enter_context(worker_process(database_url, name, "claim", 2)) for name in ("a", "b")]
        for worker in workers:
            assert line(worker) == "ready"
        for worker in workers:
            go_on(worker)
        taken = [key for worker in workers for key in iter(lambda worker=worker: line(worker), "")]

    assert sorted(taken) == sorted(step.key for step in MANY)


def test_steps_that_finish_at_once_lose_none_of_each_others_sections_and_end_their_job(stores: Stores):
    keys = [f"s{number}" for number in range(12)]
    draft = stores.drafts.create(OWNER, a_brief(), "Title")
    stores.drafts.set_outline(draft.id, 1, an_outline(*keys))
    job = stores.jobs.add(a_job(*(a_step(key) for key in keys), draft_id=draft.id))
    steps = stores.jobs.claim("w", 12, 60)

    def finish(step: Step) -> bool:
        return stores.jobs.finish(step, StepOutcome({}, sections=(a_section(step.key),)))

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(finish, random.Random(7).sample(steps, len(steps))))

    now = stores.drafts.get(draft.id)
    assert [section.key for section in now.sections] == keys
    assert now.revision == 2 + 12
    assert stores.jobs.job(job.id).state is JobState.DONE


@pytest.mark.timeout(300)
def test_killing_the_process_while_it_finishes_steps_loses_nothing_and_doubles_nothing(
    stores: Stores, database_url: str
):
    keys = [f"s{number}" for number in range(25)]
    draft = stores.drafts.create(OWNER, a_brief(), "Title")
    job = stores.jobs.add(a_job(*(a_step(key) for key in keys), draft_id=draft.id))
    chance = random.Random(20261121)

    for _ in range(10):
        with worker_process(database_url, "w", "finish") as process:
            for _ in range(chance.randint(1, 2)):
                line(process)
            # Not to wait for anything: so that the kill falls at another point of the transaction every time.
            time.sleep(chance.uniform(0, 0.012))
            process.kill()
        _everything_of_each_step_or_nothing(stores, job.id, draft.id)
    with worker_process(database_url, "w", "finish") as process:
        while line(process) != "nothing left":
            pass

    _everything_of_each_step_or_nothing(stores, job.id, draft.id)
    assert stores.jobs.job(job.id).state is JobState.DONE
    assert {section.key for section in stores.drafts.get(draft.id).sections} == set(keys)
    calls = Counter(event.caller.step for event in stores.usage.calls(OWNER, job_id=job.id, limit=1000))
    assert calls == Counter(keys)


def _everything_of_each_step_or_nothing(stores: Stores, job_id: str, draft_id: str) -> None:
    stores.jobs.resume(job_id)  # changes nothing, but waits for the lock that the dead process may still hold
    done = {step.key for step in stores.jobs.steps(job_id) if step.state is StepState.DONE}
    draft = stores.drafts.get(draft_id)
    assert {section.key for section in draft.sections} == done
    assert all(section.text == f"Text of {section.key}. " * 200 for section in draft.sections)
    assert {event.caller.step for event in stores.usage.calls(OWNER, job_id=job_id, limit=1000)} == done
    assert len(stores.drafts.versions(draft_id)) == len(done) == draft.revision - 1
    assert {step.key for step in stores.jobs.steps(job_id) if stores.jobs.kept(f"kept:{step.key}") is not None} == done
