"""One column of a comparison: asked, streamed to whoever watches, and over with a reply or a sentence, never with a
failed job. What becomes of one is nothing to the others."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, aclosing, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol

from writer.domain.completions import (
    Caller,
    CompletionRequest,
    Finished,
    Message,
    Provider,
    Purpose,
    StopReason,
    TextDelta,
)
from writer.domain.errors import NotFound, StorageError, WriterError
from writer.domain.jobs import JsonObject, StepOutcome
from writer.domain.playground import LETTERS, Comparison
from writer.domain.ports.playground import PlaygroundStore
from writer.domain.text import joined_surrogates
from writer.domain.usage import UsageEvent
from writer.services.jobs.context import Handler, StepContext

STEP_KIND = "playground.reply"
REFUSED = "The service refused to answer this (its content filter)."

logger = logging.getLogger(__name__)

ProviderFor = Callable[[str, str], Provider]
"""(owner, route) → that route alone. Raises ConfigurationError."""


class Receipts(Protocol):
    def receipt(self, caller: Caller) -> AbstractContextManager[list[UsageEvent]]:
        """The calls of exactly this caller that end meanwhile."""
        ...


class Stops:
    """Tells replies that are written in this process at once that they were stopped. Other processes' ask the store."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: dict[str, list[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = {}

    def tell(self, comparison_id: str) -> None:
        """From any thread: something of it was stopped."""
        with self._lock:
            for loop, event in self._events.get(comparison_id, ()):
                with suppress(RuntimeError):  # its loop has ended, and the reply with it
                    loop.call_soon_threadsafe(event.set)

    @contextmanager
    def heard(self, comparison_id: str) -> Iterator[asyncio.Event]:
        mine = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._events.setdefault(comparison_id, []).append(mine)
        try:
            yield mine[1]
        finally:
            with self._lock:
                self._events[comparison_id].remove(mine)
                if not self._events[comparison_id]:
                    del self._events[comparison_id]


@dataclass
class _Came:
    """What has come so far. Times are the clock's."""

    began: float
    pieces: list[str] = field(default_factory=list)
    first: float | None = None
    finished: Finished | None = None
    error: str = ""
    stopped: bool = False


