"""Small doubles for what costs money (a model) and what the reader sees (live text), and values to write about."""

import hashlib
from collections.abc import AsyncGenerator, Callable, Sequence

from writer.domain.briefs import Brief
from writer.domain.completions import (
    Caller,
    CompletionRequest,
    Finished,
    StopReason,
    StreamEvent,
    TextDelta,
    Tokens,
)
from writer.domain.drafting import SectionContract
from writer.domain.errors import StreamInterrupted
from writer.domain.outlines import ArticlePlan, Outline, OutlineSection, SectionPlan
from writer.domain.sources import Passage

CALLER = Caller("local", "job-1", "section:s1", "draft-1")
Answer = str | Sequence[StreamEvent | Exception]


class ScriptedProvider:
    """Answers in order (the last one for ever), or by a function of the request."""

    def __init__(self, *answers: Answer, by: Callable[[CompletionRequest], Answer] | None = None) -> None:
        self.route = "scripted:one"
        self.requests: list[CompletionRequest] = []
        self._answers = list(answers)
        self._by = by

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        self.requests.append(request)
        answer = self._by(request) if self._by else self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        for event in whole(answer) if isinstance(answer, str) else answer:
            if isinstance(event, Exception):
                raise event
            yield event


def whole(text: str, stop: StopReason = StopReason.STOP, route: str = "scripted:one") -> list[StreamEvent]:
    cut = len(text) // 3
    pieces = [TextDelta(piece) for piece in (text[:cut], text[cut : 2 * cut], text[2 * cut :]) if piece]
    return [*pieces, Finished(Tokens(1, 1), route, stop)]


def broken(text: str) -> list[StreamEvent | Exception]:
    return [TextDelta(text), StreamInterrupted("scripted:one", "the connection was cut.", text=text)]


class Shown:
    """What the reader saw: `text` now, `taken_back` before."""

    def __init__(self) -> None:
        self.text = ""
        self.taken_back: list[str] = []

    def __call__(self, delta: str) -> None:
        self.text += delta

    def restart(self) -> None:
        self.taken_back.append(self.text)
        self.text = ""


def passage(id_: str, text: str = "", title: str = "On tides") -> Passage:
    source, ordinal = (int(part[1:]) for part in id_.split("."))
    text = text or f"Fact number {ordinal} of source {source} about tides."
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Passage(id_, source, title, ordinal, text, ("Tides",), 0, 0, len(text), digest)


def outline(*headings: str) -> Outline:
    sections = tuple(OutlineSection(f"s{i}", h, f"What {h} means.", (f"{h} point",)) for i, h in enumerate(headings, 1))
    return Outline("Tides at work", sections, "Tides pay.")


def row(key: str, heading: str, words: int = 20, ids: tuple[str, ...] = ("S1.p1", "S1.p2")) -> SectionPlan:
    return SectionPlan(key, heading, f"What {heading} means.", (), (), (), (), "", "", words, ids)


def contract(words: int = 20, *, passages: Sequence[Passage] | None = None, ids: tuple[str, ...] = ("S1.p1", "S1.p2")):
    shape = outline("Costs", "People", "Machines")
    rows = tuple(row(section.key, section.heading, words, ids) for section in shape.sections)
    found = [passage(id_) for id_ in ids] if passages is None else passages
    plan = ArticlePlan("Tides pay.", rows)
    return SectionContract(Brief("Tidal power"), shape, plan, rows[1], rows[0], rows[2], tuple(found))


def prose(words: int, ids: str = "S1.p1") -> str:
    """One sentence of so many words, with its citation."""
    return f"{' '.join(['Word', *(f'w{i}' for i in range(words - 1))])} [[{ids}]]."
