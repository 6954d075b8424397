"""What the wrappers cost, and what they spare a provider. Ratios of one run: `python -m benchmarks.providers`."""

import asyncio
import statistics
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from openai import AsyncOpenAI

from tests.support.scripted_server import Asked, ServerProcess
from writer.domain.completions import (
    Caller,
    CompletionRequest,
    Message,
    Provider,
    Purpose,
    StreamEvent,
    TextDelta,
    collected,
)
from writer.domain.errors import ProviderError
from writer.domain.ports.settings import ProviderAccount
from writer.providers.breaker import Breaker, Permit
from writer.providers.presets import Limits
from writer.providers.registry import Registry

STREAMS, CALLS, REPEATS = 50, 200, 5
REQUEST = CompletionRequest((Message("user", "Write about bees."),), Purpose.SECTION, Caller("bench"))
ROUTE = "openai:gpt-4.1-mini"


def registry(url: str, slots: int = STREAMS) -> Registry:
    account = ProviderAccount("openai", "openai", url, "key")
    return Registry(lambda _: [account], lambda _: None, limits=Limits(slots=slots))


async def at_once(call: Callable[[], Awaitable[object]], calls: int, streams: int) -> float:
    """CPU seconds of this process per call."""
    left = iter(range(calls))

    async def worker() -> None:
        for _ in left:
            await call()

    began = time.process_time()
    await asyncio.gather(*(worker() for _ in range(streams)))
    return (time.process_time() - began) / calls


async def bare_cpu(url: str) -> float:
    async with AsyncOpenAI(api_key="key", base_url=url, max_retries=0) as client:

        async def call() -> str:
            pieces: list[str] = []
            chunks = await client.chat.completions.create(
                model="gpt-4.1-mini",
                messages=[{"role": "user", "content": "Write about bees."}],
                temperature=0.4,
                max_completion_tokens=2048,
                stream=True,
                stream_options={"include_usage": True},
            )
            async for chunk in chunks:
                if chunk.choices and chunk.choices[0].delta.content:
                    pieces.append(chunk.choices[0].delta.content)
            return "".join(pieces)

        await call()
        return await at_once(call, CALLS, STREAMS)


async def our_cpu(url: str) -> float:
    ours = registry(url)
    provider = ours.provider("bench", [ROUTE])

    async def call() -> object:
        return await collected(provider.stream(REQUEST))

    await call()
    spent = await at_once(call, CALLS, STREAMS)
    await ours.aclose()
    return spent


def cpu_ratio() -> str:
    bare: list[float] = []
    ours: list[float] = []
    with ServerProcess("steady") as server:
        for _ in range(REPEATS):
            bare.append(asyncio.run(bare_cpu(server.url)))
            ours.append(asyncio.run(our_cpu(server.url)))
    pairs = statistics.median(b / a for a, b in zip(bare, ours, strict=True))
    best = min(ours) / min(bare)
    figures = f"{min(bare) * 1000:.2f} and {min(ours) * 1000:.2f} ms"
    return f"{best:.2f} (best of {REPEATS}: {figures}; median of pairs {pairs:.2f})"


async def storm(url: str) -> None:
    ours = registry(url)
    provider = ours.provider("bench", [ROUTE])
    calls = (collected(provider.stream(REQUEST)) for _ in range(6))
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(outcome, ProviderError) for outcome in outcomes)
    await ours.aclose()


def requests_to_a_dead_provider() -> str:
    counts = []
    with ServerProcess("unavailable") as server:
        for _ in range(REPEATS):
            server.forget()
            asyncio.run(storm(server.url))
            counts.append(len(server.requests()))
    return f"{max(counts)} (most of {REPEATS} runs)"


def half_open(clock: list[float]) -> Breaker:
    breaker = Breaker(clock=lambda: clock[0])
    for _ in range(5):
        permit = breaker.admit()
        assert isinstance(permit, Permit)
        breaker.failed(permit)
    clock[0] += 40
    return breaker


