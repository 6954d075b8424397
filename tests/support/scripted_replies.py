"""What the scripted server can be told to answer, and what it was asked."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Fault = Literal["", "refuse", "cut", "reset", "garbage", "broken_json", "error_event"]


@dataclass(frozen=True)
class Reply:
    """One scripted answer. Times are in seconds from the arrival of the request.

    `chunks` are sent as they are (lone surrogates and NUL too); without them `text` is cut into `count` chunks (0: one
    per five words). Chunk i is sent at `first_s + i * every_s`; the headers come with the first chunk, or at once with
    `headers_first`. `finish` None never says why it ended. `usage` comes in the last chunk, in an extra chunk with no
    choices, or never; `tokens` (input, output) are counted as a quarter of the characters when None. After `after`
    chunks the `fault` happens: refuse (closed before any byte), cut (closed), reset, garbage (no SSE), broken_json,
    error_event (an error inside the stream). After `hold_after` chunks nothing comes until `server.release()`.
    Embeddings have `dimension` numbers, by the words of each text.
    """

    text: str = "A scripted reply from the scripted server, long enough to be cut into a few chunks."
    chunks: tuple[str, ...] = ()
    count: int = 0
    first_s: float = 0.0
    every_s: float = 0.0
    headers_first: bool = False
    finish: str | None = "stop"
    usage: Literal["last", "extra", "never"] = "extra"
    tokens: tuple[int, int] | None = None
    tool_calls: tuple[tuple[str, str, str], ...] = ()
    fault: Fault = ""
    after: int = 0
    hold_after: int | None = None
    status: int = 200
    code: str | None = None
    message: str = ""
    retry_after: float | None = None
    retry_after_as: Literal["seconds", "date", "ms"] = "seconds"
    dimension: int = 64

    def parts(self) -> tuple[str, ...]:
        if self.chunks:
            return self.chunks
        if not self.text:
            return ()
        count = self.count or max(1, len(self.text.split(" ")) // 5)
        edges = [round(i * len(self.text) / count) for i in range(count + 1)]
        return tuple(self.text[a:b] for a, b in itertools.pairwise(edges))


@dataclass
class Asked:
    """One request as it came, and what became of it."""

    number: int
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    at: float
    chunks_sent: int = 0
    first_byte_at: float | None = None
    last_byte_at: float | None = None
    finished_at: float | None = None
    disconnected_at: float | None = None

    def count_chunk(self) -> None:
        self.chunks_sent += 1

    @property
    def is_gemini(self) -> bool:
        return "enerateContent" in self.path or "mbedContent" in self.path

    @property
    def texts(self) -> list[str]:
        """What vectors were asked for; empty in other requests."""
        if "mbedContent" in self.path:
            contents = [one["content"] for one in self.body.get("requests", [self.body])]
            return ["".join(part["text"] for part in content["parts"]) for content in contents]
        given = self.body.get("input", []) if self.path.endswith("/embeddings") else []
        return [given] if isinstance(given, str) else list(given)

    @property
    def model(self) -> str:
        if self.is_gemini:
            return self.path.rpartition("/")[2].partition(":")[0]
        return str(self.body.get("model", ""))

    @property
    def streamed(self) -> bool:
        return ":stream" in self.path or bool(self.body.get("stream"))

    @property
    def system(self) -> str:
        """The system prompt."""
        if self.is_gemini:
            found = self.body.get("systemInstruction") or self.body.get("system_instruction") or {}
            return "".join(part.get("text", "") for part in found.get("parts", ()))
        return "\n\n".join(_said(m) for m in self.body.get("messages", ()) if m["role"] in ("system", "developer"))

    @property
    def prompt(self) -> str:
        """Everything that was said, except by the system."""
        if self.is_gemini:
            return "\n\n".join(part.get("text", "") for c in self.body.get("contents", ()) for part in c["parts"])
        return "\n\n".join(_said(m) for m in self.body.get("messages", ()) if m["role"] not in ("system", "developer"))


def _said(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


Script = Reply | Sequence[Reply] | Callable[[Asked], Reply]


def failing(status: int, message: str = "scripted failure", code: str | None = None) -> Reply:
    return Reply(status=status, message=message, code=code)


def rate_limited(after: float | None, form: Literal["seconds", "date", "ms"] = "seconds") -> Reply:
    return Reply(status=429, code="rate_limit_exceeded", message="Slow down.", retry_after=after, retry_after_as=form)


def out_of_credit() -> Reply:
    return Reply(status=429, code="insufficient_quota", message="You exceeded your current quota.", retry_after=1)


def steady(text: str = "", first_s: float = 0.2, count: int = 50, every_s: float = 0.005) -> Reply:
    text = text or " ".join(f"Word {i} of a steady reply." for i in range(count))
    return Reply(text, count=count, first_s=first_s, every_s=every_s)


NEVER_ENDING = Reply(chunks=("It ", "begins "), hold_after=2)
SILENT = Reply(hold_after=0)
ENDLESS = Reply(chunks=tuple(f"Word {i} " for i in range(20_000)), every_s=0.01)
EMOJI_IN_HALVES = Reply(chunks=("A smile \ud83d", "\ude00 and a\x00 NUL."))
LOOPING = Reply(chunks=("Once upon a time. ",) + ("and then the same words again ",) * 400)
THINKING = Reply(chunks=("<th", "ink>Let me see", " what to say.</thi", "nk>\n\nThe answer", " is 42."))

NAMED: dict[str, Script] = {
    "reply": Reply(),
    "steady": steady(),
    "unavailable": failing(503, "The server is overloaded."),
    "never-ending": NEVER_ENDING,
    "silent": SILENT,
    "endless": ENDLESS,
    "looping": LOOPING,
    "thinking": THINKING,
}
