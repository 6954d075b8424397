"""One model's thread: it loads, writes every reply, and goes when nobody has asked for a while."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from writer.domain.errors import WriterError
from writer.domain.ports.local_models import LocalChoice, LocalState, LocalStatus, MemoryEstimate
from writer.providers.local.shortage import is_shortage
from writer.providers.local.tickets import Ticket
from writer.providers.timing import Clock

_FAILURES = (OSError, ValueError, RuntimeError, ImportError, LookupError, MemoryError, TypeError, AttributeError)


class Writing(Protocol):
    """How tickets are served: see `writing.py`. `turn` does a little and comes back."""

    @property
    def writing(self) -> int: ...
    @property
    def room(self) -> int: ...
    def take(self, ticket: Ticket) -> None: ...
    def turn(self) -> None: ...
    def end(self) -> Sequence[Ticket]: ...


Open = Callable[["Engine"], Writing]
"""Loads the model, in the engine's own thread; sets `engine.estimate` on the way."""


@dataclass(eq=False)
class Engine:
    """`idle_s`: unloaded after so many seconds without a request; 0 keeps it. `after`: those on their way out, whose
    memory it waits for."""

    model: str
    choice: LocalChoice
    open: Open
    idle_s: float
    clock: Clock
    after: tuple["Engine", ...] = ()
    estimate: MemoryEstimate | None = None
    ending: threading.Event = field(default_factory=threading.Event)
    trouble: str = ""
    _state: LocalState = LocalState.LOADING
    _over: bool = False
    _retiring: bool = False
    _used_at: float = 0.0
    _writing: int = 0
    _wake: threading.Condition = field(default_factory=threading.Condition)
    _queue: deque[Ticket] = field(default_factory=deque)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._live, name=f"model {self.model}", daemon=True)
        self._thread.start()

    def ask(self, ticket: Ticket) -> bool:
        """False when it is on its way out: another has to be started."""
        with self._wake:
            if self._over or self._retiring or self.ending.is_set():
                return False
            self._queue.append(ticket)
            self._wake.notify_all()
            return True

    def stop(self) -> None:
        """Now: replies end where they are."""
        with self._wake:
            self.ending.set()
            self._wake.notify_all()

    def retire(self) -> None:
        """Once what was asked is answered."""
        with self._wake:
            self._retiring = True
            self._wake.notify_all()

    def join(self, timeout: float | None = None) -> None:
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)

    @property
    def is_over(self) -> bool:
        return self._over

    @property
    def is_idle(self) -> bool:
        return self._state is LocalState.LOADED and not self._writing and not self._queue

    def status(self) -> LocalStatus | None:
        """None when it is gone; one that could not be loaded stays to say why."""
        if self._over and not self.trouble:
            return None
        left = None
        if self.idle_s and self.is_idle and not self._over:
            left = max(0.0, self._used_at + self.idle_s - self.clock())
        return LocalStatus(
            self.model,
            LocalState.FAILED if self._over else self._state,
            self.estimate.choice if self.estimate else self.choice,
            self.estimate,
            self._writing,
            len(self._queue),
            left,
            self.trouble,
        )

    def _live(self) -> None:
        writing: Writing | None = None
        try:
            writing = self.open(self)
            with self._wake:
                self._state, self._used_at = LocalState.LOADED, self.clock()
            while self._waited_for_work(writing):
                self._turn(writing)
        except (WriterError, *_FAILURES) as error:
            self._failed(error)
        finally:
            self._leave(writing)

    def _waited_for_work(self, writing: Writing) -> bool:
        """False when it is time to go."""
        with self._wake:
            while not self.ending.is_set():
                if writing.writing or self._queue:
                    self._used_at = self.clock()
                    return True
                left = self._used_at + self.idle_s - self.clock() if self.idle_s else None
                if self._retiring or (left is not None and left <= 0):
                    break
                self._wake.wait(left)
            self._retiring = True
            return False

    def _turn(self, writing: Writing) -> None:
        while writing.room > 0:
            with self._wake:
                if not self._queue:
                    break
                ticket = self._queue.popleft()
            self._serve(writing, ticket)
        writing.turn()
        self._writing = writing.writing

    def _serve(self, writing: Writing, ticket: Ticket) -> None:
        try:
            writing.take(ticket)
        except (ValueError, TypeError, LookupError) as error:
            ticket.refuse(f"the model's tokenizer cannot read this prompt: {first_line(error)}")

    def _failed(self, error: Exception) -> None:
        if self._state is LocalState.LOADED:
            self.trouble = f"the model failed while it was writing: {first_line(error)}"
            return
        self._state = LocalState.FAILED
        if isinstance(error, WriterError):
            self.trouble = str(error)
        elif isinstance(error, ImportError):
            self.trouble = f"local models need the packages torch and transformers: {first_line(error)}"
        elif is_shortage(error):
            self.trouble = "the memory ran out while the model was loaded. Choose a smaller load, or a smaller model."
        else:
            self.trouble = (
                "the model cannot be loaded. It must be on this machine, with weights in safetensors files and without "
                f"code of its own: {first_line(error)}"
            )

    def _leave(self, writing: Writing | None) -> None:
        """Nobody is left waiting, whatever happened."""
        with self._wake:
            self._over = True
            left = [*(writing.end() if writing is not None else ()), *self._queue]
            self._queue.clear()
            self._writing = 0
        for ticket in left:
            if self._state is LocalState.FAILED:
                ticket.refuse(self.trouble)
            elif self.ending.is_set():
                ticket.refuse("the model was unloaded while it was writing. Start again to load it once more.")
            else:
                ticket.fail(self.trouble or "the model's thread ended unexpectedly.")


def first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).strip().splitlines()[0][:300]
