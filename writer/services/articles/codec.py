"""Article values as JSON objects and back: what the rows of jobs and steps hold."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from writer.domain.briefs import Brief
from writer.domain.drafting import Drafted
from writer.domain.drafts import Gap, Section
from writer.domain.jobs import JsonObject
from writer.domain.outlines import ArticlePlan, Outline, OutlineSection, SectionPlan


def digest_of(*parts: object) -> str:
    """sha256 over canonical JSON: the same values in the same order give the same key on every machine."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def brief_json(brief: Brief) -> dict[str, Any]:
    """What an article is written from. The day it is due changes nothing in it: another day is no other article. Nor
    may a field that older versions did not know, where it says nothing."""
    values = {**asdict(brief), "due": None}
    return values if brief.collection_ids else {n: value for n, value in values.items() if n != "collection_ids"}


def brief_of(data: JsonObject) -> Brief:
    values = {name: _tuples(value) for name, value in data.items()}
    due = values.get("due")
    return Brief(**{**values, "due": date.fromisoformat(due) if isinstance(due, str) else None})


def outline_json(outline: Outline) -> dict[str, Any]:
    return asdict(outline)


def outline_of(data: JsonObject) -> Outline:
    sections = tuple(OutlineSection(**_plain(section)) for section in data["sections"])
    return Outline(data["title"], sections, data.get("thesis", ""))


def plan_json(plan: ArticlePlan) -> dict[str, Any]:
    return asdict(plan)


def plan_of(data: JsonObject) -> ArticlePlan:
    rows = tuple(SectionPlan(**_plain(row)) for row in data["sections"])
    return ArticlePlan(data["thesis"], rows, tuple(data.get("glossary", ())))


def drafted_json(drafted: Drafted) -> dict[str, Any]:
    return asdict(drafted)


def drafted_of(data: JsonObject) -> Drafted:
    gap = data.get("gap")
    return Drafted(
        data["text"],
        Gap(tuple(gap["missing"]), tuple(gap["suggested_queries"])) if gap else None,
        data.get("route", ""),
        data.get("prompt_version", ""),
        tuple(data.get("flags", ())),
        tuple(data.get("notes", ())),
    )


def section_of(drafted: Drafted, key: str, heading: str, role: str = "body") -> Section:
    """Notes go with the flags: both are sentences that the writer should see at this section."""
    section = Section(key, heading, role=role, flags=(*drafted.notes, *drafted.flags), route=drafted.route)
    if drafted.gap is None:
        return section.finished(drafted.text)
    return replace(section.lacking(drafted.gap), text=drafted.text.strip())


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _tuples(value) for name, value in row.items()}


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list | tuple) else value