def probes_of_threads() -> int:
    breaker = half_open([0.0])
    together = threading.Barrier(10)

    def ask(_: int) -> bool:
        together.wait()
        return isinstance(breaker.admit(), Permit)

    with ThreadPoolExecutor(10) as threads:
        return sum(threads.map(ask, range(10)))


def probes_of_loops() -> int:
    """Ten event loops in ten threads, one caller each."""
    breaker = half_open([0.0])
    together = threading.Barrier(10)

    async def ask() -> bool:
        together.wait()
        return isinstance(breaker.admit(), Permit)

    with ThreadPoolExecutor(10) as threads:
        return sum(threads.map(lambda _: asyncio.run(ask()), range(10)))


async def probes_of_tasks(server: ServerProcess) -> int:
    """Through the whole stack: the requests that a resting provider gets once its rest is over."""
    clock = [0.0]
    account = ProviderAccount("openai", "openai", server.url, "key")
    ours = Registry(lambda _: [account], lambda _: None, clock=lambda: clock[0])
    provider = ours.provider("bench", [ROUTE])
    await asyncio.gather(*(collected(provider.stream(REQUEST)) for _ in range(6)), return_exceptions=True)
    clock[0] += 40
    await asyncio.to_thread(server.forget)
    await asyncio.gather(*(collected(provider.stream(REQUEST)) for _ in range(10)), return_exceptions=True)
    await ours.aclose()
    return len(await asyncio.to_thread(server.requests))


def half_open_probes() -> str:
    with ServerProcess("unavailable") as server:
        tasks = {asyncio.run(probes_of_tasks(server)) for _ in range(REPEATS)}
    threads = {probes_of_threads() for _ in range(50)}
    loops = {probes_of_loops() for _ in range(20)}
    return f"threads {threads}, event loops {loops}, asyncio tasks {tasks}"


async def stopped_after(url: str, server: ServerProcess, events_first: int) -> float:
    """Seconds from Stop to the moment when the provider saw its connection close."""
    ours = registry(url)
    provider: Provider = ours.provider("bench", [ROUTE])
    seen = asyncio.Event()
    got: list[StreamEvent] = []

    async def read() -> None:
        async for event in provider.stream(REQUEST):
            got.append(event)
            if sum(isinstance(e, TextDelta) for e in got) >= events_first:
                seen.set()

    reading = asyncio.create_task(read())
    if events_first:
        await seen.wait()
    else:
        while not await asyncio.to_thread(server.requests):
            await asyncio.sleep(0.01)
    stopped = time.monotonic()
    reading.cancel()
    await asyncio.wait([reading])
    asked = await closed(server)
    await ours.aclose()
    last = max(asked.disconnected_at or 0.0, asked.last_byte_at or 0.0)
    return last - stopped


async def closed(server: ServerProcess) -> Asked:
    while (asked := (await asyncio.to_thread(server.requests))[-1]).disconnected_at is None:
        await asyncio.sleep(0.01)
    return asked


def stop_to_last_byte() -> str:
    found = []
    for script, events_first in (("silent", 0), ("endless", 3)):
        with ServerProcess(script) as server:
            times = []
            for _ in range(REPEATS):
                server.forget()
                times.append(asyncio.run(stopped_after(server.url, server, events_first)))
        found.append(max(times))
    return f"{found[0]:.4f} s before the first token, {found[1]:.4f} s after it (longest of {REPEATS})"


FIGURES: dict[str, tuple[str, Callable[[], str]]] = {
    "requests": ("requests of 6 parallel calls to an always-503 provider (wanted <= 6)", requests_to_a_dead_provider),
    "probes": ("half-open probes of 10 simultaneous callers (wanted exactly 1)", half_open_probes),
    "stop": ("Stop to the last byte asked of the provider (wanted <= 0.3 s)", stop_to_last_byte),
    "cpu": (f"CPU per streamed call at {STREAMS} streams / bare AsyncOpenAI (wanted <= 1.3)", cpu_ratio),
}


def main(names: list[str]) -> None:
    for name in names or FIGURES:
        title, measure = FIGURES[name]
        print(f"{title}: {measure()}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
