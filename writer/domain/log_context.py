"""Facts that every line logged inside carries: request_id, job_id, step. Here, so that every layer can state them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_NONE: Mapping[str, str] = {}
_context: ContextVar[Mapping[str, str]] = ContextVar("log_context", default=_NONE)


@contextmanager
def log_context(**facts: str) -> Iterator[None]:
    """In this task or thread, and in those that it begins."""
    token = _context.set({**_context.get(), **facts})
    try:
        yield
    finally:
        _context.reset(token)


def log_facts() -> Mapping[str, str]:
    return _context.get()
