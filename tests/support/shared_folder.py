"""What takes seconds to make and is the same for every test: made once for a whole run, whatever worker asks first."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

PLACE = "PYTEST_SHARED_FOLDER"
"""The environment's name for the run's folder; workers inherit it."""


def begin() -> None:
    os.environ[PLACE] = tempfile.mkdtemp(prefix="writer-tests-")


def end() -> None:
    shutil.rmtree(os.environ.pop(PLACE), ignore_errors=True)


def built(name: str, build: Callable[[Path], object]) -> Path:
    """The folder of that name, which `build` fills if nobody did before."""
    place = Path(os.environ[PLACE])
    folder = place / name
    with (place / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = place / f"{name}.unfinished"
            making.mkdir()
            build(making)
            making.rename(folder)
    return folder
