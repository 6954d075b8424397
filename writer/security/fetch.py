"""The one fetcher: every request to an address that a person, a document or a model chose goes through `fetch`.

The address is parsed once and the request is built from the parts. Where a host leads is checked at the moment of
connecting, on the very IP address that is then connected to: no second look-up can give another answer.
"""

import ipaddress
import re
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import quote, urljoin, urlsplit

import httpcore

from writer.domain.errors import SourceRefused
from writer.security.pinned import PinnedBackend, Resolver, resolved, until

MAX_REDIRECTS = 3
REDIRECTS = (301, 302, 303, 307, 308)
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*\.?")
_NUMERIC_END = re.compile(r"(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$")


@dataclass(frozen=True, slots=True)
class Version:
    """What a server said of the version it sent: ETag and Last-Modified, as they came."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """`url` is where the last redirect led. `unchanged`: still the version that was known, and `content` is empty."""

    url: str
    media_type: str
    charset: str
    content: bytes
    version: Version = field(default_factory=Version)
    unchanged: bool = False
    status: int = 200


NOT_KNOWN = Version()


@dataclass(frozen=True, slots=True)
class Ask:
    """What a request holds beside its address. It is for that host alone: such a request follows no redirect.
    `accepts` are the statuses whose body is wanted."""

    method: Literal["GET", "POST", "PUT", "DELETE"] = "GET"
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    accepts: tuple[int, ...] = (200,)


PLAIN = Ask()


class AnsweredOtherwise(SourceRefused):
    """The server answered, with another status than 200. `retry_after` is the header as it came."""

    def __init__(self, host: str, status: int, retry_after: str = "") -> None:
        super().__init__(f"{host} answered with the status {status}.")
        self.status = status
        self.retry_after = retry_after


class Unanswered(SourceRefused):
    """No whole answer came: it is not known what the server did."""


@dataclass(frozen=True, slots=True)
class Address:
    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def fetch(
    url: str,
    *,
    limit_bytes: int,
    timeout: float,
    resolver: Resolver = resolved,
    allow_private: frozenset[str] = frozenset(),
    ssl_context: ssl.SSLContext | None = None,
    clock: Callable[[], float] = time.monotonic,
    known: Version = NOT_KNOWN,
    ask: Ask = PLAIN,
) -> Fetched:
    """Raises SourceRefused with a sentence. `timeout` bounds the whole, redirects included, name look-ups not.

    `allow_private` holds hosts ("nas.local") or hosts with port ("127.0.0.1:11434") of the own network that the owner
    opened on purpose."""
    address = parsed(url)
    backend = PinnedBackend(resolver, allow_private, until(clock() + timeout, clock))
    with httpcore.ConnectionPool(network_backend=backend, ssl_context=ssl_context, max_keepalive_connections=0) as pool:
        for _ in range(MAX_REDIRECTS + 1):
            answer = _answer(pool, address, limit_bytes, known, ask)
            if isinstance(answer, Fetched):
                return answer
            if ask != PLAIN:
                raise SourceRefused(f"{address.host} leads on to another address; nothing was sent there.")
            address = led_on(address, answer)
    raise SourceRefused(f"The address leads on more than {MAX_REDIRECTS} times; give the last one directly.")


def parsed(url: str) -> Address:
    """The only reading of an address. What two programs might read differently is refused."""
    if len(url) > 4000 or re.search(r"[\x00-\x20\x7f\\]", url):
        raise SourceRefused("The address holds blanks, backslashes or other characters that no address has.")
    try:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS:
            raise SourceRefused("Only addresses that begin with http:// or https:// can be fetched.")
        port = parts.port
        host = _host(parts.hostname or "")
    except ValueError:  # UnicodeError too
        raise SourceRefused("This is not an address that can be read.") from None
    if "@" in parts.netloc or "%" in parts.netloc or port == 0:
        raise SourceRefused("The address must be a plain host, without a user name.")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return Address(parts.scheme, host, port or _PORTS[parts.scheme], f"{path}?{query}" if query else path)


def led_on(address: Address, location: str) -> Address:
    """Where a redirect from an address leads to."""
    try:
        return parsed(urljoin(address.url, location))
    except ValueError:  # such as half an IPv6 address
        raise SourceRefused(f"{address.host} leads on to something that is no address.") from None


def _host(name: str) -> str:
    if ":" in name:
        return str(ipaddress.IPv6Address(name))
    ascii_name = name.encode("idna").decode().lower()
    if _NUMERIC_END.search(ascii_name):  # 0177.0.0.1, 0x7f.1, 2130706433: only the plain form means one thing to all
        return str(ipaddress.IPv4Address(ascii_name))
    if not _HOST.fullmatch(ascii_name):
        raise ValueError("not a host name")
    return ascii_name


def _answer(pool: httpcore.ConnectionPool, address: Address, limit: int, known: Version, ask: Ask) -> Fetched | str:
    """What the address holds, or where it leads on to."""
    where = httpcore.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target)
    headers = [
        ("Host", address.authority),
        ("Accept-Encoding", "identity"),
        ("User-Agent", "Writer"),
        ("Accept", "*/*"),
    ]
    headers += [*ask.headers, *([("Content-Length", str(len(ask.body)))] if ask.method in ("POST", "PUT") else [])]
    conditions = (("If-None-Match", known.etag), ("If-Modified-Since", known.modified))
    headers += [(name, value) for name, value in conditions if value and value.isascii() and value.isprintable()]
    try:
        with pool.stream(ask.method, where, headers=headers, content=ask.body or None) as response:
            told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            if response.status in REDIRECTS and "location" in told:
                return told["location"]
            if response.status == 304 and known != NOT_KNOWN:
                return Fetched(address.url, "", "", b"", known, unchanged=True)
            if response.status not in ask.accepts:
                raise AnsweredOtherwise(address.host, response.status, told.get("retry-after", ""))
            content = _body(response.iter_stream(), told, limit)
            return replace(_fetched(address, told, content), status=response.status)
    except httpcore.TimeoutException:
        raise Unanswered(f"{address.host} took too long to answer.") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
        raise Unanswered(f"{address.host} could not be reached: {type(error).__name__}.") from error


def _fetched(address: Address, told: Mapping[str, str], content: bytes) -> Fetched:
    media_type, _, rest = told.get("content-type", "").partition(";")
    charset = re.search(r"charset\s*=\s*\"?([\w.:-]+)", rest, re.IGNORECASE)
    version = Version(told.get("etag", ""), told.get("last-modified", ""))
    return Fetched(
        address.url, media_type.strip().lower(), charset.group(1).lower() if charset else "", content, version
    )


def _body(chunks: Iterable[bytes], told: Mapping[str, str], limit: int) -> bytes:
    """Counted while it comes and after unpacking: neither a long body nor a packed one gets past the limit."""
    too_long = SourceRefused(f"What is at this address is larger than {limit:,} bytes.")
    announced = told.get("content-length", "0")
    if announced.isdecimal() and int(announced) > limit:
        raise too_long
    encoding = told.get("content-encoding", "identity").strip().lower()
    unpack = _unpacker(encoding)
    body = bytearray()
    for chunk in chunks:
        body += unpack(chunk, limit + 1 - len(body))
        if len(body) > limit:
            raise too_long
    return bytes(body)


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    if encoding in ("", "identity"):
        return lambda chunk, most: chunk[:most]
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise SourceRefused("The answer is packed in a way that was not asked for.")
    unpacking = zlib.decompressobj(wbits=47)  # gzip or zlib, told by its first bytes

    def unpack(chunk: bytes, most: int) -> bytes:
        try:
            return unpacking.decompress(chunk, max(1, most))
        except zlib.error:
            raise SourceRefused("The answer is packed and broken.") from None

    return unpack
