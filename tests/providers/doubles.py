"""A provider that plays scripts, and a clock that is moved by hand."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from writer.domain.completions import (
    CompletionRequest,
    Finished,
    StopReason,
    StreamEvent,
    TextDelta,
    Tokens,
)
from writer.domain.ports.settings import RouteHealth

Step = str | BaseException | StreamEvent
USED = Tokens(input=10, output=5)


class ScriptedProvider:
    """One script per request, the last one repeats. A text is a delta, an exception is raised; Finished comes by itself
    unless the script ends with an exception or `None`."""

    def __init__(self, *scripts: Sequence[Step | None], route: str = "test:model") -> None:
        self.route = route
        self.requests: list[CompletionRequest] = []
        self.closed = 0
        self._scripts = scripts or (("Hello.",),)

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        script = self._scripts[min(len(self.requests), len(self._scripts) - 1)]
        self.requests.append(request)
        try:
            for step in script:
                await asyncio.sleep(0)
                match step:
                    case str():
                        yield TextDelta(step)
                    case BaseException():
                        raise step
                    case None:
                        return
                    case _:
                        yield step
            if not script or not isinstance(script[-1], Finished):
                yield Finished(USED, self.route, StopReason.STOP)
        finally:
            self.closed += 1


class HandClock:
    """Sleeping on it takes no time and moves it."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


class Board:
    """What a database does for replicas, with its clock."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock
        self._rows: dict[str, tuple[float, str]] = {}
        self._probes: dict[str, float] = {}
        self.reads = 0

    def publish(self, key: str, open_for: float, reason: str) -> None:
        if open_for == 0:
            self._rows.pop(key, None)
            self._probes.pop(key, None)
        else:
            until = max(self._clock() + open_for, self._rows.get(key, (0.0, ""))[0])
            self._rows[key] = (until, reason)

    def read(self) -> list[RouteHealth]:
        self.reads += 1
        return [RouteHealth(key, until - self._clock(), why) for key, (until, why) in self._rows.items()]

    def take_probe(self, key: str, owner: str, for_s: float) -> bool:
        if self._probes.get(key, float("-inf")) > self._clock():
            return False
        self._probes[key] = self._clock() + for_s
        return True
