"""Which runners of this machine are alive: each holds a lock on a file, and the system drops a dead one's lock."""

import fcntl
import os
import uuid
from pathlib import Path
from typing import IO


def somebody_at_work(directory: Path) -> bool:
    """Whether a runner of this machine holds its lock in the folder; nothing is changed, nor made."""
    return any(_is_held(path) for path in directory.glob("*.lock"))


class RollCall:
    """Lets a restarted process take over its predecessor's steps at once instead of waiting for their leases.

    Across machines only the lease speaks; here a SIGKILL is seen by the next start.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self.name = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._file: IO[bytes] | None = None

    def enter(self) -> None:
        path = self._directory / f"{self.name}.lock"
        self._file = path.open("wb")
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def dead(self) -> list[str]:
        """Names of runners that are gone. Their files stay until `forget`, so that a crash in between loses nobody."""
        others = (path for path in self._directory.glob("*.lock") if path.stem != self.name)
        return sorted(path.stem for path in others if not _is_held(path))

    def forget(self, name: str) -> None:
        (self._directory / f"{name}.lock").unlink(missing_ok=True)

    def leave(self) -> None:
        if self._file is not None:
            self.forget(self.name)
            self._file.close()
            self._file = None


def _is_held(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:  # it has just left
        return False
    return False
