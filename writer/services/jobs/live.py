"""Text being written right now, for all in this process who watch. The database has it a second later."""

import threading
from dataclasses import dataclass

_REMEMBERED = 1024


@dataclass(frozen=True, slots=True)
class Part:
    """`epoch` rises with every restart: a longer text of another epoch is not a continuation."""

    epoch: int
    text: str


class _Beats:
    """A number for each job that is another after each change; those of the jobs that changed last are remembered. The
    others have one that is at least as high as any they had: a watcher may look once in vain, and misses nothing."""

    def __init__(self) -> None:
        self._latest = 0
        self._forgotten = 0
        self._of: dict[str, int] = {}

    def of(self, job_id: str) -> int:
        return self._of.get(job_id, self._forgotten)

    def raised(self, job_id: str) -> None:
        self._latest += 1
        self._of.pop(job_id, None)
        self._of[job_id] = self._latest
        if len(self._of) > _REMEMBERED:
            self._forgotten = self._of.pop(next(iter(self._of)))


class LiveText:
    """Levels, not events: a watcher compares what it showed with what is there, so none can miss anything."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._parts: dict[tuple[str, str], Part] = {}
        self._beats = _Beats()
        self._states = _Beats()

    def append(self, job_id: str, key: str, delta: str) -> None:
        with self._changed:
            part = self._parts.get((job_id, key), Part(0, ""))
            self._parts[job_id, key] = Part(part.epoch, part.text + delta)
            self._beat(job_id)

    def restart(self, job_id: str, key: str) -> None:
        with self._changed:
            part = self._parts.get((job_id, key), Part(0, ""))
            self._parts[job_id, key] = Part(part.epoch + 1, "")
            self._beat(job_id)

    def forget(self, job_id: str, key: str) -> None:
        """The step is over: from now on its text comes from the database."""
        with self._changed:
            self._parts.pop((job_id, key), None)
            self._states.raised(job_id)
            self._beat(job_id)

    def touch(self, job_id: str) -> None:
        """Something about the job changed in the database."""
        with self._changed:
            self._states.raised(job_id)
            self._beat(job_id)

    def state_beat(self, job_id: str) -> int:
        """Rises when the database has something new about the job; text that grows does not raise it."""
        with self._changed:
            return self._states.of(job_id)

    def part(self, job_id: str, key: str) -> Part | None:
        with self._changed:
            return self._parts.get((job_id, key))

    def wait(self, job_id: str, seen: int, timeout: float) -> int:
        """Returns the job's beat: another number than `seen` as soon as something changed, or after `timeout` seconds
        whatever it is then."""
        with self._changed:
            self._changed.wait_for(lambda: self._beats.of(job_id) != seen, timeout)
            return self._beats.of(job_id)

    def wait_for_state(self, job_id: str, seen: int, timeout: float) -> None:
        """Until the state's beat is another than `seen`, at most `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._states.of(job_id) != seen, timeout)

    def _beat(self, job_id: str) -> None:
        self._beats.raised(job_id)
        self._changed.notify_all()
