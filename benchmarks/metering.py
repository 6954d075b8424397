"""What writing usage costs beside the calls that are counted: `python -m benchmarks metering`.

Calls are streamed through the whole stack from a scripted server (a process of its own) while a ledger in SQLite books
them. Counted is the CPU time of the thread that writes, and of handing each call over; against it stands all other CPU
time of this process. Calls outside of jobs are the dear case: those of a job's step are written with the step.
"""

import asyncio
import statistics
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.providers import REQUEST, ROUTE, STREAMS, at_once
from benchmarks.report import at_most, line
from tests.support.scripted_server import ServerProcess
from writer.domain.completions import collected
from writer.domain.ports.settings import ProviderAccount
from writer.domain.usage import UsageEvent
from writer.providers.presets import Limits
from writer.providers.registry import Registry
from writer.security.cipher import FileCipher
from writer.services.usage import UsageBook
from writer.storage import Stores, migrate, open_database

CALLS, REPEATS, WANTED = 400, 5, 2.0


class Handing:
    """Hands calls to the book, and counts what that takes on the thread of the streams."""

    def __init__(self, book: UsageBook) -> None:
        self._book = book
        self.seconds = 0.0

    def __call__(self, event: UsageEvent) -> None:
        began = time.thread_time()
        self._book.record(event)
        self.seconds += time.thread_time() - began


async def run(url: str, book: UsageBook) -> tuple[float, float]:
    """CPU seconds for a call: of writing usage, and of all else."""
    handing = Handing(book)
    account = ProviderAccount("openai", "openai", url, "key")
    registry = Registry(lambda _: [account], handing, limits=Limits(slots=STREAMS))
    provider = registry.provider("bench", [ROUTE])
    await collected(provider.stream(REQUEST))
    book.flush()
    handing.seconds, writing = 0.0, _cpu_of("writer-usage")
    whole = await at_once(lambda: collected(provider.stream(REQUEST)), CALLS, STREAMS)
    before_flush = time.process_time()
    book.flush()
    whole += (time.process_time() - before_flush) / CALLS
    usage = (_cpu_of("writer-usage") - writing + handing.seconds) / CALLS
    await registry.aclose()
    return usage, whole - usage


def _cpu_of(name: str) -> float:
    thread = next(thread for thread in threading.enumerate() if thread.name == name)
    assert thread.ident is not None
    return time.clock_gettime(time.pthread_getcpuclockid(thread.ident))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, ServerProcess("steady") as server:
        database = open_database(f"sqlite:///{folder}/writer.db")
        migrate(database)
        book = UsageBook(Stores(database, FileCipher(Path(folder) / "key")).usage)
        found = [asyncio.run(run(server.url, book)) for _ in range(REPEATS)]
        book.close()
        database.dispose()
    usage, rest = (statistics.median(values) for values in zip(*found, strict=True))
    line("CPU of a streamed call without writing usage", f"{rest * 1e6:.0f} us", "n/a", ok=True)
    line("CPU of writing the usage of a call", f"{usage * 1e6:.0f} us", "n/a", ok=True)
    at_most("writing usage / a streamed call", 100 * usage / rest, WANTED, " %")


if __name__ == "__main__":
    main()
