"""The provider seam: one request, one stream of events, one method."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from writer.domain.errors import ReplyInvalid


class Purpose(StrEnum):
    """What a call is for: usage is counted by it, prompts are chosen by it."""

    OUTLINE = "outline"
    PLAN = "plan"
    SECTION = "section"
    REPAIR = "repair"
    INTRODUCTION = "introduction"
    CONCLUSION = "conclusion"
    TITLE = "title"
    EDIT = "edit"
    RESEARCH = "research"
    ASKING = "asking"
    PLAYGROUND = "playground"
    TEST = "test"
    EMBEDDING = "embedding"


class StopReason(StrEnum):
    STOP = "stop"
    LENGTH = "length"
    CONTENT_FILTER = "content_filter"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who pays. `step` is the key of the job step; outside a job what was asked for ("rewrite:ID"), or ""."""

    user: str
    job_id: str = ""
    step: str = ""
    draft_id: str = ""


asking: ContextVar[Caller | None] = ContextVar("asking", default=None)
"""Whom the work at hand is for. Calls that are made deep inside, to turn a text into a vector, are booked to them."""


@contextmanager
def asked_by(user: str) -> Iterator[None]:
    """Within a job of theirs that stays who asks."""
    now = asking.get()
    token = asking.set(now if now is not None and now.user == user else Caller(user))
    try:
        yield
    finally:
        asking.reset(token)


@dataclass(frozen=True, slots=True)
class Tool:
    """`parameters` is a JSON Schema object as canonical JSON text, so that the request stays hashable."""

    name: str
    description: str
    parameters: str


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """Names no vendor. `reply_schema` is a JSON Schema as canonical JSON text; "" asks for prose.

    `patient` requests (batch work) are tried up to six times, others up to three: somebody is waiting. `action` is that
    of an edit ("shorten").
    """

    messages: tuple[Message, ...]
    purpose: Purpose
    caller: Caller
    temperature: float = 0.4
    max_output_tokens: int = 2048
    tools: tuple[Tool, ...] = ()
    reply_schema: str = ""
    prompt_version: str = ""
    patient: bool = False
    action: str = ""


@dataclass(frozen=True, slots=True)
class Tokens:
    """`estimated` is true when the provider never said and we counted ourselves."""

    input: int = 0
    output: int = 0
    cached_input: int = 0
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Finished:
    tokens: Tokens
    route: str
    stop_reason: StopReason
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Embedded:
    """What a service for embeddings answers: one float32 little-endian unit vector for each message, in order."""

    vectors: tuple[bytes, ...]


StreamEvent = TextDelta | ToolCall | Embedded | Finished


class Provider(Protocol):
    """A model somewhere, or a wrapper round one: both have this shape."""

    route: str

    def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        """Yield text and tool calls as they come, then exactly one Finished. Closing it cancels the request."""
        ...


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole reply: the fold over a stream."""

    text: str
    finished: Finished
    tool_calls: tuple[ToolCall, ...] = ()


async def collected(events: AsyncGenerator[StreamEvent, None]) -> Completion:
    """Raises ReplyInvalid when the stream ends without Finished."""
    pieces: list[str] = []
    calls: list[ToolCall] = []
    finished: Finished | None = None
    async with aclosing(events) as stream:
        async for event in stream:
            match event:
                case TextDelta(text):
                    pieces.append(text)
                case ToolCall():
                    calls.append(event)
                case Finished():
                    finished = event
    if finished is None:
        raise ReplyInvalid("The reply broke off: the provider never said that it was finished.")
    return Completion("".join(pieces), finished, tuple(calls))
