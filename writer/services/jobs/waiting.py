"""For whoever can wait a moment: a page that would rather show the end of a short job than its beginning."""

import time
from collections.abc import Callable

from writer.domain.ports.jobs import JobLedger
from writer.services.jobs.live import LiveText


def over_within(
    seconds: float, job_id: str, ledger: JobLedger, live: LiveText, clock: Callable[[], float] = time.monotonic
) -> bool:
    """Whether the job has ended by then. It is somebody else's work: nothing is computed here."""
    until = clock() + seconds
    while True:
        seen = live.state_beat(job_id)
        if ledger.job(job_id).state.is_over:
            return True
        left = until - clock()
        if left <= 0:
            return False
        live.wait_for_state(job_id, seen, left)
