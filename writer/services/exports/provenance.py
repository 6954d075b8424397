"""A draft with everything that is known of it, for programs."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from writer.domain.drafts import Draft, VersionSummary
from writer.services.drafts import Reference


def provenance_json(draft: Draft, references: Sequence[Reference], versions: Sequence[VersionSummary]) -> str:
    document = _provenance_of(draft, references, versions)
    return json.dumps(document, ensure_ascii=False, indent=2, default=_as_json) + "\n"


def _provenance_of(draft: Draft, references: Sequence[Reference], versions: Sequence[VersionSummary]) -> dict[str, Any]:
    return {
        "format": "writer-draft",
        "format_version": 1,
        "draft": _without(asdict(draft), "owner_id") | {"word_count": draft.word_count},
        "references": [asdict(reference) | {"source": _public(reference)} for reference in references],
        "versions": [asdict(version) for version in versions],
    }


def _public(reference: Reference) -> dict[str, Any]:
    """Where its file lies is the installation's own business."""
    return _without(asdict(reference.source), "blob", "owner_id")


def _without(values: dict[str, Any], *hidden: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in hidden}


def _as_json(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"not JSON: {type(value).__name__}")
