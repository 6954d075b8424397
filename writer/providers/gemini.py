"""Google Gemini through google-genai."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
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
from writer.providers.bridges import from_task
from writer.providers.estimates import UNTOLD
from writer.providers.presets import Preset
from writer.providers.translation import foreign_errors, translated

_LENGTH = {"MAX_TOKENS"}
_BROKEN = {"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "FINISH_REASON_UNSPECIFIED"}
_REFUSED = {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE", "IMAGE_SAFETY"}
_ROOM_TO_THINK = 4096


class Gemini:
    """One client per event loop, made on the first call."""

    def __init__(self, account: ProviderAccount, model: str, preset: Preset) -> None:
        self.route = f"{account.name}:{model}"
        self._model = model
        self._preset = preset
        self._base_url = account.base_url or preset.base_url
        self._key = account.key
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[Any, Any]] = WeakKeyDictionary()
        self._errors: tuple[type[Exception], ...] = ()

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        client = await self._client()
        reading = GeminiReading(self.route)
        with translated(self.route, self._errors, self._key):
            async with aclosing(from_task(lambda: self._replies(client, request))) as replies:
                async for reply in replies:
                    for event in reading.read(reply):
                        yield event
            for event in reading.end():
                yield event

    async def _replies(self, client: Any, request: CompletionRequest) -> AsyncIterator[Any]:
        replies = await client.aio.models.generate_content_stream(
            model=self._model, contents=contents(request), config=self._config(request)
        )
        async for reply in replies:
            yield reply

    async def models(self) -> list[str]:
        """Those that can write, sorted."""
        client = await self._client()
        with translated(self.route, self._errors, self._key):
            found = [model async for model in await client.aio.models.list()]
            writing = (m for m in found if "generateContent" in (m.supported_actions or ("generateContent",)))
            return sorted(str(model.name).removeprefix("models/") for model in writing)

    async def aclose(self) -> None:
        """Close this event loop's connections."""
        _, connections = self._clients.pop(asyncio.get_running_loop(), (None, None))
        if connections is not None:
            await connections.aclose()

    async def _client(self) -> Any:
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            genai, errors = await asyncio.to_thread(_sdk)
            self._errors = foreign_errors(errors.APIError, ValueError)
            if loop not in self._clients:
                self._clients[loop] = self._new_client(genai)
        return self._clients[loop][0]

    def _new_client(self, genai: Any) -> tuple[Any, Any]:
        # With its own choice, the SDK takes aiohttp where that happens to be installed, and there it waits a random
        # 1 to 10 s and tries again by itself. Retried owns retrying. The library is the one that the SDK has loaded.
        http = sys.modules.get("httpx2") or sys.modules["httpx"]
        connections = http.AsyncClient(event_hooks={"request": [self._bounded]})
        options = genai.types.HttpOptions(base_url=self._base_url or None, httpx_async_client=connections)
        return genai.Client(api_key=self._key, http_options=options), connections

    async def _bounded(self, request: Any) -> None:
        """The SDK knows one time limit for everything; this one bounds connecting, Watched the rest."""
        limits = self._preset.limits
        request.extensions["timeout"] = {
            "connect": limits.connect_s,
            "pool": limits.connect_s,
            "read": limits.whole_s,
            "write": limits.first_token_s,
        }

    def _config(self, request: CompletionRequest) -> dict[str, Any]:
        thinks = self._preset.thinks(self._model)
        config: dict[str, Any] = {
            "temperature": request.temperature,
            "max_output_tokens": request.max_output_tokens + (_ROOM_TO_THINK if thinks else 0),
            "automatic_function_calling": {"disable": True},
        }
        if "2.5-flash" in self._model:
            # Thoughts are paid for out of the same allowance; these models can go without.
            config["thinking_config"] = {"thinking_budget": 0}
        if system := system_text(request):
            config["system_instruction"] = system
        if request.reply_schema:
            config["response_mime_type"] = "application/json"
            config["response_json_schema"] = json.loads(request.reply_schema)
        if request.tools:
            declared = [
                {"name": t.name, "description": t.description, "parameters_json_schema": json.loads(t.parameters)}
                for t in request.tools
            ]
            config["tools"] = [{"function_declarations": declared}]
        return config


def _sdk() -> tuple[Any, Any]:
    from google import genai
    from google.genai import errors

    return genai, errors


def system_text(request: CompletionRequest) -> str:
    return "\n\n".join(message.content for message in request.messages if message.role == "system")


def contents(request: CompletionRequest) -> list[dict[str, Any]]:
    roles = {"user": "user", "assistant": "model"}
    return [
        {"role": roles[message.role], "parts": [{"text": message.content}]}
        for message in request.messages
        if message.role in roles
    ]


class GeminiReading:
    """Folds Gemini's replies, from either of its libraries, into our events."""

    def __init__(self, route: str) -> None:
        self._route = route
        self._tokens = UNTOLD
        self._finish = ""
        self._calls = 0

    def read(self, reply: Any) -> list[StreamEvent]:
        if reply.usage_metadata and reply.usage_metadata.prompt_token_count is not None:
            self._tokens = _tokens(reply.usage_metadata) or self._tokens
        if getattr(reply.prompt_feedback, "block_reason", None):
            self._finish = "SAFETY"
        if not reply.candidates:
            return []
        candidate = reply.candidates[0]
        if candidate.finish_reason:
            self._finish = _name(candidate.finish_reason)
        parts = (candidate.content.parts if candidate.content else None) or ()
        return [event for part in parts if (event := self._event(part)) is not None]

    def end(self) -> list[StreamEvent]:
        if not self._finish or self._finish in _BROKEN:
            raise ProviderUnavailable(self._route, "the reply ended without saying that it was complete.")
        return [Finished(self._tokens, self._route, self._reason())]

    def _reason(self) -> StopReason:
        if self._finish in _REFUSED:
            return StopReason.CONTENT_FILTER
        if self._finish in _LENGTH:
            return StopReason.LENGTH
        return StopReason.TOOL if self._calls else StopReason.STOP

    def _event(self, part: Any) -> StreamEvent | None:
        call = getattr(part, "function_call", None)
        if call and call.name:
            self._calls += 1
            return ToolCall(getattr(call, "id", None) or f"call-{self._calls}", call.name, json.dumps(dict(call.args)))
        if getattr(part, "thought", None):
            return TextDelta("")  # a sign of life: the model is thinking
        return TextDelta(part.text) if part.text else None


def _name(reason: Any) -> str:
    return str(getattr(reason, "name", reason)).rpartition(".")[2]


def _tokens(usage: Any) -> Tokens | None:
    said = (usage.candidates_token_count or 0) + (getattr(usage, "thoughts_token_count", None) or 0)
    if not (said or usage.prompt_token_count or usage.total_token_count):
        return None
    cached = getattr(usage, "cached_content_token_count", None) or 0
    return Tokens(input=usage.prompt_token_count or 0, output=said, cached_input=cached)
