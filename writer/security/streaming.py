"""The fetcher's second way, for what is too long for memory: an answer that is read piece by piece.

Addresses are parsed and connections pinned as in `fetch`. A whole answer may take hours; silence may not.
"""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import httpcore

from writer.domain.errors import SourceRefused
from writer.security.fetch import MAX_REDIRECTS, PLAIN, REDIRECTS, Address, Ask, Unanswered, led_on, parsed
from writer.security.pinned import PinnedBackend, Resolver, resolved

IDLE_S = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` have names in lower case; `url` is where the last redirect led."""

    url: str
    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes] = field(repr=False)


class Stream(Protocol):
    """`streaming`, with the opened hosts of this installation."""

    def __call__(
        self, url: str, *, ask: Ask = PLAIN, idle_s: float = IDLE_S, ended: Callable[[], bool] | None = None
    ) -> AbstractContextManager[Answer]: ...


@contextmanager
def streaming(
    url: str,
    *,
    ask: Ask = PLAIN,
    idle_s: float = IDLE_S,
    ended: Callable[[], bool] | None = None,
    resolver: Resolver = resolved,
    allow_private: frozenset[str] = frozenset(),
    ssl_context: ssl.SSLContext | None = None,
) -> Iterator[Answer]:
    """Every status is an answer, whatever `ask.accepts`. Raises SourceRefused, and Unanswered
    where no whole answer came. `idle_s` bounds each silence. Once `ended` is true, the connection is closed and
    Unanswered raised.

    A GET follows redirects; what stands under Authorization goes to the first host alone."""
    backend = PinnedBackend(resolver, allow_private, lambda: idle_s, ended)
    with ExitStack() as stack:
        pool = httpcore.ConnectionPool(network_backend=backend, ssl_context=ssl_context, max_keepalive_connections=0)
        yield _opened(stack, stack.enter_context(pool), parsed(url), ask)


def _opened(stack: ExitStack, pool: httpcore.ConnectionPool, first: Address, ask: Ask) -> Answer:
    address = first
    for _ in range(MAX_REDIRECTS + 1):
        where = httpcore.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target)
        headers = _headers(address, ask, address.authority == first.authority and address.scheme == first.scheme)
        with _translated(address):
            asking = pool.stream(ask.method, where, headers=headers, content=ask.body or None)
            response = stack.enter_context(asking)
        told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        if ask.method != "GET" or response.status not in REDIRECTS or "location" not in told:
            return Answer(address.url, response.status, told, _chunks(response, told, address))
        address = led_on(address, told["location"])
    raise SourceRefused(f"The address leads on more than {MAX_REDIRECTS} times; give the last one directly.")


def _headers(address: Address, ask: Ask, is_first: bool) -> list[tuple[str, str]]:
    own = [(name, value) for name, value in ask.headers if is_first or name.lower() != "authorization"]
    length = [("Content-Length", str(len(ask.body)))] if ask.method != "GET" else []
    common = [("Accept-Encoding", "identity"), ("User-Agent", "Writer"), ("Accept", "*/*")]
    return [("Host", address.authority), *common, *own, *length]


def _chunks(response: httpcore.Response, told: Mapping[str, str], address: Address) -> Iterator[bytes]:
    if told.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise SourceRefused("The answer is packed in a way that was not asked for.")
    with _translated(address):
        yield from response.iter_stream()


@contextmanager
def _translated(address: Address) -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException:
        raise Unanswered(f"{address.host} took too long to answer.") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
        raise Unanswered(f"{address.host} could not be reached: {type(error).__name__}.") from error
