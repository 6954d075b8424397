"""What all commands share: exit codes, where words go, and an open App."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

    from writer.bootstrap import App

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

DONE, UNEXPECTED, BAD_INPUT, PROVIDER_FAILED, STOPPED = 0, 1, 2, 3, 130


def say(sentence: str) -> None:
    """For the person: progress and trouble never mix with results."""
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


def show(text: str) -> None:
    """A line of the result."""
    sys.stdout.write(text + "\n")


def emit(document: object) -> None:
    """The one JSON document of a command with --json."""
    show(json.dumps(document, ensure_ascii=False, indent=2, default=as_json))


def as_json(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not JSON: {type(value).__name__}")


def end_quietly() -> None:
    """Python would complain once more about the closed pipe when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def opened(*, start: bool = False, log: str = "writer") -> Iterator["App"]:
    """The App, closed again whatever happens. `start` lets it work: jobs run in this process."""
    from writer.bootstrap import build
    from writer.logs import expect_terminal
    from writer.settings import read_settings

    expect_terminal(log)
    app = build(read_settings())
    try:
        if start:
            app.start(runner=True)
        yield app
    finally:
        app.close()


@contextmanager
def stoppable() -> Iterator[None]:
    """A polite kill is a Ctrl-C: what was done is kept and reported."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
