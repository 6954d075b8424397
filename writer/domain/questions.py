"""A question to one's own sources, and what came of it: an answer with citations, or a plain "they do not say"."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, Self

from writer.domain.claims import Claim
from writer.domain.completions import Caller
from writer.domain.drafting import Show
from writer.domain.errors import UserMistake
from writer.domain.scopes import EVERYTHING, Scope
from writer.domain.sources import Passage, Source
from writer.domain.text import joined_surrogates

MAX_QUESTION = 1_000
JOB_KIND = "ask"
DO_NOT_SAY = "Your sources do not say."


@dataclass(frozen=True, slots=True)
class Searched:
    """Where an answer was looked for: how many sources, and how many passages they have."""

    sources: int = 0
    passages: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is said instead of an answer. `nearest` are ids of passages that come closest and answer nothing;
    `suggested` are other searches that may help."""

    sentence: str = DO_NOT_SAY
    missing: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """`text` is Markdown with citation tokens, "" where the sources do not say: then `refusal` is there. `claims` are
    its sentences as they were checked. `notes` are sentences for the person, `flags` what the checks took out."""

    text: str
    route: str
    prompt_version: str = ""
    refusal: Refusal | None = None
    claims: tuple[Claim, ...] = ()
    notes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    searched: Searched = Searched()

    def refused(self, refusal: Refusal) -> Self:
        return replace(self, text="", claims=(), flags=(), refusal=refusal)


@dataclass(frozen=True, slots=True)
class Question:
    """`job_id` is the job that answers it, or did last; `answer` is the last one that came, None before the first.
    `fingerprint` is of the sources that the answer was made from. `route` is "" for the owner's own order."""

    id: str
    owner_id: str
    text: str
    scope: Scope
    route: str
    kept: bool
    job_id: str
    answer: Answer | None
    fingerprint: str
    created_at: datetime
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """The same text, asked by the same owner of the same sources on the same route, is the same question: its `id`
    says so."""

    owner_id: str
    text: str
    scope: Scope = EVERYTHING
    route: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", " ".join(joined_surrogates(self.text).split()))
        if not any(character.isalnum() for character in self.text):
            raise UserMistake("The question is empty: ask something in words.")
        if len(self.text) > MAX_QUESTION:
            raise UserMistake(
                f"The question has {len(self.text):,} characters; {MAX_QUESTION:,} is the most. Ask one thing at a "
                "time, and add long texts as a source."
            )

    @property
    def id(self) -> str:
        return _digest(self.owner_id, self.text, repr(self.scope), self.route)[:32]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a finished step has for its question."""

    question_id: str
    answer: Answer
    fingerprint: str


class Answerer(Protocol):
    """Who answers: a model, or the built-in extractor. `name` is a route, or "built-in"."""

    name: str

    async def answer(self, question: str, passages: Sequence[Passage], caller: Caller, show: Show) -> Answer:
        """`passages` are those nearest to the question, best first, at least one. Only they may be cited. Claims and
        what was searched are others' business."""
        ...


def fingerprint_of(sources: Sequence[Source]) -> str:
    """Changes with every source that comes, goes or gets another text."""
    return _digest(*(f"{s.id}:{s.digest}:{s.revision}" for s in sorted(sources, key=lambda source: source.id)))


def _digest(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
