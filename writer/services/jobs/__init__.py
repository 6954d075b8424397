"""Durable jobs: the runner, the live text of what is being written, and the service that pages see."""

from writer.services.jobs.context import Handler, StepContext
from writer.services.jobs.embedded import EmbeddedRunner
from writer.services.jobs.events import JobEvent, JobSnapshot, StepView
from writer.services.jobs.live import LiveText
from writer.services.jobs.loop import EngineLoop
from writer.services.jobs.roll_call import somebody_at_work
from writer.services.jobs.runner import Runner, RunnerPolicy
from writer.services.jobs.service import Jobs

__all__ = [
    "EmbeddedRunner",
    "EngineLoop",
    "Handler",
    "JobEvent",
    "JobSnapshot",
    "Jobs",
    "LiveText",
    "Runner",
    "RunnerPolicy",
    "StepContext",
    "StepView",
    "somebody_at_work",
]
