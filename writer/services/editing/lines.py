"""What goes to the editor while a suggestion is made: one value a line, as JSON."""

from collections.abc import Callable, Sequence
from typing import Any

from writer.domain.hunks import Hunk
from writer.domain.suggestions import Spent
from writer.domain.tokens import utf16_length

Line = dict[str, Any]
Put = Callable[[Line], None]
KEPT = "Your text is as it was."


class Shown:
    """Live text as lines."""

    def __init__(self, put: Put) -> None:
        self._put = put

    def __call__(self, delta: str) -> None:
        self._put({"type": "delta", "text": delta})

    def restart(self) -> None:
        self._put({"type": "restart"})


def begin(id_: str, route: str) -> Line:
    return {"type": "begin", "id": id_, "route": route}


def note(sentence: str) -> Line:
    return {"type": "note", "sentence": sentence}


def error(problem: object) -> Line:
    sentence = str(problem).strip()
    ended = sentence if sentence.endswith((".", "!", "?", "”")) else f"{sentence}."
    return {"type": "error", "sentence": f"{ended} {KEPT}"}


def done(suggestion: str, route: str, prompt_version: str, spent: Spent) -> Line:
    usage = {
        "route": route,
        "prompt_version": prompt_version,
        "cost_micros": spent.cost_micros,
        "input_tokens": spent.input_tokens,
        "output_tokens": spent.output_tokens,
        "first_token_ms": spent.first_token_ms,
        "total_ms": spent.total_ms,
    }
    return {"type": "done", "suggestion": suggestion, "usage": usage}


def hunks_json(text: str, hunks: Sequence[Hunk], first: int = 0, shift: int = 0, shift16: int = 0) -> list[Line]:
    """Places in code points and, for JavaScript, in UTF-16 units; `shift` is where `text` begins in what is edited."""
    made: list[Line] = []
    at = at16 = 0
    for number, hunk in enumerate(hunks, start=first):
        at16 += utf16_length(text[at : hunk.at])
        at = hunk.at
        place = {"n": number, "at": shift + at, "at16": shift16 + at16}
        made.append({**place, "old": hunk.old, "new": hunk.new, "note": hunk.note})
    return made
