import threading

from tests.storage.makers import a_job
from writer.domain.jobs import StepOutcome
from writer.services.jobs.live import LiveText
from writer.services.jobs.waiting import over_within


def test_who_waits_is_told_as_soon_as_the_job_has_ended(sqlite_stores):
    ledger, live = sqlite_stores.jobs, LiveText()
    job = ledger.add(a_job())
    (step,) = ledger.claim("w", 8, 60)
    heard: list[bool] = []
    waiting = threading.Thread(target=lambda: heard.append(over_within(60, job.id, ledger, live)))
    waiting.start()

    ledger.finish(step, StepOutcome({}))
    live.forget(job.id, step.key)
    waiting.join(30)

    assert heard == [True]


def test_nobody_waits_longer_than_they_said(sqlite_stores):
    job = sqlite_stores.jobs.add(a_job())
    times = iter([0.0, 0.0, 2.0])

    assert not over_within(1.0, job.id, sqlite_stores.jobs, _Silent(), clock=lambda: next(times))


class _Silent(LiveText):
    def wait_for_state(self, job_id: str, seen: int, timeout: float) -> None:
        """Nothing happens, and at once."""
