"""Publishing over a bad line: `python -m benchmarks publish [--rounds 50] [--seed 1]`.

Half of the drafts go to a scripted WordPress, half to a scripted Ghost, over real sockets. Each publish and each update
meets faults before and after the site stored something (5xx, silence, a connection that ends, half an answer), and the
process that sends is killed (SIGKILL) at random moments and started again. Afterwards each site must hold each draft
once, with its last title.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path

from benchmarks.report import exactly, line
from tests.services.publishing.desk import BY, Desk
from tests.support.site_server import Fault, GhostSite, Site, WordPressSite, serving
from writer.security.cipher import FileCipher
from writer.services.publishing import Wishes
from writer.storage import Stores, migrate, open_database

ROOT = Path(__file__).parents[1]
KINDS = (500, 502, 503, 429, "refused", "silent", "lost", "cut", "stored_silent")
PATIENCE = 0.5
WAITS = (0.05, 0.1, 0.2)
LONGEST_S = 60.0
KILLED = 0.5  # of the rounds


def stores_in(folder: Path) -> Stores:
    database = open_database(f"sqlite:///{folder / 'writer.db'}")
    migrate(database)
    return Stores(database, FileCipher(folder / "secret.key"))


def desk_in(folder: Path, kind: str, site: Site) -> Desk:
    return Desk(stores_in(folder), kind, site, patience=PATIENCE, waits=WAITS)


def child(folder: Path, kind: str, port: int, draft_id: str, title: str) -> None:
    """One process that publishes: it takes over what a killed one left, or begins."""
    site = WordPressSite() if kind == "wordpress" else GhostSite()
    site.port = port
    desk = desk_in(folder, kind, site)
    for runner in (folder / "runners").glob("*"):
        desk.stores.jobs.abandon(runner.name)
    (folder / "runners").mkdir(exist_ok=True)
    (folder / "runners" / desk.worker).touch()
    publication = desk.publishing.publish(draft_id, desk.site.id, BY, Wishes(title=title))
    print("begun", flush=True)
    for _ in range(6):
        job = desk.over(publication.job_id)
        if job.state == "done":
            break
        desk.jobs.resume(publication.job_id, BY)
    desk.close()
    sys.exit(0 if job.state == "done" else 1)


def spawned(folder: Path, kind: str, site: Site, draft_id: str, title: str) -> subprocess.Popen[bytes]:
    arguments = [str(folder), kind, str(site.port), draft_id, title]
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.publish", "--child", *arguments],
        cwd=ROOT,
        env={**os.environ, "WRITER_LOG_LEVEL": "ERROR"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def sent(folder: Path, kind: str, site: Site, draft_id: str, title: str, chance: random.Random) -> tuple[bool, int]:
    """Whether it came to its end, and how often it was killed before."""
    kills, until = 0, time.monotonic() + LONGEST_S
    while time.monotonic() < until:
        process = spawned(folder, kind, site, draft_id, title)
        assert process.stdout is not None
        process.stdout.readline()
        if kills == 0 and chance.random() < KILLED:
            with suppress(subprocess.TimeoutExpired):
                process.wait(chance.uniform(0.0, 0.6))
            if process.poll() is None:
                process.kill()
                kills += 1
                process.wait()
                continue
        if process.wait(LONGEST_S) == 0:
            return True, kills
    return False, kills


def planned(kind: str, chance: random.Random) -> list[Fault]:
    """Ghost updates by PUT, WordPress by POST."""
    methods = chance.choices(("POST", "PUT" if kind == "ghost" else "POST", "GET"), k=3)
    return [Fault(method, "/posts", chance.choice(KINDS)) for method in methods]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    faults: Counter[str] = Counter()
    kills = unfinished = doubled = lost = 0
    with ExitStack() as stack:
        rooms = []
        for kind, site in (("wordpress", WordPressSite()), ("ghost", GhostSite())):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            rooms.append((folder, kind, stack.enter_context(serving(site))))
        wanted: dict[str, set[str]] = {kind: set() for _, kind, _ in rooms}
        for number in range(options.rounds):
            folder, kind, site = rooms[number % 2]
            maker = desk_in(folder, kind, site)
            draft_id = maker.draft(f"Draft {number}").id
            maker.close()
            for title in (f"Draft {number}", f"Draft {number}, updated"):
                site.faults[:] = planned(kind, chance)
                before = list(site.faults)
                done, killed = sent(folder, kind, site, draft_id, title, chance)
                faults.update(str(fault.kind) for fault in before if fault not in site.faults)
                kills += killed
                unfinished += not done
            wanted[kind].add(title)
            site.released.set()
            site.released.clear()
        for _, kind, site in rooms:
            titles = Counter(str(post["title"]) for post in site.live)
            doubled += len(site.live) - len(titles)
            doubled += len(set(titles) - wanted[kind])
            lost += len(wanted[kind] - set(titles))
    met = ", ".join(f"{kind} {times}" for kind, times in sorted(faults.items()))
    line(f"faults met: {met}", str(faults.total()), ">= 1", bool(faults))
    line("processes killed while they were sending", str(kills), ">= 1", kills > 0)
    exactly(f"publishes and updates of {options.rounds} drafts that did not come to their end", unfinished, 0)
    exactly("posts that are missing, or without their last title", lost, 0)
    exactly("duplicates", doubled, 0)
    return int(bool(unfinished or lost or doubled))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5], sys.argv[6])
    sys.exit(main())