class Replying:
    """`handlers` is what the runner is given. `look_s`: how often the store is asked whether a reply was stopped."""

    def __init__(
        self,
        store: PlaygroundStore,
        provider_for: ProviderFor,
        receipts: Receipts,
        stops: Stops,
        *,
        clock: Callable[[], float] = monotonic,
        look_s: float = 0.5,
    ) -> None:
        self._store = store
        self._provider_for = provider_for
        self._receipts = receipts
        self._stops = stops
        self._clock = clock
        self._look_s = look_s

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {STEP_KIND: self.reply}

    async def reply(self, context: StepContext) -> StepOutcome:
        comparison = await asyncio.to_thread(self._store.get, str(context.job.args["comparison"]))
        column = int(context.step.args["column"])
        came = _Came(self._clock())
        with self._receipts.receipt(context.caller) as calls:
            async with self._until_stopped(comparison.id, column) as stopped:
                reading = asyncio.create_task(self._read(comparison, column, context, came))
                try:
                    await asyncio.wait({reading, stopped}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    came.stopped = not reading.done()
                    reading.cancel()
                    with suppress(asyncio.CancelledError):
                        await reading
        return StepOutcome(self._result(comparison, column, came, calls))

    async def _read(self, comparison: Comparison, column: int, context: StepContext, came: _Came) -> None:
        try:
            route = comparison.contenders[column].route
            provider = await asyncio.to_thread(self._provider_for, comparison.owner_id, route)
            came.began = self._clock()  # importing a vendor's library is nothing that the route could help
            async with aclosing(provider.stream(request_of(comparison, column, context.caller))) as events:
                async for event in events:
                    if isinstance(event, TextDelta):
                        came.first = self._clock() if came.first is None else came.first
                        came.pieces.append(event.text)
                        context.show(event.text)
                    elif isinstance(event, Finished):
                        came.finished = event
        except WriterError as error:
            came.error = str(error)

    @asynccontextmanager
    async def _until_stopped(self, comparison_id: str, column: int) -> AsyncIterator["asyncio.Task[None]"]:
        with self._stops.heard(comparison_id) as told:
            watching = asyncio.create_task(self._watch(comparison_id, column, told))
            try:
                yield watching
            finally:
                watching.cancel()
                with suppress(asyncio.CancelledError):
                    await watching

    async def _watch(self, comparison_id: str, column: int, told: asyncio.Event) -> None:
        while True:
            try:
                if column in await asyncio.to_thread(self._store.stopped, comparison_id):
                    return
            except NotFound:  # deleted meanwhile
                return
            except StorageError as error:
                logger.debug("nobody could tell whether a reply was stopped", extra={"error": str(error)})
            told.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(told.wait(), self._look_s)

    def _result(self, comparison: Comparison, column: int, came: _Came, calls: Sequence[UsageEvent]) -> JsonObject:
        text = joined_surrogates("".join(came.pieces))
        error = came.error or _why_nothing(text, came)
        told = _without_name(error, comparison, column) if comparison.hidden else error
        total = (self._clock() - came.began) * 1000
        first = (came.first - came.began) * 1000 if came.first is not None else None
        counted = [call for call in calls if not call.cached] or list(calls)
        return {
            "text": text,
            "error": error,
            "failed": told,
            "stopped": came.stopped,
            "cut": came.finished is not None and came.finished.stop_reason is StopReason.LENGTH,
            "cached": came.finished is not None and came.finished.cached,
            "first_ms": first,
            "total_ms": total,
            "tokens": _tokens(counted),
            "cost_micros": _cost(calls),
            "facts": "" if comparison.hidden else _facts(total, came),
        }


def request_of(comparison: Comparison, column: int, caller: Caller) -> CompletionRequest:
    contender = comparison.contenders[column]
    system, user = comparison.prompt.filled(comparison.values)
    messages = (Message("system", system),) if system.strip() else ()
    return CompletionRequest(
        (*messages, Message("user", user)),
        Purpose.PLAYGROUND,
        caller,
        temperature=contender.temperature,
        max_output_tokens=contender.max_output_tokens,
        prompt_version=comparison.prompt_mark,
    )


def _why_nothing(text: str, came: _Came) -> str:
    if came.stopped or (text.strip() and came.finished):
        return ""
    if came.finished is None:
        return "The reply broke off: the provider never said that it was finished."
    if came.finished.stop_reason is StopReason.CONTENT_FILTER:
        return REFUSED
    if came.finished.stop_reason is StopReason.LENGTH:
        return "The model used up all of its room before the first word. Allow a longer reply."
    return "The model answered with nothing."


def _without_name(error: str, comparison: Comparison, column: int) -> str:
    """Sentences about a route begin with its name."""
    route = comparison.contenders[column].route
    for name in (route, route.partition(":")[2], route.partition(":")[0]):
        error = error.replace(name, f"Reply {LETTERS[column]}") if name else error
    return error


def _tokens(calls: Sequence[UsageEvent]) -> dict[str, Any] | None:
    """Of all tries together; None where nothing was asked."""
    if not calls:
        return None
    return {
        "input": sum(call.tokens.input for call in calls),
        "output": sum(call.tokens.output for call in calls),
        "cached_input": sum(call.tokens.cached_input for call in calls),
        "estimated": any(call.tokens.estimated for call in calls),
    }


def _cost(calls: Sequence[UsageEvent]) -> int | None:
    known = [call.cost_micros for call in calls if call.cost_micros is not None]
    return sum(known) if len(known) == len(calls) else None


def _facts(total_ms: float, came: _Came) -> str:
    return "stopped" if came.stopped else f"{total_ms / 1000:.1f} s"
