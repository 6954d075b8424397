"""What watchers of a job are told: a snapshot first, then what changed. `as_json` is the shape on the wire."""

from dataclasses import dataclass, replace
from typing import Any, Protocol

from writer.domain.drafts import count_words
from writer.domain.jobs import Job, Step, StepState


class JobEvent(Protocol):
    def as_json(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class StepView:
    """A step as people see it. `attempt` above 1 means that it was begun again after a crash or a fault. `facts` is a
    word on how it went, for steps that have one."""

    key: str
    label: str
    kind: str
    state: StepState
    text: str
    error: str
    attempt: int
    error_kind: str = ""
    facts: str = ""

    @property
    def words(self) -> int:
        return count_words(self.text)

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "label": self.label,
            "kind": self.kind,
            "state": self.state.value,
            "text": self.text,
            "error": self.error,
            "error_kind": self.error_kind,
            "attempt": self.attempt,
            "words": self.words,
            "facts": self.facts,
        }


def view_of(step: Step, live_text: str | None) -> StepView:
    result = step.result or {}
    text = live_text or result.get("text", "") or step.partial
    error = step.error or str(result.get("failed", ""))  # a step that is done may say of its own what went wrong
    view = StepView(step.key, step.label or step.key, step.kind, step.state, str(text), error, step.attempt)
    return replace(view, error_kind=step.error_kind, facts=str(result.get("facts", "")))


def job_json(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "draft_id": job.draft_id,
        "state": job.state.value,
        "error": job.error,
        "created_at": job.created_at.isoformat(),
        "updated_at": job.updated_at.isoformat(),
    }


@dataclass(frozen=True, slots=True)
class JobSnapshot:
    job: Job
    steps: tuple[StepView, ...]
    elapsed_s: float

    @property
    def done(self) -> int:
        return sum(step.state is StepState.DONE for step in self.steps)

    def as_json(self) -> dict[str, Any]:
        return {
            "type": "snapshot",
            "job": job_json(self.job),
            "steps": [step.as_json() for step in self.steps],
            "elapsed_s": round(self.elapsed_s, 1),
        }


@dataclass(frozen=True, slots=True)
class Delta:
    key: str
    text: str

    def as_json(self) -> dict[str, Any]:
        return {"type": "delta", "key": self.key, "text": self.text}


@dataclass(frozen=True, slots=True)
class Restart:
    key: str

    def as_json(self) -> dict[str, Any]:
        return {"type": "restart", "key": self.key}


@dataclass(frozen=True, slots=True)
class StepChanged:
    step: StepView

    def as_json(self) -> dict[str, Any]:
        return {"type": "step", "step": self.step.as_json()}


@dataclass(frozen=True, slots=True)
class JobChanged:
    job: Job

    def as_json(self) -> dict[str, Any]:
        return {"type": "job", "job": job_json(self.job)}
