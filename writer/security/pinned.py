"""Connections to the very address that was checked: where a host leads is decided once, at the moment of connecting."""

import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpcore

from writer.domain.errors import SourceRefused
from writer.security.networks import is_ip, is_public

Resolver = Callable[[str, int], Sequence[str]]
"""(host, port) → IP addresses as text, the preferred one first."""

Left = Callable[[], float]
"""Seconds that the next read or write may take; raises httpcore.ReadTimeout when the time is up."""

_SLICE_S = 0.25


def resolved(host: str, port: int) -> Sequence[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise SourceRefused(f"There is no host called {host}.") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def until(deadline: float, clock: Callable[[], float]) -> Left:
    def left() -> float:
        seconds = deadline - clock()
        if seconds <= 0:
            raise httpcore.ReadTimeout("the time is up")
        return seconds

    return left


class PinnedBackend(httpcore.NetworkBackend):
    """Looks a host up, checks every answer, and connects to the answer that was checked. `ended` is asked while a read
    waits; once it is true, the read ends as a time-out does."""

    def __init__(
        self,
        resolver: Resolver,
        allow_private: frozenset[str],
        left: Left,
        ended: Callable[[], bool] | None = None,
    ) -> None:
        self._resolver = resolver
        self._allow_private = allow_private
        self._left = left
        self._ended = ended
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        ips = [host] if is_ip(host) else list(self._resolver(host, port))
        opened = host in self._allow_private or f"{host}:{port}" in self._allow_private
        if not ips or not (opened or all(is_public(ip) for ip in ips)):
            raise SourceRefused(f"{host} leads into a private network, which Writer does not fetch from.")
        failure: Exception | None = None
        for ip in ips:
            try:
                stream = self._sockets.connect_tcp(ip, port, self._left())
                return _Stream(stream, self._left, self._ended)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError("no address")


class _Stream(httpcore.NetworkStream):
    """Time-outs of the library are per read: a server that sends a byte now and then would never end."""

    def __init__(self, inner: httpcore.NetworkStream, left: Left, ended: Callable[[], bool] | None) -> None:
        self._inner = inner
        self._left = left
        self._ended = ended

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._ended is None:
            return self._inner.read(max_bytes, self._left())
        seconds = self._left()
        while not self._ended():
            try:
                return self._inner.read(max_bytes, min(_SLICE_S, seconds))
            except httpcore.ReadTimeout:
                seconds -= _SLICE_S
                if seconds <= 0:
                    raise
        raise httpcore.ReadTimeout("the reader left")

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        started = self._inner.start_tls(ssl_context, server_hostname, self._left())
        return _Stream(started, self._left, self._ended)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
