"""Durable work: a job is rows, a step is the unit that is run once, kept, and never paid for again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from writer.domain.drafts import DraftState, Origin, Section
from writer.domain.errors import WriterError
from writer.domain.outlines import Outline
from writer.domain.publishing import PublicationChange
from writer.domain.questions import Answered
from writer.domain.usage import UsageEvent

JsonObject = Mapping[str, Any]
"""Only what JSON can hold: results of steps are stored as JSON text."""


class JobState(StrEnum):
    RUNNING = "running"
    WAITING = "waiting"  # for the writer, who approves the outline
    STOPPED = "stopped"
    FAILED = "failed"
    DONE = "done"

    @property
    def is_over(self) -> bool:
        return self in (JobState.STOPPED, JobState.FAILED, JobState.DONE)


class StepState(StrEnum):
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


_LEGAL = {
    JobState.RUNNING: {JobState.WAITING, JobState.STOPPED, JobState.FAILED, JobState.DONE},
    JobState.WAITING: {JobState.RUNNING, JobState.STOPPED},
    JobState.STOPPED: {JobState.RUNNING},
    JobState.FAILED: {JobState.RUNNING},
    JobState.DONE: {JobState.RUNNING},
}


class IllegalTransition(WriterError):
    pass


def moved(now: JobState, to: JobState) -> JobState:
    """The next state, or IllegalTransition. Moving to where one is already is no move."""
    if now != to and to not in _LEGAL[now]:
        raise IllegalTransition(f"A job that is {now} cannot become {to}.")
    return to


@dataclass(frozen=True, slots=True)
class NewStep:
    """`wave`: a step may start when every step of its job with a lower wave is done. Steps of one wave run together.

    `key` is unique within the job and names the step for good ("section:s3"). `label` is what people read.
    """

    key: str
    kind: str
    wave: int
    label: str = ""
    args: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """`attempt` counts claims and fences: a result of an older attempt is thrown away. `error_kind` is a FaultKind, ""
    without an error."""

    job_id: str
    key: str
    kind: str
    wave: int
    label: str
    state: StepState
    attempt: int
    args: JsonObject
    result: JsonObject | None = None
    partial: str = ""
    error: str = ""
    error_kind: str = ""
    owner: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """`args` is what the job was started with; `error` is a sentence, "" when nothing went wrong."""

    id: str
    kind: str
    owner_id: str
    draft_id: str
    state: JobState
    fingerprint: str
    args: JsonObject
    created_at: datetime
    updated_at: datetime
    error: str = ""
    source_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewJob:
    """`cap_micros` is the most that it may cost, in millionths of a US dollar; None for no cap."""

    kind: str
    owner_id: str
    steps: tuple[NewStep, ...]
    draft_id: str = ""
    source_id: int | None = None
    fingerprint: str = ""
    args: JsonObject = field(default_factory=dict)
    cap_micros: int | None = None


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """Everything that one finished step changes. The ledger commits it in one transaction, or none of it.

    `sections` replace those with the same key, or are added at the end in the order given (an introduction goes first).
    `replaces` holds (key, text): a section listed there is left as it is when its text is another by now, a person's.
    `origin` asks for a version of the draft as it is after the change. `keep` are results by their key, for whoever
    needs the same thing again. `pause` puts the job to WAITING. `follow_up` are other jobs that this one calls for:
    one whose fingerprint is its owner's already, of a job that is not over, is not added again. `answered` is what a
    question gets, as long as this job is the last that was begun for it. `published` is what is known of a site now.
    """

    result: JsonObject
    next_steps: tuple[NewStep, ...] = ()
    sections: tuple[Section, ...] = ()
    replaces: tuple[tuple[str, str], ...] = ()
    title: str | None = None
    description: str | None = None
    outline: Outline | None = None
    draft_state: DraftState | None = None
    origin: Origin | None = None
    version_note: str = ""
    usage: tuple[UsageEvent, ...] = ()
    keep: tuple[tuple[str, JsonObject], ...] = ()
    pause: bool = False
    follow_up: tuple[NewJob, ...] = ()
    answered: Answered | None = None
    published: PublicationChange | None = None
