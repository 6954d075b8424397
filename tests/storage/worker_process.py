"""Run as a program: a worker of its own that claims and finishes steps, until told otherwise or killed.

python -m tests.storage.worker_process URL WORKER claim LIMIT    claims until nothing is left, one line per step
python -m tests.storage.worker_process URL WORKER finish         says "finishing", then finishes, one step at a time
python -m tests.storage.worker_process FILE - hold               holds SQLite's write lock until its input ends
python -m tests.storage.worker_process FILE - read-only          saves as a user who may only read the file
"""

import os
import sqlite3
import sys

from tests.storage.makers import MACHINE, OWNER, a_brief, a_section, an_event
from writer.domain.completions import Caller
from writer.domain.errors import StorageError
from writer.domain.jobs import StepOutcome
from writer.storage import open_database
from writer.storage.drafts import Drafts
from writer.storage.jobs import Jobs

NOBODY = 65534


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def claim(url: str, worker: str, limit: int) -> None:
    database = open_database(url)
    jobs = Jobs(database)
    say("ready")
    sys.stdin.readline()
    while steps := jobs.claim(worker, limit, 60):
        for step in steps:
            say(step.key)
    database.dispose()


def finish(url: str, worker: str) -> None:
    database = open_database(url)
    jobs = Jobs(database)
    jobs.abandon(worker)
    while steps := jobs.claim(worker, 1, 60):
        for step in steps:
            outcome = StepOutcome(
                {"text": step.key},
                sections=(a_section(step.key, f"Text of {step.key}. " * 200),),
                origin=MACHINE,
                usage=(an_event(Caller(OWNER, step.job_id, step.key), id=f"{step.key}:{step.attempt}"),),
                keep=((f"kept:{step.key}", {"text": step.key}),),
            )
            say(f"finishing {step.key}")
            jobs.finish(step, outcome)
    say("nothing left")
    database.dispose()


def hold(file: str) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    say("held")
    sys.stdin.readline()
    connection.close()


def read_only(file: str) -> None:
    # Opened before the rights are given up: the interpreter's own modules may lie where nobody else can read.
    database = open_database(f"sqlite:///{file}")
    drafts = Drafts(database)
    if os.geteuid() == 0:
        os.setuid(NOBODY)
    say(f"read {len(drafts.listing(OWNER))}")
    try:
        drafts.create(OWNER, a_brief(), "Title")
    except StorageError as error:
        say(str(error))
    database.dispose()


if __name__ == "__main__":
    address, name, command, *rest = sys.argv[1:]
    match command:
        case "claim":
            claim(address, name, int(rest[0]))
        case "finish":
            finish(address, name)
        case "hold":
            hold(address)
        case "read-only":
            read_only(address)
