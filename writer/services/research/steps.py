"""The steps of research: their names, their order, and what their results hold."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from writer.domain.jobs import JsonObject, NewStep, Step
from writer.domain.ports.web_search import Found
from writer.domain.research import Coverage, Covered, Question

KIND = "research"
QUESTIONS = NewStep("questions", "research.questions", 0, "Collect the questions")
COVERAGE = NewStep("coverage", "research.coverage", 1, "Look into your sources")
WEB = "research.web"
MOST_FOUND = 8


def web_steps(queries: Sequence[tuple[int, str]], after: int) -> tuple[NewStep, ...]:
    """One for each (question, query), one after the other: services allow few searches a second. `after` counts the
    steps of this kind that the job has."""
    return tuple(
        NewStep(
            f"web:{n}", WEB, 1 + n, f"Search the web: {query}", {"query": query, "question": question, "after": after}
        )
        for n, (question, query) in enumerate(queries, start=after + 1)
    )


def questions_json(questions: Sequence[Question]) -> list[dict[str, str]]:
    return [asdict(question) for question in questions]


def questions_of(rows: Sequence[JsonObject]) -> tuple[Question, ...]:
    return tuple(Question(str(row["text"]), str(row["perspective"])) for row in rows)


def covered_json(one: Covered) -> dict[str, Any]:
    return asdict(one)


def covered_of(row: JsonObject) -> Covered:
    return Covered(questions_of([row["question"]])[0], Coverage(row["coverage"]), tuple(row["passage_ids"]))


def found_of(step: Step) -> list[Found]:
    return [Found(**row) for row in step.result["found"]] if step.result else []
