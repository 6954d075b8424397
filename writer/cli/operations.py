"""`doctor`, `worker`, `migrate`, `reindex`, `backup`, `restore`: keeping it running."""

import argparse
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from writer.cli.console import DONE, UNEXPECTED, emit, opened, say, show
from writer.domain.errors import UserMistake

if TYPE_CHECKING:
    from writer.cli.console import Commands
    from writer.settings import Settings
    from writer.storage import Database

NEEDED = ("Data folder", "Database")
"""Findings without which nothing works at all: `doctor` then ends with 1."""


def add_to(commands: "Commands") -> None:
    looking = commands.add_parser("doctor", help="what works here and what is missing")
    looking.add_argument("--json", action="store_true", help="one JSON document on standard output")
    looking.set_defaults(run=doctor)
    asking = commands.add_parser("health", help="whether it can do its work now: what waits, what rests")
    asking.add_argument("--json", action="store_true", help="one JSON document on standard output")
    asking.set_defaults(run=health)
    for name, run, words in (
        ("worker", worker, "run jobs until stopped (for Postgres; as many as you like)"),
        ("migrate", migrate, "bring the database to this version"),
    ):
        commands.add_parser(name, help=words).set_defaults(run=run)
    indexing = commands.add_parser("reindex", help="vectors for passages that lack them; the search indexes anew")
    indexing.add_argument(
        "--model", metavar="NAME", help="another search model: built in, or a provider's (its service gets all texts)"
    )
    indexing.set_defaults(run=reindex)
    for name, run, words in (
        ("backup", backup, "database and files into one archive, also while Writer runs"),
        ("restore", restore, "put a backup in place, while Writer is stopped"),
    ):
        parser = commands.add_parser(name, help=words)
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.set_defaults(run=run)


def doctor(args: argparse.Namespace) -> int:
    from writer.settings import unknown_names

    with opened() as app:
        findings = app.doctor()
    unknown = unknown_names()
    if args.json:
        emit({"findings": [asdict(finding) for finding in findings], "unknown_settings": unknown})
    else:
        for finding in findings:
            show(f"{'ok     ' if finding.ok else 'missing'}  {finding.name}: {finding.sentence}")
        for name in unknown:
            show(f"unknown  {name}: Writer has no such setting; see docs/settings.md.")
    return DONE if all(finding.ok for finding in findings if finding.name in NEEDED) else UNEXPECTED


def health(args: argparse.Namespace) -> int:
    """What /api/ready says, asked of the data folder: it needs no server."""
    from writer.services.doctor import NEEDED as FOR_WORK

    with opened() as app:
        findings = [finding for finding in app.doctor() if finding.name in FOR_WORK]
        load = app.workload()
    ready = all(finding.ok for finding in findings)
    if args.json:
        emit({"ready": ready, "checks": findings, "workload": load})
    else:
        for finding in findings:
            show(f"{'ok     ' if finding.ok else 'missing'}  {finding.name}: {finding.sentence}")
    return DONE if ready else UNEXPECTED


def worker(args: argparse.Namespace) -> int:
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with opened(start=True, log="worker"):
        say("The worker runs. Ctrl-C ends it; what it has in hand goes back to the others.")
        ended.wait()
    return DONE


def migrate(args: argparse.Namespace) -> int:
    from writer.storage import migrate as migrate_database

    with _database() as database:
        copy = migrate_database(database)
    show("The database is up to date." + (f" A copy from before lies at {copy}." if copy else ""))
    return DONE


def reindex(args: argparse.Namespace) -> int:
    from writer.domain.actors import LOCAL_ACTOR

    wanted: str = getattr(args, "model", None) or ""
    with opened() as app:
        if wanted:
            app.search_model.choose(wanted, LOCAL_ACTOR, may_send_texts=True)
            if app.search_model.status(LOCAL_ACTOR).is_remote:
                say(f"The texts of all sources, and of every search from now on, are sent to the service of {wanted}.")
        before = app.search_model.status(LOCAL_ACTOR)
        model = app.search_model.fill(lambda done, total: say(f"{done:,} of {total:,} passages have a vector."))
        done = app.sources.reindex()
    show(
        f"{done.passages} passages and {done.vectors} vectors of {model} are in the indexes; "
        f"{before.passages - before.ready} vectors were missing."
    )
    return DONE


def backup(args: argparse.Namespace) -> int:
    from writer.storage.backup import back_up

    target: Path = args.file.absolute()
    if not target.parent.is_dir():
        raise UserMistake(f"There is no folder {target.parent} to write {target.name} to.")
    with _database() as database:
        back_up(database, read_settings().data_dir / "blobs", target)
    say(f"Wrote {args.file}. It does not hold secret.key: keep that file too, or enter providers' keys again.")
    return DONE


def restore(args: argparse.Namespace) -> int:
    """Indexes are built from the database, so they are made anew at once."""
    from writer.services.jobs.roll_call import somebody_at_work
    from writer.storage.backup import restore as restore_backup

    if not args.file.is_file():
        raise UserMistake(f"There is no file {args.file}.")
    if somebody_at_work(read_settings().data_dir / "runners"):
        raise UserMistake("Writer is running on this data folder. Stop it, then restore; nothing was changed.")
    with _database() as database:
        file = database.file
    if file is None:
        raise UserMistake("This restores the SQLite database; restore Postgres with pg_restore.")
    kept = restore_backup(args.file, file, read_settings().data_dir / "blobs")
    say(f"Restored {args.file}." + (f" The database that was there is now {kept}." if kept else ""))
    return reindex(args)


def read_settings() -> "Settings":
    from writer.settings import read_settings as read

    return read()


@contextmanager
def _database() -> Iterator["Database"]:
    """The database alone, whatever its version."""
    from writer.settings import make_data_dir
    from writer.storage import open_database

    settings = read_settings()
    make_data_dir(settings)
    database = open_database(settings.url)
    try:
        yield database
    finally:
        database.dispose()
