"""OpenAI and every service that speaks its chat completions, through the vendor's own asynchronous SDK."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Any
from weakref import WeakKeyDictionary

from writer.domain.completions import (
    CompletionRequest,
    Finished,
    StopReason,
    StreamEvent,
    TextDelta,
    Tokens,
    ToolCall,
)
from writer.domain.errors import ProviderUnavailable
from writer.domain.ports.settings import ProviderAccount
from writer.providers.estimates import UNTOLD
from writer.providers.presets import Preset
from writer.providers.schemas import in_words, is_strict
from writer.providers.translation import foreign_errors, translated

_STOP_REASONS = {
    "length": StopReason.LENGTH,
    "max_tokens": StopReason.LENGTH,
    "content_filter": StopReason.CONTENT_FILTER,
    "refusal": StopReason.CONTENT_FILTER,
    "tool_calls": StopReason.TOOL,
    "function_call": StopReason.TOOL,
}
# Thoughts are paid for out of the same allowance: without room for them a reply of 500 tokens comes back empty.
_ROOM_TO_THINK = 4096
# A service that has said why it stopped may still send its usage; one that does not close the stream is not waited for.
_USAGE_WAIT_S = 2.0


class OpenAICompatible:
    """One client per event loop, made on the first call: connections belong to the loop that opened them."""

    def __init__(self, account: ProviderAccount, model: str, preset: Preset) -> None:
        self.route = f"{account.name}:{model}"
        self._model = model
        self._preset = preset
        self._base_url = account.base_url or preset.base_url
        self._key = account.key
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Any] = WeakKeyDictionary()
        self._errors: tuple[type[Exception], ...] = ()

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        client = await self._client()
        with translated(self.route, self._errors, self._key):
            chunks = await client.chat.completions.create(**self._body(request))
            async with aclosing(_Reading(self.route, chunks).events()) as events:
                async for event in events:
                    yield event

    async def models(self) -> list[str]:
        """What the service says it serves, sorted."""
        client = await self._client()
        with translated(self.route, self._errors, self._key):
            return sorted([model.id async for model in client.models.list()])

    async def aclose(self) -> None:
        """Close this event loop's connections."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.close()

    async def _client(self) -> Any:
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            # Importing takes most of a second: not on the loop that other streams run on.
            openai = await asyncio.to_thread(_sdk)
            self._errors = foreign_errors(openai.OpenAIError)
            if loop not in self._clients:
                self._clients[loop] = self._new_client(openai)
        return self._clients[loop]

    def _new_client(self, openai: Any) -> Any:
        # Retried owns retrying. The SDK's own two would turn three attempts into nine, each with its own back-off.
        return openai.AsyncOpenAI(
            api_key=self._key or "none",
            base_url=self._base_url or None,
            max_retries=0,
            timeout=openai.Timeout(self._preset.limits.whole_s, connect=self._preset.limits.connect_s),
        )

    def _body(self, request: CompletionRequest) -> dict[str, Any]:
        preset = self._preset
        thinks = preset.thinks(self._model)
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": message.role, "content": message.content} for message in request.messages],
            "stream": True,
            preset.max_tokens_field: request.max_output_tokens + (_ROOM_TO_THINK if thinks else 0),
        }
        if not thinks:
            body["temperature"] = request.temperature
        if preset.asks_usage:
            body["stream_options"] = {"include_usage": True}
        if request.tools:
            body["tools"] = [
                {
                    "type": "function",
                    "function": {
                        "name": tool.name,
                        "description": tool.description,
                        "parameters": json.loads(tool.parameters),
                    },
                }
                for tool in request.tools
            ]
        if request.reply_schema:
            self._hold_to_schema(body, request.reply_schema)
        return body

    def _hold_to_schema(self, body: dict[str, Any], schema: str) -> None:
        if self._preset.json_mode == "schema":
            parsed = json.loads(schema)
            held = {"name": "reply", "schema": parsed, "strict": is_strict(parsed)}
            body["response_format"] = {"type": "json_schema", "json_schema": held}
            return
        if self._preset.json_mode == "object":
            body["response_format"] = {"type": "json_object"}
        body["messages"] = [{"role": "system", "content": in_words(schema)}, *body["messages"]]


def _sdk() -> Any:
    # The SDK looks at httpx whenever it is loaded, also while another thread has loaded it by half.
    with suppress(ImportError):
        import httpx  # noqa: F401  # loaded for the reason above, not for its names
    import openai

    return openai


class _Reading:
    """Folds the chunks of one stream into our events."""

    def __init__(self, route: str, chunks: Any) -> None:
        self._route = route
        self._chunks = chunks
        self._tokens = UNTOLD
        self._finish: str | None = None
        self._refused = False
        self._calls: dict[int, dict[str, str]] = {}

    async def events(self) -> AsyncGenerator[StreamEvent, None]:
        try:
            async for chunk in self._chunks:
                if chunk.usage is not None:
                    self._tokens = _tokens(chunk.usage)
                if chunk.choices and (text := self._read(chunk.choices[0])) is not None:
                    yield TextDelta(text)
                if self._finish is not None:
                    await self._wait_for_usage()
                    break
        finally:
            await self._chunks.close()
        for event in self._end():
            yield event

    async def _wait_for_usage(self) -> None:
        """The reply is complete: what happens to the connection now changes nothing about it."""
        if self._tokens is not UNTOLD:
            return
        try:
            async with asyncio.timeout(_USAGE_WAIT_S):
                async for chunk in self._chunks:
                    if chunk.usage is not None:
                        self._tokens = _tokens(chunk.usage)
        except foreign_errors(TimeoutError):
            return

    def _read(self, choice: Any) -> str | None:
        """The text of a chunk; "" for a sign of life (a thought, a piece of a tool call), None for nothing."""
        self._finish = choice.finish_reason or self._finish
        delta = choice.delta
        if delta is None:
            return None
        for call in delta.tool_calls or ():
            self._add(call)
        if getattr(delta, "refusal", None):
            self._refused = True
        if delta.content:
            return str(delta.content)
        extra = delta.model_extra or {}
        alive = delta.tool_calls or extra.get("reasoning_content") or extra.get("reasoning")
        return "" if alive else None

    def _add(self, call: Any) -> None:
        known = self._calls.setdefault(call.index, {"id": "", "name": "", "arguments": ""})
        known["id"] = call.id or known["id"]
        if call.function:
            known["name"] += call.function.name or ""
            known["arguments"] += call.function.arguments or ""

    def _end(self) -> list[StreamEvent]:
        if self._finish is None:
            raise ProviderUnavailable(self._route, "the reply ended without saying that it was complete.")
        calls = [ToolCall(**call) for _, call in sorted(self._calls.items())]
        reason = StopReason.CONTENT_FILTER if self._refused else _STOP_REASONS.get(self._finish, StopReason.STOP)
        return [*calls, Finished(self._tokens, self._route, reason)]


def _tokens(usage: Any) -> Tokens:
    details = getattr(usage, "prompt_tokens_details", None)
    return Tokens(
        input=usage.prompt_tokens or 0,
        output=usage.completion_tokens or 0,
        cached_input=getattr(details, "cached_tokens", None) or 0,
    )
