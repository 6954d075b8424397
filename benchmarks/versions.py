"""A draft with 10,000 versions: `python -m benchmarks.versions [VERSIONS] [--postgres]`.

A writer types a 5,000-word draft: every version is an autosave of what two seconds of typing made, now and then
somewhere else in the text.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from benchmarks.report import at_most, line
from benchmarks.rooms import postgres
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.drafts import Draft, Section, SectionState
from writer.domain.versions import VersionFilter
from writer.security.cipher import FileCipher
from writer.services.drafts import Drafts
from writer.services.versions import Versions
from writer.storage import Database, Stores, migrate, open_database

VERSIONS = 10_000
SECTIONS, WORDS = 10, 500
WANTED_MS = 200
"""Each of: a part of the list, one version, a comparison, a restore."""


class Typist:
    """Writes on, mostly where it wrote before. `typed` counts the characters."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.typed = 0
        self.texts = [self._paragraphs(WORDS) for _ in range(SECTIONS)]
        self._section, self._at = 0, 0

    def words(self, number: int) -> str:
        return " ".join(f"{self._chance.choice(SYLLABLES)}{self._chance.choice(SYLLABLES)}" for _ in range(number))

    def _paragraphs(self, number: int) -> str:
        return "\n\n".join(f"{self.words(50).capitalize()}." for _ in range(number // 50))

    def type(self) -> None:
        if self._chance.random() < 0.05:
            self._section = self._chance.randrange(SECTIONS)
            self._at = self._chance.randrange(len(self.texts[self._section]))
        now, more = self.texts[self._section], f"{self.words(self._chance.randint(1, 3))} "
        end = min(len(now), self._at + len(more))  # as much goes as comes: the draft keeps its length
        self.texts[self._section] = now[: self._at] + more + now[end:]
        self.typed += len(more)
        self._at = (self._at + len(more)) % max(1, len(now) - 40)

    def sections(self) -> list[Section]:
        return [Section(f"s{n}", f"Part {n}", t, SectionState.DONE) for n, t in enumerate(self.texts)]


SYLLABLES = ["ba", "ken", "tor", "mi", "sul", "ra", "den", "pol", "ve", "gan", "lis", "om", "tra", "ne", "ki", "ud"]


@contextmanager
def room(url: str) -> Iterator[tuple[Database, Drafts, Versions]]:
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(url or f"sqlite:///{folder}/writer.db")
        migrate(database)
        stores = Stores(database, FileCipher(Path(folder) / "key"))
        drafts = Drafts(stores.drafts, stores.sources)
        try:
            yield database, drafts, Versions(drafts, stores.versions)
        finally:
            database.dispose()


def size(database: Database, draft_id: str) -> int:
    """Bytes of everything in the database; of the tables of versions on a server, where the catalogue counts, too."""
    if database.file is None:
        with database.reading() as session:
            return int(session.scalar(text("SELECT pg_total_relation_size('versions')")) or 0)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return database.file.stat().st_size


def written(drafts: Drafts, number: int) -> tuple[Draft, Typist, int, float]:
    """The draft, who typed it, the characters of all its versions, and the median time of a save."""
    typist = Typist(random.Random(1))
    draft = drafts.begin("Ten thousand versions", LOCAL_ACTOR)
    characters, times = 0, []
    for _ in range(number):
        sections = typist.sections()
        began = time.perf_counter()
        draft = drafts.save(draft.id, draft.revision, LOCAL_ACTOR, title=draft.title, sections=sections)
        times.append(time.perf_counter() - began)
        characters += sum(map(len, typist.texts))
        typist.type()
    return draft, typist, characters, statistics.median(times) * 1000


def worst(action: Callable[[int], object], numbers: list[int]) -> float:
    times = []
    for number in numbers:
        began = time.perf_counter()
        action(number)
        times.append((time.perf_counter() - began) * 1000)
    return max(times)


def measure(url: str, number: int, name: str) -> None:
    with room(url) as (database, drafts, versions):
        draft, typist, characters, save_ms = written(drafts, number)
        bytes_ = size(database, draft.id)
        chance, me = random.Random(2), LOCAL_ACTOR
        some = [chance.randrange(1, number + 1) for _ in range(50)]
        told = f"{name}, {number:,} versions of one draft of {SECTIONS * WORDS:,} words"
        parts = [*range(0, number, max(1, number // 50))]
        actions: dict[str, tuple[Callable[[int], object], list[int]]] = {
            "the first 50 sittings": (lambda n: versions.sittings(draft.id, me, limit=50), some),
            "a part of the list, 50 anywhere": (lambda n: versions.listing(draft.id, me, limit=50, offset=n), parts),
            "the same of one origin": (
                lambda n: versions.listing(draft.id, me, VersionFilter(("person",)), limit=50, offset=n), parts,
            ),
            "open a version": (lambda n: drafts.version(draft.id, n, me), some),
            "compare two versions": (lambda n: versions.compare(draft.id, me, n, chance.randrange(1, number)), some),
            "compare a version with now": (lambda n: versions.compare(draft.id, me, n), some),
            "restore a version": (lambda n: drafts.restore(draft.id, n, me), some),
            "restore a section": (lambda n: versions.restore_section(draft.id, n, "s3", me), some),
        }  # fmt: skip
        for what, (action, numbers) in actions.items():
            at_most(f"{told}: {what}, slowest of 50", worst(action, numbers), WANTED_MS, " ms")
        origins = worst(lambda n: versions.origins(draft.id, me), [1])
        line(f"{told}: who wrote each sentence", f"{origins:.0f} ms", "none", True)
        line(f"{told}: an autosave, median", f"{save_ms:.1f} ms", "none", True)
        room_ = "database" if database.file else "table with index"
        section = characters / SECTIONS
        at_most(f"{name}: {room_} / text of the section that each version saved", bytes_ / section, 3)
        line(f"{name}: {room_} / text of the draft that each version saved", f"{bytes_ / characters:.4f}", "none", True)
        line(f"{name}: {room_} / characters typed", f"{bytes_ / typist.typed:.1f}", "none", True)
        line(f"{name}: bytes a version", f"{bytes_ / number:.0f}", "none", True)


def main(arguments: list[str]) -> None:
    number = int(next((a for a in arguments if a.isdigit()), VERSIONS))
    measure("", number, "SQLite")
    if "--postgres" in arguments:
        with postgres() as url:
            measure(url, number, "Postgres")


if __name__ == "__main__":
    main(sys.argv[1:])
