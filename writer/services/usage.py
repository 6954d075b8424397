"""What calls to models used: asking for it, and collecting it without holding anybody up."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from writer.domain.actors import Actor
from writer.domain.completions import Caller
from writer.domain.errors import WriterError
from writer.domain.ports.usage import UsageLedger
from writer.domain.usage import UsageEvent

logger = logging.getLogger(__name__)


class Usage:
    """Times are UTC; `since` is included, `until` is not."""

    def __init__(self, ledger: UsageLedger, settle: Callable[[], object] = lambda: None) -> None:
        """`settle` is called before each question: what this process counted a moment ago is in the answer."""
        self._ledger = ledger
        self._settle = settle

    def calls(
        self,
        by: Actor,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 200,
        *,
        job_id: str = "",
    ) -> list[UsageEvent]:
        """Newest first."""
        self._settle()
        return self._ledger.calls(by.user, since, until, job_id=job_id, limit=limit)


class UsageBook:
    """Where the innermost provider wrapper reports each call; may be called from any thread and returns at once.

    Calls of a job's step wait here until the runner commits them together with the step; all others are written by a
    thread of this book, those of `gather_s` seconds together: a transaction for each would cost more than the rows.
    While the database cannot be written they wait, and are tried again every `retry_s` seconds.
    """

    def __init__(self, ledger: UsageLedger, *, retry_s: float = 5.0, gather_s: float = 1.0) -> None:
        self._ledger = ledger
        self._retry_s = retry_s
        self._gather_s = gather_s
        self._awaited = 0
        self._changed = threading.Condition()
        self._of_steps: dict[tuple[str, str], list[UsageEvent]] = {}
        self._receipts: dict[Caller, list[UsageEvent]] = {}
        self._pending: list[UsageEvent] = []
        self._failures = 0
        self._closing = False
        self._thread: threading.Thread | None = None

    def record(self, event: UsageEvent) -> None:
        with self._changed:
            if event.caller in self._receipts:
                self._receipts[event.caller].append(event)
            if event.caller.job_id and event.caller.step and not self._closing:
                self._of_steps.setdefault((event.caller.job_id, event.caller.step), []).append(event)
                return
            self._pending.append(event)
            self._start()
            if len(self._pending) == 1:  # it is awake already while others wait: each time costs more than the row
                self._changed.notify_all()

    @contextmanager
    def receipt(self, caller: Caller) -> Iterator[list[UsageEvent]]:
        """The calls of exactly this caller that end meanwhile. They are written like all others."""
        events: list[UsageEvent] = []
        with self._changed:
            self._receipts[caller] = events
        try:
            yield events
        finally:
            with self._changed:
                self._receipts.pop(caller, None)

    def take(self, job_id: str, step: str) -> tuple[UsageEvent, ...]:
        """The step's calls so far, which are the taker's to commit from now on."""
        with self._changed:
            return tuple(self._of_steps.pop((job_id, step), ()))

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until everything that waits for this book's thread is written; False when it cannot be."""
        with self._changed:
            failures = self._failures
            self._awaited += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._pending or self._failures > failures, timeout)
            self._awaited -= 1
            return not self._pending

    def close(self) -> None:
        """Write what is left, calls of steps that nobody took included."""
        with self._changed:
            self._closing = True
            for events in self._of_steps.values():
                self._pending.extend(events)
            self._of_steps.clear()
            if self._pending:
                self._start()
            self._changed.notify_all()
            thread = self._thread
        if not self.flush():
            logger.error("usage not written", extra={"calls": len(self._pending)})
        if thread:
            thread.join(timeout=10)

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._write_for_ever, name="writer-usage", daemon=True)
            self._thread.start()

    def _write_for_ever(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._pending) or self._closing)
                self._changed.wait_for(lambda: bool(self._awaited) or self._closing, self._gather_s)
                batch = tuple(self._pending)
            if not batch:
                return
            written = self._written(batch)
            with self._changed:
                if written:
                    del self._pending[: len(batch)]
                else:
                    self._failures += 1
                self._changed.notify_all()
                if not written and self._closing:
                    return
                if not written:
                    self._changed.wait_for(lambda: self._closing, self._retry_s)

    def _written(self, batch: Sequence[UsageEvent]) -> bool:
        try:
            self._ledger.record(batch)
        except WriterError as error:
            logger.warning("usage waits for the database", extra={"calls": len(batch), "error": str(error)})
            return False
        return True
