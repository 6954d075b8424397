"""What an article needs to know before it is written: questions, how far the sources answer them, and pages to read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from writer.domain.imports import Import
from writer.domain.jobs import Job

NEAR = 0.35
"""From this score on, a passage is about the question, not only about its subject."""

ENOUGH_PASSAGES = 3


class Coverage(StrEnum):
    ENOUGH = "enough"
    THIN = "thin"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Question:
    """`perspective` is whose question it is ("reader", "sceptic")."""

    text: str
    perspective: str


@dataclass(frozen=True, slots=True)
class Covered:
    """What the sources hold on a question. `passage_ids` are the nearest, best first."""

    question: Question
    coverage: Coverage
    passage_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A page that was found and not fetched. `url` is in its one form; `serves` are positions of questions; `source_id`
    is the source that holds it already, 0 where none does."""

    url: str
    title: str
    site: str
    date: str
    snippet: str
    engine: str
    serves: tuple[int, ...]
    source_id: int = 0


@dataclass(frozen=True, slots=True)
class Searched:
    """A question that went to the web. `problem` is a sentence, "" when it was answered; `found` counts pages."""

    query: str
    found: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Research:
    """`notes` are sentences that the writer should see; `questions` is empty until they are there; `imports` took in
    pages that were accepted here."""

    job: Job
    questions: tuple[Covered, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    searched: tuple[Searched, ...] = ()
    notes: tuple[str, ...] = ()
    imports: tuple[Import, ...] = ()

    @property
    def unanswered(self) -> tuple[Question, ...]:
        return tuple(one.question for one in self.questions if one.coverage is not Coverage.ENOUGH)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the sources are enough for a brief; `sentence` says why or why not."""

    enough: bool
    sentence: str


def merged(found: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Each address once, as it was found first, with all the questions that it serves; the most useful first."""
    by_url: dict[str, Candidate] = {}
    for one in found:
        first = by_url.get(one.url, one)
        by_url[one.url] = replace(first, serves=tuple(dict.fromkeys((*first.serves, *one.serves))))
    return tuple(sorted(by_url.values(), key=lambda one: -len(one.serves)))
