"""Scripted replies in the words of each service: OpenAI chat completions and Gemini."""

import json
from functools import lru_cache
from typing import Any

from tests.support.scripted_embeddings import embeddings
from tests.support.scripted_replies import Asked, Reply


def http_chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


_STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
_STATUSES |= {429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}


def error_body(asked: Asked, reply: Reply) -> bytes:
    if asked.is_gemini:
        status = _STATUSES.get(reply.status, "UNKNOWN")
        error = {"code": reply.status, "message": reply.message, "status": status, "details": _google_details(reply)}
        return json.dumps({"error": error}).encode()
    told = {"message": reply.message, "type": "scripted", "param": None, "code": reply.code}
    return json.dumps({"error": told}).encode()


def _google_details(reply: Reply) -> list[dict[str, Any]]:
    if reply.code == "insufficient_quota":
        quota = {"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}
        return [{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [quota]}]
    return []


def _usage(reply: Reply, prompt_length: int) -> tuple[int, int]:
    return reply.tokens or (prompt_length // 4, sum(map(len, reply.parts())) // 4)


def _openai_usage(reply: Reply, prompt_length: int) -> dict[str, int]:
    asked, said = _usage(reply, prompt_length)
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def _openai_calls(reply: Reply) -> list[dict[str, Any]]:
    return [
        {"index": i, "id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
        for i, (call_id, name, arguments) in enumerate(reply.tool_calls)
    ]


def whole_body(asked: Asked, reply: Reply) -> dict[str, Any]:
    if asked.texts:
        return embeddings(asked, reply)
    length = len(asked.prompt) + len(asked.system)
    if asked.is_gemini:
        return _gemini_event(reply, "".join(reply.parts()), length, last=True)
    message: dict[str, Any] = {"role": "assistant", "content": "".join(reply.parts())}
    if reply.tool_calls:
        message["tool_calls"] = _openai_calls(reply)
    choice = {"index": 0, "message": message, "finish_reason": reply.finish}
    body = {"id": "scripted", "object": "chat.completion", "created": 0, "model": asked.model, "choices": [choice]}
    return body if reply.usage == "never" else body | {"usage": _openai_usage(reply, length)}


@lru_cache(maxsize=64)
def frames(reply: Reply, gemini: bool, model: str, prompt_length: int, array: bool) -> list[bytes]:
    """HTTP chunks: one for each part of the text first, then what ends the stream."""
    if gemini:
        return _gemini_frames(reply, prompt_length, array)
    base = {"id": "scripted", "object": "chat.completion.chunk", "created": 0, "model": model}
    events = [
        base | {"choices": [{"index": 0, "delta": {"role": "assistant", "content": part}, "finish_reason": None}]}
        for part in reply.parts()
    ]
    delta: dict[str, Any] = {"tool_calls": _openai_calls(reply)} if reply.tool_calls else {}
    last = base | {"choices": [{"index": 0, "delta": delta, "finish_reason": reply.finish}]}
    usage = {"usage": _openai_usage(reply, prompt_length)}
    events.append(last | usage if reply.usage == "last" else last)
    if reply.usage == "extra":
        events.append(base | {"choices": []} | usage)
    return [http_chunk(f"data: {data}\n\n".encode()) for data in (*map(json.dumps, events), "[DONE]")]


_GEMINI_FINISH = {"stop": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY", "tool_calls": "STOP"}


def _gemini_event(reply: Reply, text: str, prompt_length: int, *, last: bool) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{"text": text}] if text else []
    if last:
        calls = (({"name": name, "args": json.loads(arguments)}) for _, name, arguments in reply.tool_calls)
        parts += [{"functionCall": call} for call in calls]
    candidate: dict[str, Any] = {"index": 0, "content": {"role": "model", "parts": parts}}
    if last and reply.finish:
        candidate["finishReason"] = _GEMINI_FINISH[reply.finish]
    event: dict[str, Any] = {"candidates": [candidate]}
    if last and reply.usage == "last":
        event |= _gemini_usage(reply, prompt_length)
    return event


def _gemini_usage(reply: Reply, prompt_length: int) -> dict[str, Any]:
    asked, said = _usage(reply, prompt_length)
    return {"usageMetadata": {"promptTokenCount": asked, "candidatesTokenCount": said, "totalTokenCount": asked + said}}


def _gemini_frames(reply: Reply, prompt_length: int, array: bool) -> list[bytes]:
    events = [_gemini_event(reply, part, prompt_length, last=False) for part in reply.parts()]
    events.append(_gemini_event(reply, "", prompt_length, last=True))
    if reply.usage == "extra":
        events.append({"candidates": []} | _gemini_usage(reply, prompt_length))
    if not array:
        return [http_chunk(f"data: {json.dumps(event)}\r\n\r\n".encode()) for event in events]
    texts = [f"{'[' if i == 0 else ','}{json.dumps(event)}" for i, event in enumerate(events)]
    return [http_chunk(text.encode()) for text in (*texts, "]")]
