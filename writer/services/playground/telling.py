"""What is told of comparisons, prompts and ratings outside: by the API, and by the command."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from writer.domain.jobs import Job, JobState
from writer.domain.playground import LETTERS, Comparison, Reply, Vote
from writer.domain.prompt_library import PromptText, PromptVersion, SavedPrompt
from writer.services.playground.ratings import Rating


def summary_json(comparison: Comparison, job: Job | None) -> dict[str, Any]:
    """Names are left out while they are hidden."""
    return {
        "id": comparison.id,
        "job_id": comparison.job_id,
        "state": job.state.value if job else JobState.STOPPED.value,
        "prompt": comparison.prompt.user,
        "system": comparison.prompt.system,
        "values": dict(comparison.values),
        "blind": comparison.blind,
        "revealed": comparison.revealed,
        "contenders": None if comparison.hidden else [asdict(one) for one in comparison.contenders],
        "prompt_version": comparison.prompt_mark,
        "created_at": comparison.created_at.isoformat(),
    }


def comparison_json(
    comparison: Comparison, job: Job | None, replies: Sequence[Reply], votes: Sequence[Vote]
) -> dict[str, Any]:
    return {
        **summary_json(comparison, job),
        "replies": [reply_json(comparison, reply) for reply in replies],
        "votes": [{"first": v.first, "second": v.second, "verdict": v.verdict.value} for v in votes],
    }


def reply_json(comparison: Comparison, reply: Reply) -> dict[str, Any]:
    return {
        "column": reply.column,
        "letter": LETTERS[reply.column],
        "route": None if comparison.hidden else comparison.contenders[reply.column].route,
        "state": reply.state.value,
        "text": reply.text,
        "error": reply.error,
        "first_token_ms": reply.first_token_ms,
        "total_ms": reply.total_ms,
        "tokens": asdict(reply.tokens) if reply.tokens else None,
        "cost_micros": reply.cost_micros,
        "cached": reply.cached,
        "cut": reply.cut,
    }


def rating_json(rating: Rating) -> dict[str, Any]:
    rounded = {name: round(getattr(rating, name), 1) for name in ("points", "low", "high")}
    return {**asdict(rating), **rounded, "votes": rating.votes}


def prompt_json(prompt: SavedPrompt) -> dict[str, Any]:
    return {
        "id": prompt.id,
        "name": prompt.place.name,
        "folder": prompt.place.folder,
        "tags": list(prompt.place.tags),
        "version": version_json(prompt.latest),
        "created_at": prompt.created_at.isoformat(),
        "updated_at": prompt.updated_at.isoformat(),
    }


def version_json(version: PromptVersion) -> dict[str, Any]:
    return {
        "number": version.number,
        **text_json(version.text),
        "note": version.note,
        "created_at": version.created_at.isoformat(),
    }


def text_json(text: PromptText) -> dict[str, Any]:
    return {
        "prompt": text.user,
        "system": text.system,
        "temperature": text.temperature,
        "max_output_tokens": text.max_output_tokens,
        "variables": list(text.variables),
    }
