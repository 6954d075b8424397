"""Research as the API and the commands tell it."""

from dataclasses import asdict
from typing import Any

from writer.domain.imports import Import
from writer.domain.research import Research
from writer.services.jobs.events import job_json


def research_json(research: Research) -> dict[str, Any]:
    return {
        **job_json(research.job),
        "questions": [
            {
                "text": one.question.text,
                "perspective": one.question.perspective,
                "coverage": one.coverage.value,
                "passage_ids": list(one.passage_ids),
            }
            for one in research.questions
        ],
        "candidates": [asdict(candidate) for candidate in research.candidates],
        "searched": [asdict(one) for one in research.searched],
        "notes": list(research.notes),
        "imports": [_import_json(one) for one in research.imports],
    }


def _import_json(one: Import) -> dict[str, Any]:
    rows = [{**asdict(row), "state": row.state.value} for row in one.rows]
    return {"job_id": one.job.id, "state": one.job.state.value, "addresses": rows}
