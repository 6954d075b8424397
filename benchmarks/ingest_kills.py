"""SIGKILL at random moments while a folder is taken in: `python -m benchmarks ingest_kills [--kills 50] [--seed 1]`.

Real processes (the served app, a worker, or both at once) take in this repository's own documents; all of them are
killed at once, and others go on. Afterwards every source must hold what an undisturbed import makes of it, each passage
once in the database, with one vector, once in the keyword index and once in Chroma.
"""

import argparse
import json
import os
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.report import exactly
from writer import bootstrap
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.sources import Passage, SourceState
from writer.settings import read_settings

ROOT = Path(__file__).parents[1]
LONGEST = 2.5  # seconds from the moment a process begins to work: a kill finds it reading, embedding or indexing
PATIENCE = 300.0
MODES = (("serve",), ("worker",), ("serve", "worker"))

Content = tuple[int, str, str, tuple[str, ...], int, int, int]
"""What a passage is, but for its id: (ordinal, text, digest, headings, page, start, end)."""


@dataclass
class Tally:
    kills: int = 0
    rounds: int = 0
    passages: int = 0
    lost: int = 0
    doubled: int = 0
    faults: list[str] = field(default_factory=list)

    def compare(self, what: str, found: Iterable[object], wanted: Iterable[object]) -> None:
        """Each wanted thing once, nothing else."""
        have, want = Counter(list(found)), Counter(list(wanted))
        missing, extra = (want - have).total(), (have - want).total()
        self.lost += missing
        self.doubled += extra
        if missing or extra:
            self.faults.append(f"round {self.rounds}: {what}: {missing} missing, {extra} too many")


