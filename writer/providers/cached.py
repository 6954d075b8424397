"""The same question of the same person to the same routes is answered by the reply that came before, for those who
asked for that."""

import asyncio
import hashlib
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import UTC, datetime

from writer.domain.completions import (
    Completion,
    CompletionRequest,
    Finished,
    Provider,
    Purpose,
    StopReason,
    StreamEvent,
    TextDelta,
    Tokens,
    ToolCall,
)
from writer.domain.errors import StorageError
from writer.domain.ports.replies import ReplyStore
from writer.domain.usage import Outcome, UsageEvent


def reply_key(routes: str, request: CompletionRequest) -> str:
    """Who asks is part of it: one person's reply is never another's. The call's purpose and job are not."""
    asked = (
        request.caller.user,
        routes,
        request.messages,
        request.temperature,
        request.max_output_tokens,
        request.tools,
        request.reply_schema,
    )
    return hashlib.sha256(repr(asked).encode("utf-8", "surrogatepass")).hexdigest()


class Cached:
    def __init__(
        self,
        inner: Provider,
        store: ReplyStore,
        routes: str,
        record: Callable[[UsageEvent], None],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.route = inner.route
        self._inner = inner
        self._store = store
        self._routes = routes
        self._record = record
        self._now = now

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        if request.purpose is Purpose.TEST:  # whether the route answers now
            async with aclosing(self._inner.stream(request)) as events:
                async for event in events:
                    yield event
            return
        key = reply_key(self._routes, request)
        known = await self._known(key)
        if known is not None:
            self._record(self._hit(request, known))
            for event in _events(known):
                yield event
            return
        pieces: list[str] = []
        calls: list[ToolCall] = []
        async with aclosing(self._inner.stream(request)) as events:
            async for event in events:
                match event:
                    case TextDelta(text):
                        pieces.append(text)
                    case ToolCall():
                        calls.append(event)
                    case Finished(stop_reason=StopReason.STOP | StopReason.TOOL):
                        await self._keep(key, Completion("".join(pieces), event, tuple(calls)), request.caller.user)
                yield event

    async def _known(self, key: str) -> Completion | None:
        """A cache that cannot be read is no reason not to ask."""
        with suppress(StorageError):
            return await asyncio.to_thread(self._store.get, key)
        return None

    async def _keep(self, key: str, reply: Completion, owner_id: str) -> None:
        with suppress(StorageError):
            await asyncio.to_thread(self._store.put, key, reply, owner_id)

    def _hit(self, request: CompletionRequest, known: Completion) -> UsageEvent:
        """Free, and nothing was asked of a vendor."""
        return UsageEvent(
            id=uuid.uuid4().hex,
            at=self._now(),
            caller=request.caller,
            route=known.finished.route,
            purpose=request.purpose,
            tokens=Tokens(),
            cost_micros=0,
            first_token_ms=None,
            total_ms=0.0,
            outcome=Outcome.OK,
            cached=True,
            prompt_version=request.prompt_version,
            action=request.action,
        )


def _events(known: Completion) -> list[StreamEvent]:
    text: list[StreamEvent] = [TextDelta(known.text)] if known.text else []
    return [*text, *known.tool_calls, replace(known.finished, cached=True)]
