"""How Writer behaves towards servers: what robots.txt asks for, and a pause between two requests to one host."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from writer.domain.errors import SourceRefused
from writer.security.fetch import NOT_KNOWN, AnsweredOtherwise, Fetched, Version

AGENT = "Writer"
PAUSE = 1.0
_LONGEST_PAUSE = 10.0
_ROBOTS_BYTES = 500_000
_ROBOTS_KEPT = 3600.0
_HOSTS = 500


class Fetch(Protocol):
    """The one fetcher, with the resolver and the opened hosts of this installation."""

    def __call__(self, url: str, *, limit_bytes: int, timeout: float, known: Version = NOT_KNOWN) -> Fetched: ...


@dataclass(frozen=True, slots=True)
class _Rules:
    robots: RobotFileParser
    pause: float
    until: float


class Manners:
    """One for the process: imports that run side by side share the pauses."""

    def __init__(
        self,
        fetch: Fetch,
        *,
        pause: float = PAUSE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._pause = pause
        self._sleep = sleep
        self._clock = clock
        self._rules: dict[str, _Rules] = {}
        self._free_at: dict[str, float] = {}

    async def turn(self, url: str) -> None:
        """Returns when the address may be asked for. SourceRefused when robots.txt forbids it."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        rules = await self._rules_of(site)
        if not rules.robots.can_fetch(AGENT, url):
            raise SourceRefused(f"{parts.hostname} asks programs not to fetch this address (robots.txt).")
        await self._wait(site, rules.pause)

    async def _rules_of(self, site: str) -> _Rules:
        rules = self._rules.get(site)
        if rules is None or rules.until < self._clock():
            await self._wait(site, self._pause)
            robots = await asyncio.to_thread(self._robots, site)
            asked = robots.crawl_delay(AGENT)
            pause = min(_LONGEST_PAUSE, max(self._pause, float(asked or 0)))
            rules = _Rules(robots, pause, self._clock() + _ROBOTS_KEPT)
            if len(self._rules) >= _HOSTS:
                self._rules.clear()
            self._rules[site] = rules
        return rules

    def _robots(self, site: str) -> RobotFileParser:
        """As RFC 9309 has it: no file allows everything, a server that fails forbids everything for now."""
        robots = RobotFileParser()
        try:
            text = self._fetch(f"{site}/robots.txt", limit_bytes=_ROBOTS_BYTES, timeout=15).content
        except AnsweredOtherwise as answer:
            if answer.status >= 500 or answer.status == 429:
                raise SourceRefused(
                    f"{answer} Its robots.txt could not be read, so nothing is fetched now."
                ) from answer
            text = b""
        robots.parse(text.decode("utf-8", "replace").splitlines())
        return robots

    async def _wait(self, site: str, pause: float) -> None:
        now = self._clock()
        at = max(now, self._free_at.get(site, now))
        if len(self._free_at) >= _HOSTS:
            self._free_at = {host: free for host, free in self._free_at.items() if free > now}
        self._free_at[site] = at + pause
        if at > now:
            await self._sleep(at - now)
