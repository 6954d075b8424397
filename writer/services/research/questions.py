"""Questions that a brief raises, without a model: what it asks for, then what different people would ask."""

from collections.abc import Iterable, Iterator

from writer.domain.briefs import Brief
from writer.domain.research import Question
from writer.domain.text import words
from writer.services.articles.content_types import type_of

MOST = 14
MOST_CHARACTERS = 200
_TEMPLATES = (
    ("reader", "{topic}: why does it matter{to_reader}?"),
    ("practitioner", "{topic}: how does it work in practice, step by step?"),
    ("sceptic", "{topic}: what are the problems, limits and criticism?"),
    ("accountant", "{topic}: what does it cost, and what does it yield?"),
    ("historian", "{topic}: how did it begin, and how has it changed?"),
)
"""The subject stands in front: topics are nouns, sentences and questions, and all of them read well there."""


def questions_of(brief: Brief) -> list[Question]:
    """At most fourteen, each once. The writer's own come first: those must not fall off the end."""
    found: dict[tuple[str, ...], Question] = {}
    for question in _all(brief):
        key = tuple(words(question.text))
        if key and len(found) < MOST:
            found.setdefault(key, question)
    return list(found.values())


def _all(brief: Brief) -> Iterator[Question]:
    topic = subject(brief.topic)
    yield from _each("writer", brief.questions)
    yield from _each("writer", (f"{topic}: {item}" for item in brief.must_include))
    if brief.goal:
        yield _question("reader", f"{topic}: what is needed so that {brief.goal[:1].lower()}{brief.goal[1:]}?")
    to_reader = f" to {brief.reader}" if brief.reader else ""
    for perspective, template in _TEMPLATES:
        yield _question(perspective, template.format(topic=topic, to_reader=to_reader))
    yield from _each("searcher", (f"What should one know about {phrase}?" for phrase in brief.keyphrases))
    yield from _each("editor", (f"{topic}: {part}" for part in type_of(brief).outline))
    yield from _each("editor", (f"{topic}: {' '.join(value.split())}" for _, value in brief.extra))


def _each(perspective: str, texts: Iterable[str]) -> Iterator[Question]:
    return (_question(perspective, text) for text in texts)


def _question(perspective: str, text: str) -> Question:
    line = " ".join(text.split())
    return Question(line if len(line) <= MOST_CHARACTERS else line[:MOST_CHARACTERS].rsplit(" ", 1)[0], perspective)


def subject(topic: str) -> str:
    """A topic inside a question: without its own full stop."""
    return " ".join(topic.split()).rstrip(" ?!.")
