"""The report of a generated article: what is there, what it rests on, what it used, how long it took."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from writer.domain.actors import Actor
from writer.domain.citations import cited_ids
from writer.domain.drafts import Section
from writer.domain.errors import FaultKind
from writer.domain.jobs import Job, Step, StepState
from writer.domain.usage import Outcome, UsageEvent

if TYPE_CHECKING:
    from writer.bootstrap import App

_ALL_CALLS = 100_000


def report_of(app: "App", job: Job, by: Actor) -> dict[str, Any]:
    draft = app.drafts.open(job.draft_id, by)
    steps = app.jobs.steps(job.id, by)
    calls = app.usage.calls(by, limit=_ALL_CALLS, job_id=job.id)
    routes = list(dict.fromkeys(section.route for section in draft.sections if section.route))
    return {
        "draft_id": draft.id,
        "job_id": job.id,
        "state": job.state.value,
        "error": job.error,
        "title": draft.title,
        "description": draft.description,
        "words": draft.word_count,
        "due": draft.brief.due.isoformat() if draft.brief.due else None,
        "sections": [section_report(section) for section in draft.sections],
        "route": routes[0] if len(routes) == 1 else ", ".join(routes),
        "passages_cited": len({id_ for section in draft.sections for id_ in cited_ids(section.text)}),
        "findings": [asdict(finding) for finding in app.articles.check(draft.id, by)],
        "references": [_reference(r.number, r.passage.id, r.source.title) for r in app.drafts.references(draft)],
        **usage_report(calls),
        "timings": timings(job, steps),
    }


def failed_by_provider(steps: Sequence[Step]) -> bool:
    """Whether it was a provider that failed, or its reply: anything else is for reasons of this machine."""
    failed = {step.error_kind for step in steps if step.state is StepState.FAILED}
    return bool(failed & {FaultKind.PROVIDER, FaultKind.REPLY, FaultKind.BUDGET})


def section_report(section: Section) -> dict[str, Any]:
    gap = section.gap
    return {
        "key": section.key,
        "heading": section.heading,
        "role": section.role,
        "state": section.state.value,
        "words": section.word_count,
        "citations": cited_ids(section.text),
        "gap": {"missing": list(gap.missing), "suggested_queries": list(gap.suggested_queries)} if gap else None,
        "flags": list(section.flags),
        "route": section.route,
    }


def usage_report(calls: list[UsageEvent]) -> dict[str, Any]:
    """The cost is known only when the price of every call that used anything is."""
    paid = [call for call in calls if not call.cached and (call.tokens.input or call.tokens.output)]
    known = [call.cost_micros for call in paid if call.cost_micros is not None]
    return {
        "requests": len(calls),
        "failed_requests": sum(call.outcome is Outcome.FAILED for call in calls),
        "tokens": {
            "input": sum(call.tokens.input for call in calls),
            "output": sum(call.tokens.output for call in calls),
            "cached_input": sum(call.tokens.cached_input for call in calls),
            "estimated": any(call.tokens.estimated for call in calls),
        },
        "cost_micros": sum(known) if len(known) == len(paid) else None,
    }


def timings(job: Job, steps: list[Step]) -> dict[str, Any]:
    """Seconds. `total_s` is from the job's start to its last change, pauses included."""
    return {
        "total_s": round((job.updated_at - job.created_at).total_seconds(), 3),
        "steps": [
            {
                "key": step.key,
                "state": step.state.value,
                "attempts": step.attempt,
                "seconds": round((step.finished_at - step.started_at).total_seconds(), 3)
                if step.started_at and step.finished_at
                else None,
            }
            for step in steps
        ],
    }


def _reference(number: int, passage_id: str, title: str) -> dict[str, Any]:
    return {"number": number, "passage_id": passage_id, "title": title}
