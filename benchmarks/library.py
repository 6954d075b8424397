"""The list of 5,000 drafts: a page of it, one that is searched for, titles that say the same, and the calendar:
`python -m benchmarks.library [DRAFTS]`."""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from benchmarks.report import at_most
from writer.bootstrap import App, build
from writer.domain.actors import LOCAL_ACTOR, LOCAL_OWNER
from writer.domain.briefs import Brief
from writer.domain.drafts import DraftState, SectionState
from writer.domain.library import Wanted, shelf_of
from writer.settings import read_settings
from writer.storage import open_database
from writer.storage.rows import DraftRow, SectionRow
from writer.storage.serial import brief_to_json

DRAFTS, SECTIONS, ON_A_PAGE = 5_000, 5, 20
WANTED_MS = 300
WORDS = (
    "tides",
    "harbour",
    "winter",
    "heat",
    "pump",
    "ferry",
    "museum",
    "garden",
    "bread",
    "school",
    "bridge",
    "glass",
)


def filled(url: str, number: int) -> None:
    """Rows as the app would have left them; made in one go."""
    chance, database = random.Random(1), open_database(url)
    now = datetime.now(UTC)
    with database.writing() as session:
        for n in range(number):
            title = " ".join(chance.choices(WORDS, k=4)).capitalize()
            brief = Brief(title, due=now.date() + timedelta(days=n % 90) if n % 5 == 0 else None)
            session.add(
                DraftRow(
                    id=f"d{n}", owner_id=LOCAL_OWNER, title=title, description="", state=DraftState.IN_REVIEW.value,
                    revision=1, content_type="explainer", tags=[chance.choice(WORDS)], created_at=now,
                    updated_at=now - timedelta(minutes=n), brief=brief_to_json(brief),
                )
            )  # fmt: skip
        session.flush()
        for n in range(number):
            for part in range(SECTIONS):
                text = " ".join(chance.choices(WORDS, k=200))
                session.add(
                    SectionRow(
                        draft_id=f"d{n}", key=f"s{part}", owner_id=LOCAL_OWNER, position=part, role="body",
                        state=SectionState.DONE.value, word_count=200, heading=WORDS[part], route="", flags=[],
                        text=text,
                    )
                )  # fmt: skip
    database.engine.dispose()


def milliseconds(work: Callable[[], object], times: int = 7) -> float:
    """Of the processor: what else the machine does is not in it."""
    work()
    took = []
    for _ in range(times):
        begun = time.process_time()
        work()
        took.append(1000 * (time.process_time() - begun))
    return statistics.median(took)


def a_page(app: App) -> None:
    """What the screen asks for in one run."""
    cards = app.library.cards(LOCAL_ACTOR)
    shelf_of(cards)
    found = app.library.find(Wanted(), LOCAL_ACTOR, limit=ON_A_PAGE, cards=cards)
    app.library.twins(LOCAL_ACTOR, of={entry.card.id for entry in found.entries}, cards=cards)
    if len(found.entries) != ON_A_PAGE:
        raise SystemExit("the list is not what was put in")


def main(number: int = DRAFTS) -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = build(read_settings({"WRITER_DATA_DIR": folder}))
        filled(f"sqlite:///{folder}/writer.db", number)
        first = datetime.now(UTC).date()
        figures: dict[str, Callable[[], object]] = {
            "a page of the list, with titles that say the same": lambda: a_page(app),
            "the page behind the hundredth": lambda: app.library.find(
                Wanted(), LOCAL_ACTOR, limit=ON_A_PAGE, offset=100 * ON_A_PAGE
            ),
            "a month of the calendar": lambda: app.library.calendar(first, first + timedelta(days=30), LOCAL_ACTOR),
        }
        for name, work in figures.items():
            at_most(f"{number:,} drafts: {name}, median (CPU time)", milliseconds(work), WANTED_MS, " ms")
        app.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DRAFTS)
