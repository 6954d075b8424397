"""What is told of a question outside: by the API, and by the command."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from writer.domain.claims import Claim
from writer.domain.jobs import Job, JobState
from writer.domain.questions import Answer, Question
from writer.domain.scopes import Scope
from writer.domain.sources import Passage
from writer.services.claims.service import claim_json
from writer.services.drafts import Reference
from writer.services.questions.service import Questions


@dataclass(frozen=True, slots=True)
class Told:
    """A question with everything that is told of it outside."""

    question: Question
    job: Job | None
    claims: Sequence[Claim]
    references: Sequence[Reference]
    outdated: bool
    nearest: Sequence[Passage]


def told_of(questions: Questions, question: Question) -> Told:
    refused = question.answer is not None and question.answer.refusal is not None
    return Told(
        question,
        questions.job(question),
        questions.claims(question),
        questions.references(question),
        questions.is_outdated(question),
        list(questions.passages(question).values()) if refused else [],
    )


def question_json(told: Told) -> dict[str, Any]:
    """For the API and the command."""
    question = told.question
    return {
        **summary_json(question, told.job, outdated=told.outdated),
        "answer": _answer_json(question.answer, told) if question.answer else None,
    }


def summary_json(question: Question, job: Job | None, *, outdated: bool) -> dict[str, Any]:
    answer = question.answer
    return {
        "id": question.id,
        "question": question.text,
        "scope": scope_json(question.scope),
        "route": question.route,
        "kept": question.kept,
        "state": job.state.value if job else JobState.STOPPED.value,
        "error": job.error if job else "",
        "job_id": question.job_id,
        "answered": bool(answer and answer.text),
        "sources_changed": outdated,
        "created_at": question.created_at.isoformat(),
        "asked_at": question.asked_at.isoformat(),
    }


def scope_json(scope: Scope) -> dict[str, Any]:
    """Only what narrows it."""
    lists = {name: list(getattr(scope, name)) for name in ("source_ids", "collections", "tags", "kinds", "languages")}
    days = {name: day.isoformat() for name in ("since", "until") if (day := getattr(scope, name))}
    return {name: value for name, value in lists.items() if value} | days


def _answer_json(answer: Answer, told: Told) -> dict[str, Any]:
    refusal = answer.refusal
    return {
        "text": answer.text,
        "refusal": refusal.sentence if refusal else None,
        "missing": list(refusal.missing) if refusal else [],
        "suggested_searches": list(refusal.suggested) if refusal else [],
        "nearest_passages": [
            {"passage_id": p.id, "source_id": p.source_id, "title": p.source_title, "text": p.text}
            for p in told.nearest
        ],
        "route": answer.route,
        "prompt_version": answer.prompt_version,
        "notes": list(answer.notes),
        "flags": list(answer.flags),
        "searched": {"sources": answer.searched.sources, "passages": answer.searched.passages},
        "claims": [claim_json(claim) for claim in told.claims],
        "references": [
            {
                "number": one.number,
                "passage_id": one.passage.id,
                "source_id": one.source.id,
                "title": one.source.title,
                "published": one.source.published,
                "page": one.passage.page,
            }
            for one in told.references
        ],
    }
