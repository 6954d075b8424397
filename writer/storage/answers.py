"""Answers as JSON in their question's row, and the transaction that puts them there."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from writer.domain.claims import Claim, ClaimStatus, Verdict
from writer.domain.questions import Answer, Answered, Refusal, Searched
from writer.domain.scopes import Scope
from writer.storage.rows import QuestionRow

_LISTS = ("source_ids", "collections", "tags", "kinds", "languages")
_DAYS = ("since", "until")


def keep_answer(session: Session, job_id: str, answered: Answered) -> None:
    """In the transaction that finishes the job's step. A job that was begun later is the one whose answer counts, and
    a question that was deleted needs none."""
    mine = QuestionRow.id == answered.question_id, QuestionRow.job_id == job_id
    values = {"answer": answer_to_json(answered.answer), "fingerprint": answered.fingerprint}
    session.execute(update(QuestionRow).where(*mine).values(**values))


def scope_to_json(scope: Scope) -> dict[str, Any]:
    days = {name: day.isoformat() for name in _DAYS if (day := getattr(scope, name))}
    return {**asdict(scope), **dict.fromkeys(_DAYS), **days}


def scope_from_json(data: Mapping[str, Any]) -> Scope:
    given: dict[str, Any] = {name: tuple(data.get(name) or ()) for name in _LISTS}
    given |= {name: date.fromisoformat(data[name]) for name in _DAYS if data.get(name)}
    return Scope(**given)


def answer_to_json(answer: Answer) -> dict[str, Any]:
    return asdict(answer)


def answer_from_json(data: Mapping[str, Any]) -> Answer:
    refusal, searched = data.get("refusal"), data.get("searched") or {}
    return Answer(
        text=data["text"],
        route=data["route"],
        prompt_version=data.get("prompt_version", ""),
        refusal=_refusal(refusal) if refusal else None,
        claims=tuple(_claim(claim) for claim in data.get("claims", ())),
        notes=tuple(data.get("notes", ())),
        flags=tuple(data.get("flags", ())),
        searched=Searched(searched.get("sources", 0), searched.get("passages", 0)),
    )


def _refusal(data: Mapping[str, Any]) -> Refusal:
    lists = {name: tuple(data.get(name, ())) for name in ("missing", "nearest", "suggested")}
    return Refusal(data["sentence"], **lists)


def _claim(data: Mapping[str, Any]) -> Claim:
    told = data["verdict"]
    verdict = Verdict(
        ClaimStatus(told["status"]), told["score"], tuple(told["reasons"]), told["quote"], told["quote_passage"]
    )
    return Claim(
        section_key=data["section_key"],
        start=data["start"],
        end=data["end"],
        sentence=data["sentence"],
        passage_ids=tuple(data["passage_ids"]),
        verdict=verdict,
        key=data["key"],
        baseline=tuple((str(id_), str(digest)) for id_, digest in data["baseline"]),
        changed=tuple(data["changed"]),
    )
