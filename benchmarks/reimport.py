"""A folder of 200 documents taken in, and taken in again: `python -m benchmarks.reimport`.

Unchanged, with one document changed, and with each one touched (same text, another time), all through the `ingest`
command's own code over a started app.
"""

import os
import random
import sys
import tempfile
import time
from contextlib import redirect_stderr
from pathlib import Path

from benchmarks.report import at_most, exactly
from benchmarks.rooms import installation
from writer.bootstrap import App
from writer.cli.ingesting import ingested
from writer.domain.actors import LOCAL_ACTOR

DOCUMENTS = 200
_VOCABULARY = """
harbour tide moon pilot timber grain basin crane quay ship rope storm winter spring price wheat brick warehouse
water depth channel lamp signal keeper ledger duty toll captain crew voyage letter island coast fog bell
"""
WORDS = _VOCABULARY.split()


def main() -> int:
    with tempfile.TemporaryDirectory() as place, installation("http://127.0.0.1:9", samples=False) as app:
        folder = Path(place)
        for n in range(DOCUMENTS):
            (folder / f"document-{n:03}.md").write_text(a_document(random.Random(n), n))
        first = timed(app, folder)
        unchanged = min(timed(app, folder) for _ in range(3))
        at_most("re-import of an unchanged 200-document folder / first import", unchanged / first, 0.05)
        for path in folder.iterdir():
            os.utime(path)
        at_most("the same with every file touched, its text the same", timed(app, folder) / first, 0.1)
        changed_one(app, folder)
        print(f"     first import {first:.1f} s, unchanged {unchanged * 1000:.0f} ms")
    return 0


def changed_one(app: App, folder: Path) -> None:
    path = folder / "document-007.md"
    source = next(s for s in app.sources.listing(LOCAL_ACTOR) if s.filename == path.name)
    before = {passage.id: passage.digest for passage in app.sources.passages(source.id, LOCAL_ACTOR)}
    path.write_text(path.read_text().replace("## Part 2\n\n", "## Part 2\n\nA new sentence stands here. ", 1))
    timed(app, folder)
    after = {passage.id: passage.digest for passage in app.sources.passages(source.id, LOCAL_ACTOR)}
    exactly(
        "passages with another text after one sentence was added", sum(before[i] != after.get(i) for i in before), 1
    )
    exactly("passages whose id was lost by it", len(before.keys() - after.keys()), 0)


def timed(app: App, folder: Path) -> float:
    with Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere):
        began = time.perf_counter()
        sources = ingested(app, [folder])
        took = time.perf_counter() - began
    if len(sources) != DOCUMENTS or any(source.state != "ready" for source in sources):
        sys.exit("Not every document became ready.")
    return took


def a_document(dice: random.Random, number: int) -> str:
    parts = (f"## Part {n}\n\n{' '.join(a_sentence(dice) for _ in range(14))}\n" for n in range(1, 6))
    return f"# Document {number}\n\n" + "\n".join(parts)


def a_sentence(dice: random.Random) -> str:
    return " ".join(dice.choice(WORDS) for _ in range(dice.randint(8, 18))).capitalize() + "."


if __name__ == "__main__":
    sys.exit(main())
