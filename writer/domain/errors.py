"""Every error that Writer raises on purpose. Each one's text is a sentence that can be shown to the person.

WriterError
├── UserMistake                  the input cannot be used; nothing was changed
│   ├── NotFound                 no such thing, or not the asker's (the two look alike on purpose)
│   ├── EditConflict             somebody saved in between; carries the revision that is there now
│   └── SourceRefused            a file or text cannot become a source; says why
├── ConfigurationError           a setting is missing or wrong
│   ├── MissingKey
│   └── UnknownRoute
├── ProviderError(route)
│   ├── Transient                trying again may help
│   │   ├── ProviderUnavailable  refused, reset, 408, 409, 5xx, 529, malformed before the first text
│   │   ├── ProviderTimeout      connect, first token or idle time ran out
│   │   └── RateLimited          429; `retry_after` seconds when the provider said so
│   ├── CircuitOpen              the breaker rests this route; `retry_in` seconds
│   ├── RetryLater               the wait is too long to sit through; `retry_in` seconds
│   ├── RequestRejected          400, 404, 413, 422: the same request will fail again
│   ├── AuthenticationFailed     401, 403
│   ├── QuotaExhausted           402, or a 429 that no waiting cures
│   ├── BudgetReached            might cost more than a budget or a job's cap leaves; nothing was asked
│   │   └── PriceUnknown         no budget can hold what has no price
│   └── StreamInterrupted        broke after text had come; `text` is what came
├── BudgetReached                a call might cost more than a budget or a job's cap leaves; nothing was asked
│   └── PriceUnknown             its price is not known, so no budget can hold it
├── ReplyInvalid                 a reply came and cannot be used
├── JobStopped                   the person pressed Stop
├── StorageError                 the database, the disk or the index did not do its part
└── ExportFailed                 a file could not be made; the draft is as it was
"""

from enum import StrEnum


class FaultKind(StrEnum):
    """Whose the fault was, for programs: kept beside an error's sentence where only the sentence outlives the error."""

    INPUT = "input"
    CONFIGURATION = "configuration"
    PROVIDER = "provider"
    REPLY = "reply"
    BUDGET = "budget"
    STOPPED = "stopped"
    STORAGE = "storage"
    OTHER = "other"


class WriterError(Exception):
    """The root: catch it at a boundary and show `str(error)`."""


class UserMistake(WriterError):
    pass


class NotFound(UserMistake):
    pass


class EditConflict(UserMistake):
    def __init__(self, message: str, *, revision: int) -> None:
        super().__init__(message)
        self.revision = revision


class SourceRefused(UserMistake):
    pass


class ConfigurationError(WriterError):
    pass


class MissingKey(ConfigurationError):
    pass


class UnknownRoute(ConfigurationError):
    pass


class ProviderError(WriterError):
    """Something about one route; `route` is "provider:model"."""

    def __init__(self, route: str, message: str) -> None:
        super().__init__(f"{route}: {message}")
        self.route = route


class Transient(ProviderError):
    pass


class ProviderUnavailable(Transient):
    pass


class ProviderTimeout(Transient):
    pass


class RateLimited(Transient):
    def __init__(self, route: str, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(route, message)
        self.retry_after = retry_after


class CircuitOpen(ProviderError):
    def __init__(self, route: str, message: str, *, retry_in: float) -> None:
        super().__init__(route, message)
        self.retry_in = retry_in


class RetryLater(ProviderError):
    def __init__(self, route: str, message: str, *, retry_in: float) -> None:
        super().__init__(route, message)
        self.retry_in = retry_in


class RequestRejected(ProviderError):
    pass


class AuthenticationFailed(ProviderError):
    pass


class QuotaExhausted(ProviderError):
    pass


class StreamInterrupted(ProviderError):
    def __init__(self, route: str, message: str, *, text: str) -> None:
        super().__init__(route, message)
        self.text = text


class BudgetReached(ProviderError):
    """No fault of the route: no breaker counts it, no other route is asked in its place, and trying again is no use
    before the budget is raised or its month is over. The message is the whole sentence."""

    def __init__(self, route: str, message: str) -> None:
        WriterError.__init__(self, message)
        self.route = route


class PriceUnknown(BudgetReached):
    pass


class ReplyInvalid(WriterError):
    pass


class JobStopped(WriterError):
    pass


class StorageError(WriterError):
    pass


class ExportFailed(WriterError):
    """A file could not be made; the draft is as it was."""


_KINDS: tuple[tuple[type[WriterError], FaultKind], ...] = (
    (UserMistake, FaultKind.INPUT),
    (ConfigurationError, FaultKind.CONFIGURATION),
    (BudgetReached, FaultKind.BUDGET),
    (ProviderError, FaultKind.PROVIDER),
    (BudgetReached, FaultKind.BUDGET),
    (ReplyInvalid, FaultKind.REPLY),
    (JobStopped, FaultKind.STOPPED),
    (StorageError, FaultKind.STORAGE),
)


def kind_of(error: WriterError) -> FaultKind:
    return next((kind for base, kind in _KINDS if isinstance(error, base)), FaultKind.OTHER)
