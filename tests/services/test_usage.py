import threading
from datetime import UTC, datetime
from itertools import count

from writer.domain.actors import Actor
from writer.domain.completions import Caller, Purpose, Tokens
from writer.domain.errors import StorageError
from writer.domain.usage import Outcome, UsageEvent
from writer.services.usage import Usage, UsageBook

ME = Actor("local")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
_numbers = count(1)


def a_call(job_id="", step="", user="local", at=NOON, error=""):
    caller = Caller(user, job_id, step)
    tokens = Tokens(10, 5)
    return UsageEvent(
        f"e{next(_numbers)}", at, caller, "openai:m", Purpose.SECTION, tokens, 7, 100.0, 300.0, Outcome.OK, error
    )


class FlakyLedger:
    """The real ledger behind a database that is locked for the first `failures` writes."""

    def __init__(self, ledger, failures):
        self._ledger = ledger
        self.failures = failures
        self.batches = []

    def record(self, events):
        if self.failures:
            self.failures -= 1
            raise StorageError("The database is locked.")
        self._ledger.record(events)
        self.batches.append(len(events))

    def __getattr__(self, name):
        return getattr(self._ledger, name)


def test_calls_outside_jobs_are_written_by_the_books_own_thread(stores):
    book = UsageBook(stores.usage)

    for _ in range(3):
        book.record(a_call())

    assert book.flush()
    assert len(Usage(stores.usage).calls(ME)) == 3
    book.close()


def test_calls_of_a_step_wait_for_whoever_commits_the_step(stores):
    book = UsageBook(stores.usage)
    first, second, other = a_call("j1", "s1"), a_call("j1", "s1"), a_call("j1", "s2")

    for call in (first, other, second):
        book.record(call)

    assert book.take("j1", "s1") == (first, second)
    assert book.take("j1", "s1") == ()
    assert book.flush()
    assert len(Usage(stores.usage).calls(ME)) == 0
    book.close()


def test_what_nobody_took_is_written_at_the_end(stores):
    book = UsageBook(stores.usage)
    book.record(a_call("j1", "s1"))

    book.close()

    assert Usage(stores.usage).calls(ME, job_id="j1")[0].caller.step == "s1"


def test_a_call_that_comes_after_the_end_is_still_written(stores):
    book = UsageBook(stores.usage)
    book.close()

    book.record(a_call("j1", "s1"))

    assert book.flush()
    assert len(Usage(stores.usage).calls(ME)) == 1


def test_nothing_is_lost_while_the_database_is_locked(sqlite_stores):
    ledger = FlakyLedger(sqlite_stores.usage, failures=2)
    book = UsageBook(ledger, retry_s=0.01)

    book.record(a_call())
    while not book.flush():
        pass

    assert ledger.failures == 0
    assert len(Usage(ledger).calls(ME)) == 1
    book.close()


def test_a_database_that_stays_locked_does_not_hold_up_the_end(sqlite_stores):
    book = UsageBook(FlakyLedger(sqlite_stores.usage, failures=10**9), retry_s=3600)
    book.record(a_call())

    book.close()

    assert not book.flush(timeout=0)


def test_many_threads_record_at_once_and_every_call_is_counted(sqlite_stores):
    book = UsageBook(sqlite_stores.usage)
    threads = [threading.Thread(target=lambda: [book.record(a_call()) for _ in range(50)]) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    book.close()

    assert len(Usage(sqlite_stores.usage).calls(ME, limit=500)) == 400


def test_usage_is_asked_for_by_owner_and_time(stores):
    yesterday = NOON.replace(day=20)
    stores.usage.record([a_call(), a_call(at=yesterday), a_call(user="eve")])
    usage = Usage(stores.usage)

    assert len(usage.calls(ME)) == 2
    assert len(usage.calls(ME, since=NOON)) == 1
    assert len(usage.calls(ME, until=NOON)) == 1
    assert [call.at for call in usage.calls(ME, limit=1)] == [NOON]


def test_a_receipt_holds_the_calls_of_one_caller_which_are_written_all_the_same(stores):
    book = UsageBook(stores.usage)
    caller = Caller("local", step="rewrite:one")

    with book.receipt(caller) as events:
        book.record(a_call(step="rewrite:one"))
        book.record(a_call(step="rewrite:two"))
        book.record(a_call(step="rewrite:one", user="eve"))
    book.record(a_call(step="rewrite:one"))

    assert [event.caller for event in events] == [caller]
    assert book.flush()
    assert len(Usage(stores.usage).calls(ME)) == 3
    book.close()


def test_what_was_counted_a_moment_ago_is_in_the_answer(stores):
    book = UsageBook(stores.usage, gather_s=3600)
    usage = Usage(stores.usage, book.flush)

    book.record(a_call())

    assert len(usage.calls(ME)) == 1
    book.close()


def test_calls_that_end_close_together_are_written_together(sqlite_stores):
    ledger = FlakyLedger(sqlite_stores.usage, failures=0)
    book = UsageBook(ledger, gather_s=3600)

    for _ in range(5):
        book.record(a_call())
    book.close()

    assert len(Usage(sqlite_stores.usage).calls(ME)) == 5
    assert ledger.batches == [5]
