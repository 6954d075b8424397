"""SIGKILL at random moments while articles are being written: `python -m benchmarks.kills [--kills 100] [--seed 1]`.

After each kill the finished steps are read from the database; the model must not be asked for any of them again.
"""

import argparse
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.report import at_most, exactly
from tests.support.scripted_article import step_of
from tests.support.scripted_server import ServerProcess

LONGEST = 4.0  # seconds: a little more than an undisturbed article takes


@dataclass
class Tally:
    kills: int = 0
    articles: int = 0
    paid_again: int = 0
    most_runs_beyond_kills: int = 0
    lost: int = 0
    faults: list[str] = field(default_factory=list)


class Installation:
    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.database = folder / "data" / "writer.db"
        self.environ = {
            **os.environ,
            "HOME": str(folder),
            "WRITER_DATA_DIR": str(folder / "data"),
            "WRITER_OPENAI__API_KEY": "sk-of-the-benchmark",
            "WRITER_OPENAI__BASE_URL": url,
            "WRITER_ROUTES": "openai:gpt-5-mini",
            "WRITER_LOG_LEVEL": "ERROR",
        }

    def generate(self, brief: Path, out: Path) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "writer", "generate", str(brief), "--out", str(out)]
        return subprocess.Popen(command, env=self.environ, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)

    def done_steps(self) -> set[tuple[str, str]]:
        """(job id, key) of everything that is finished."""
        with sqlite3.connect(self.database) as connection:
            return set(connection.execute("SELECT job_id, key FROM steps WHERE state = 'done'").fetchall())

    def attempts(self) -> list[tuple[str, str, int]]:
        with sqlite3.connect(self.database) as connection:
            return connection.execute("SELECT job_id, key, attempt FROM steps").fetchall()


def killed(process: subprocess.Popen[bytes], after: float) -> bool:
    """Whether it was still at work `after` seconds from its first word."""
    assert process.stderr is not None
    process.stderr.readline()
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    finally:
        process.stderr.close()
    return False


def one_article(place: Installation, server: ServerProcess, chance: random.Random, tally: Tally, limit: int) -> None:
    """Kills and starts again until the article is finished, and counts what was asked for twice."""
    number = tally.articles
    brief, out = place.folder / f"brief-{number}.yaml", place.folder / f"article-{number}.md"
    brief.write_text(f"topic: Harbour heat, number {number}\nwords: 900\n")
    finished: set[str] = set()
    server.forget()
    kills_here = 0
    while True:
        asked_before = len(server.requests())
        wait = chance.uniform(0, LONGEST) if tally.kills < limit else 120.0
        was_killed = killed(place.generate(brief, out), wait)
        again = [step_of(asked) for asked in server.requests()[asked_before:] if step_of(asked) in finished]
        tally.paid_again += len(again)
        tally.faults += [f"article {number}: {step} was asked for again" for step in again]
        if not was_killed:
            break
        tally.kills += 1
        kills_here += 1
        finished = {key for _, key in place.done_steps()}
    tally.articles += 1
    text = out.read_text() if out.exists() else ""
    tally.lost += sum(f"\n## {heading}\n" not in text for heading in ("Costs", "People", "Machines", "Weather"))
    asked = [step_of(record) for record in server.requests()]
    for step in dict.fromkeys(asked):
        tally.most_runs_beyond_kills = max(tally.most_runs_beyond_kills, asked.count(step) - 1 - kills_here)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance, tally = random.Random(options.seed), Tally()
    began = time.monotonic()
    with ServerProcess("tests.support.scripted_article:paced_article") as server:
        while tally.kills < options.kills:
            with tempfile.TemporaryDirectory() as folder:
                one_article(Installation(Path(folder), server.url), server, chance, tally, options.kills)
    print(f"{tally.kills} kills over {tally.articles} articles in {time.monotonic() - began:.0f} s")
    for fault in tally.faults:
        print(fault)
    exactly(f"finished steps paid again over {tally.kills} random SIGKILLs", tally.paid_again, 0)
    exactly("sections missing from the finished articles", tally.lost, 0)
    at_most("runs of one step beyond one per kill", tally.most_runs_beyond_kills, 0)


if __name__ == "__main__":
    main()
