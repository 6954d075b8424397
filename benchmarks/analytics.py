"""How quickly the Analytics page has its data: `python -m benchmarks analytics [--calls NUMBER] [--on ENGINE]`.

A ledger of 1,000,000 calls over a year (or of as many as asked for) is compared with one of 10,000 over the same year,
on SQLite and on Postgres. Every time is the median of some loads of everything that the page shows, in all its tabs.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.ledger import DAYS, FIRST_DAY, fill, sum_up
from benchmarks.report import at_most, line
from benchmarks.rooms import postgres
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.analytics import Dimension, Filter, Step
from writer.domain.usage import Outcome
from writer.security.cipher import FileCipher
from writer.services.analytics import Analytics
from writer.storage import Database, Stores, migrate, open_database

FEW, MANY = 10_000, 1_000_000
LOADS = 7
END = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=FIRST_DAY + DAYS)
MONTH = Filter(END - timedelta(days=30), END)
YEAR = Filter(END - timedelta(days=DAYS), END)
VIEWS = {
    "the last 30 days": MONTH,
    "a year": YEAR,
    "a year of one route": replace(YEAR, routes=("openai:gpt-5-mini",)),
    "a year of edits that failed": replace(YEAR, purposes=("edit",), outcomes=(Outcome.FAILED,)),
}


def page(analytics: Analytics, wanted: Filter) -> None:
    """All that the page shows of a time."""
    who, failed = LOCAL_ACTOR, replace(wanted, outcomes=(Outcome.FAILED,))
    analytics.choices(who, Filter())
    analytics.totals(who, wanted)
    analytics.totals(who, wanted.before())
    analytics.series(who, wanted, Step.DAY, Dimension.ROUTE)
    analytics.series(who, wanted, Step.DAY)
    analytics.groups(who, wanted, Dimension.ROUTE)
    analytics.groups(who, wanted, Dimension.DRAFT)
    analytics.groups(who, failed, Dimension.ERROR)
    analytics.series(who, failed, Step.DAY, Dimension.ERROR)
    analytics.openings(who, wanted)
    analytics.acceptance(who, wanted, "route")
    analytics.acceptance(who, wanted, "action")
    analytics.calls(who, wanted)


def median_ms(work: Callable[[], object]) -> float:
    work()
    return statistics.median(_ms(work) for _ in range(LOADS))


def _ms(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


@contextmanager
def ledger(url: str, calls: int) -> Iterator[Analytics]:
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(url or f"sqlite:///{folder}/writer.db")
        migrate(database)
        begun = time.perf_counter()
        fill(database, calls)
        filled = time.perf_counter()
        sum_up(database, calls)
        stores = Stores(database, FileCipher(Path(folder) / "key"))
        done, rows = time.perf_counter(), _rollups(database)
        print(
            f"     {calls:,} calls written in {filled - begun:.0f} s, {rows:,} sums in {done - filled:.0f} s",
            flush=True,
        )
        try:
            yield Analytics(stores.analytics, stores.library, stores.suggestions, stores.openings.openings)
        finally:
            database.dispose()


def _rollups(database: Database) -> int:
    from sqlalchemy import text

    with database.reading() as session:
        return int(session.scalar(text("SELECT count(*) FROM usage_rollups")) or 0)


def times(url: str, calls: int) -> dict[str, float]:
    with ledger(url, calls) as analytics:
        return {name: median_ms(lambda wanted=wanted: page(analytics, wanted)) for name, wanted in VIEWS.items()}  # type: ignore[misc]  # a default binds the loop's value


def told(engine: str, addresses: Callable[[], str], calls: int) -> None:
    few, many = times(addresses(), FEW), times(addresses(), calls)
    most_ms = 300 if calls <= MANY else 1_000
    for name in VIEWS:
        at_most(f"{engine}: all data of the page, {name}, at {calls:,} calls", many[name], most_ms, " ms")
        if calls <= MANY:
            at_most(f"{engine}: the same at {calls:,} / at {FEW:,}", many[name] / few[name], 2)
        else:
            line(f"{engine}: the same at {FEW:,} calls", f"{few[name]:.3g} ms", "n/a", ok=True)


def main(arguments: list[str]) -> None:
    calls = int(arguments[arguments.index("--calls") + 1]) if "--calls" in arguments else MANY
    only = arguments[arguments.index("--on") + 1] if "--on" in arguments else ""
    if only in ("", "sqlite"):
        told("SQLite", lambda: "", calls)
    if only in ("", "postgres"):
        with postgres() as first, postgres() as second:
            addresses = iter((first, second))
            told("Postgres", lambda: next(addresses), calls)


if __name__ == "__main__":
    main(sys.argv[1:])
