from writer.domain.jobs import NewJob, NewStep
from writer.storage import Stores

STEPS = (NewStep("a", "k", 0), NewStep("b", "k", 0), NewStep("c", "k", 1))


def test_steps_that_could_begin_and_those_that_run_are_told_apart(stores: Stores):
    assert (stores.work.workload().waiting, stores.work.workload().oldest_s) == (0, 0.0)
    stores.jobs.add(NewJob("k", "ada", STEPS))

    assert stores.work.workload().waiting == 2  # the third waits for its wave
    stores.jobs.claim("w", 1, 15)
    work = stores.work.workload()
    assert (work.waiting, work.running) == (1, 1)
    assert work.oldest_s >= 0


def test_runners_are_known_from_their_beats_until_they_end(stores: Stores):
    stores.work.beat("one")
    stores.work.beat("two")
    stores.work.beat("one")

    signs = stores.work.workload().runners
    assert [sign.worker for sign in signs] == ["one", "two"]
    assert all(0 <= sign.seconds_ago < 60 for sign in signs)
    stores.work.gone("one")
    assert [sign.worker for sign in stores.work.workload().runners] == ["two"]
