"""Before a vendor is asked, the most that the call can cost is set aside; afterwards what it did cost is booked."""

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

from writer.domain.budgets import Busy, Granted, Hold, Refused, month_of, refusal
from writer.domain.completions import CompletionRequest, Provider, StreamEvent, Tokens
from writer.domain.errors import BudgetReached, WriterError
from writer.domain.ports.budgets import BudgetStore
from writer.domain.usage import UsageEvent
from writer.providers.metered import Record
from writer.providers.prices import PriceOf
from writer.providers.timing import Clock, Sleep

_ASK_AGAIN_S = 0.25
_PATIENCE_S = 120.0
_TOKENS_OF_FRAME = 64
_TOKENS_OF_MESSAGE = 8

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bound:
    """The most that a call may use. `room` is what the adapter lets a model think beside what it was asked for;
    `for_s` how long a call can take at most."""

    price_of: PriceOf
    room: int = 0
    for_s: float = 600.0

    def micros(self, request: CompletionRequest) -> int | None:
        return self.price_of(Tokens(most_input_tokens(request), request.max_output_tokens + self.room))[0]


def most_input_tokens(request: CompletionRequest) -> int:
    """Never fewer than there are: tokenizers make at most a token of every two letters of ASCII, prose or code, and of
    everything else at most one of each byte."""
    texts = [message.content for message in request.messages]
    texts += [request.reply_schema, *(f"{tool.name} {tool.description} {tool.parameters}" for tool in request.tools)]
    return _TOKENS_OF_FRAME + sum(_TOKENS_OF_MESSAGE + _most_tokens(text) for text in texts)


def _most_tokens(text: str) -> int:
    letters = len(text.encode("utf-8", "surrogatepass"))
    ascii_letters = sum(character < "\x80" for character in text) if letters != len(text) else letters
    return -(-ascii_letters // 2) + letters - ascii_letters


class Budgeted:
    """`metered` gives the provider that counts, with where it is to report; each call has its own, so that what it cost
    is known to be its. Raises BudgetReached before anything is asked."""

    def __init__(
        self,
        metered: Callable[[Record], Provider],
        budgets: BudgetStore,
        bound: Bound,
        record: Record,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Clock = monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.route = metered(record).route
        self._metered = metered
        self._budgets = budgets
        self._bound = bound
        self._record = record
        self._now = now
        self._clock = clock
        self._sleep = sleep

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        hold = self._wanted(request)
        held = await self._held(hold)
        calls: list[UsageEvent] = []

        def record(call: UsageEvent) -> None:
            calls.append(call)
            self._record(call)

        try:
            async with aclosing(self._metered(record).stream(request)) as events:
                async for event in events:
                    yield event
        finally:
            # A reader who leaves cancels this task; the booking goes on.
            await asyncio.shield(self._settled(hold, held, calls))

    def _wanted(self, request: CompletionRequest) -> Hold:
        caller, month = request.caller, month_of(self._now())
        micros = self._bound.micros(request)
        return Hold(uuid.uuid4().hex, caller.user, self.route, month, caller.job_id, micros)

    async def _held(self, hold: Hold) -> bool:
        """Waits while only calls in flight are in the way: they mostly cost less than what is set aside for them."""
        due = self._clock() + _PATIENCE_S
        while True:
            answer = await asyncio.to_thread(self._budgets.hold, hold, self._bound.for_s)
            match answer:
                case Granted(held):
                    return held
                case Refused():
                    raise refusal(hold, answer)
                case Busy() if self._clock() >= due:
                    raise BudgetReached(
                        self.route,
                        f"What is left of the budget for {self.route} is set aside for other calls. Nothing was "
                        "asked; try again when they have ended.",
                    )
            await self._sleep(_ASK_AGAIN_S)

    def _settled(self, hold: Hold, held: bool, calls: list[UsageEvent]) -> Awaitable[None]:
        costs = [call.cost_micros for call in calls if call.cost_micros is not None]
        return asyncio.ensure_future(asyncio.to_thread(self._settle, hold, held, sum(costs) if costs else None))

    def _settle(self, hold: Hold, held: bool, micros: int | None) -> None:
        try:
            self._budgets.settle(hold, micros, held=held)
        except WriterError as error:
            # The reply is worth more than the entry; what was set aside stays so, and is written off in the end.
            logger.warning("a call's cost was not booked to its budget", extra={"error": str(error)})
