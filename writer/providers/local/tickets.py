"""One reply that somebody waits for, as the model's thread sees it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from writer.domain.completions import CompletionRequest, StreamEvent
from writer.domain.errors import ProviderUnavailable, RequestRejected

Put = Callable[[StreamEvent | Exception], None]


@dataclass(frozen=True, slots=True, eq=False)
class Ticket:
    """`put` takes events and, at most once and last, an error. It is called from the model's thread.

    `stopped` is set when nobody waits any more."""

    route: str
    request: CompletionRequest
    seed: int
    put: Put
    stopped: threading.Event = field(default_factory=threading.Event)

    def refuse(self, reason: str) -> None:
        """The same request would fail again."""
        self.put(RequestRejected(self.route, reason))

    def fail(self, reason: str) -> None:
        self.put(ProviderUnavailable(self.route, reason))
