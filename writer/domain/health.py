"""How the work is going: what waits, what runs, who is there to do it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunnerSign:
    """A runner, and how many seconds ago it was last heard of."""

    worker: str
    seconds_ago: float


@dataclass(frozen=True, slots=True)
class Workload:
    """Steps of running jobs. `oldest_s` is how long the job has waited that has waited longest for a step to begin, 0
    when none waits. `runners` are those heard of in the last minute."""

    waiting: int
    running: int
    oldest_s: float
    runners: tuple[RunnerSign, ...] = ()