class Installation:
    def __init__(self, folder: Path, models: Path | None = None) -> None:
        self.data = folder / "data"
        if models is not None:
            shutil.copytree(models, self.data / "models")
        self.environ = {
            **os.environ,
            "HOME": str(folder),
            "WRITER_DATA_DIR": str(self.data),
            "WRITER_LOG_LEVEL": "ERROR",
        }

    def spawn(self, command: str, port: int = 0) -> subprocess.Popen[bytes]:
        """Returns when the process has begun to take steps."""
        arguments = ["serve", "--port", str(port or free_port())] if command == "serve" else [command]
        process = subprocess.Popen(
            [sys.executable, "-m", "writer", *arguments],
            cwd=ROOT,
            env=self.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(lambda: any((self.data / "runners").glob(f"{process.pid}-*.lock")), f"{command} begins", process)
        return process

    def asked_to_import(self, folder: Path) -> subprocess.Popen[bytes]:
        """Over HTTP, as a program would."""
        port = free_port()
        process = self.spawn("serve", port)
        address = f"http://127.0.0.1:{port}/api/imports"
        headers = {"Content-Type": "application/json"}
        ask = urllib.request.Request(address, json.dumps({"folder": str(folder)}).encode(), headers)

        def asked() -> bool:
            with suppress(OSError), urllib.request.urlopen(ask) as answer:
                return bool(answer.status == 202)
            return False

        wait_for(asked, "the import is asked for", process)
        return process

    def is_finished(self, documents: int) -> bool:
        with sqlite3.connect(f"file:{self.data / 'writer.db'}?mode=ro", uri=True, timeout=30) as connection:
            (at_work,) = connection.execute("SELECT count(*) FROM jobs WHERE state = 'running'").fetchone()
            (ready,) = connection.execute("SELECT count(*) FROM sources WHERE state = 'ready'").fetchone()
        connection.close()
        return bool(at_work == 0 and ready >= documents)


@contextmanager
def opened(place: Installation, *, runner: bool) -> Iterator[App]:
    app = bootstrap.build(read_settings(place.environ))
    app.start(runner=runner)
    try:
        yield app
    finally:
        app.close()


def wait_for(condition: Callable[[], bool], what: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if process.poll() is not None:
            sys.exit(f"The process ended by itself with {process.returncode} before this: {what}.")
        if time.monotonic() > deadline:
            process.kill()
            sys.exit(f"Not within {PATIENCE:.0f} s: {what}.")
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def documents(folder: Path) -> int:
    """The guides of this repository and its sample collection, copied; returns how many there are."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "writer" / "samples").glob("*.[mt]*")]
    for number, path in enumerate(sorted(found)):
        shutil.copyfile(path, folder / f"{number:02}-{path.name}")
    return len(found)


def contents(app: App) -> dict[str, list[Content]]:
    """By file name, which tells the documents apart."""
    return {
        source.filename: [content_of(passage) for passage in app.sources.passages(source.id, LOCAL_ACTOR)]
        for source in app.sources.listing(LOCAL_ACTOR)
    }


def content_of(passage: Passage) -> Content:
    p = passage
    return p.ordinal, p.text, p.digest, p.heading_path, p.page, p.start, p.end


def one_round(place: Installation, folder: Path, number: int, chance: random.Random, tally: Tally, kills: int) -> None:
    """Kills and goes on until everything is taken in."""
    tally.rounds += 1
    processes = [place.asked_to_import(folder)]
    try:
        while tally.kills < kills:
            time.sleep(chance.uniform(0, LONGEST))
            over = place.is_finished(number)
            kill(processes)
            if over:
                return
            tally.kills += 1
            processes = [place.spawn(command) for command in chance.choice(MODES)]
        wait_for(lambda: place.is_finished(number), "the import is finished", processes[0])
    finally:
        kill(processes)


def kill(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.kill()
    for process in processes:
        process.wait()


def check(place: Installation, wanted: dict[str, list[Content]], tally: Tally) -> None:
    with opened(place, runner=False) as app:
        sources = app.sources.listing(LOCAL_ACTOR)
        tally.compare("sources", (source.filename for source in sources), wanted)
        unready = [source.label for source in sources if source.state is not SourceState.READY]
        tally.faults += [f"round {tally.rounds}: {label} is not ready" for label in unready]
        tally.lost += len(unready)
        for name, passages in contents(app).items():
            tally.compare(f"passages of {name}", passages, wanted.get(name, []))
        ids = [p.id for source in sources for p in app.sources.passages(source.id, LOCAL_ACTOR)]
        tally.passages += len(ids)
        tally.compare("vectors", rows(place.data / "writer.db", "SELECT passage_id FROM vectors"), ids)
        words = rows(place.data / "index" / "keywords.sqlite3", "SELECT passage_id FROM part")
        tally.compare("passages in the keyword index", words, ids)
        assert app._index.current is not None
        if not app._index.wait_until_current(PATIENCE):
            tally.faults.append(f"round {tally.rounds}: Chroma did not become current")
            tally.lost += len(ids)
        else:
            tally.compare("vectors in Chroma", app._index.current._collection.get(include=[])["ids"], ids)


def rows(database: Path, query: str) -> list[str]:
    connection = sqlite3.connect(database)
    try:
        return [str(value) for (value,) in connection.execute(query)]
    finally:
        connection.close()


def undisturbed(place: Installation, folder: Path) -> dict[str, list[Content]]:
    with opened(place, runner=True) as app:
        job = app.sources.add_folder(str(folder), LOCAL_ACTOR)
        list(app.jobs.follow(job.id, LOCAL_ACTOR))
        while not all(source.state.is_settled for source in app.sources.listing(LOCAL_ACTOR)):
            time.sleep(0.1)
        return contents(app)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance, tally = random.Random(options.seed), Tally()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "documents"
        folder.mkdir()
        number = documents(folder)
        clean = Installation(Path(home) / "clean")
        wanted = undisturbed(clean, folder)
        while tally.kills < options.kills:
            with tempfile.TemporaryDirectory() as other:
                place = Installation(Path(other), clean.data / "models")
                one_round(place, folder, number, chance, tally, options.kills)
                check(place, wanted, tally)
            print(f"     round {tally.rounds}: {tally.kills} kills so far", flush=True)
    took = time.monotonic() - began
    print(f"{tally.kills} kills over {tally.rounds} imports of {number} documents in {took:.0f} s")
    for fault in tally.faults:
        print(fault)
    exactly(f"of {tally.passages:,} passages lost (text, vector, keyword or Chroma entry)", tally.lost, 0)
    exactly("passages, vectors, index entries or sources there twice", tally.doubled, 0)
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
