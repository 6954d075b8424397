"""A plan out of a model's reply, made to fit the outline it was made for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from writer.domain.briefs import Brief
from writer.domain.citations import PASSAGE_ID
from writer.domain.outlines import ArticlePlan, Outline, OutlineSection, SectionPlan
from writer.domain.sources import Passage
from writer.services.articles.plans import budgets, planned_row, with_owned_passages
from writer.services.articles.replies import json_in

_MOST_ENTRIES = 40


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True, coerce_numbers_to_str=True)


class _RowReply(_Loose):
    key: str
    promise: str = ""
    key_points: list[str] = Field(default_factory=list)
    owned: list[str] = Field(default_factory=list)
    mention_only: list[str] = Field(default_factory=list)
    must_not_cover: list[str] = Field(default_factory=list)
    opening: str = ""
    closing: str = ""
    words: int = 0
    passages: list[str] = Field(default_factory=list)


class _PlanReply(_Loose):
    thesis: str = ""
    glossary: list[str] = Field(default_factory=list)
    sections: list[_RowReply]


def _strict(schema: object) -> object:
    """Every property required and no others: what services with strict schemas insist on."""
    if isinstance(schema, list):
        return [_strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {k: _strict(v) for k, v in schema.items() if k not in ("default", "title") or k == "properties"}
    if isinstance(properties := schema.get("properties"), dict):
        kept = {name: _strict(value) for name, value in properties.items()}
        plain |= {"properties": kept, "required": list(kept), "additionalProperties": False}
    return plain


PLAN_SCHEMA = json.dumps(_strict(_PlanReply.model_json_schema()), sort_keys=True, separators=(",", ":"))


def plan_in(text: str, brief: Brief, outline: Outline, evidence: Mapping[str, Sequence[Passage]]) -> ArticlePlan | None:
    """None when the reply holds no plan. Headings are the outline's; budgets are scaled to the brief; ids that were
    not found for any section are dropped."""
    try:
        reply = _PlanReply.model_validate(json_in(text))
    except ValidationError:
        return None
    rows = {row.key: row for row in reversed(reply.sections)}
    if not any(section.key in rows for section in outline.sections):
        return None
    merged = [_merged(section, rows.get(section.key)) for section in outline.sections]
    words = budgets([row.words for row in merged], brief.words)
    sized = [replace(row, words=size) for row, size in zip(merged, words, strict=True)]
    thesis = reply.thesis or outline.thesis
    return ArticlePlan(thesis, with_owned_passages(sized, evidence), _unique(reply.glossary))


def _merged(section: OutlineSection, reply: _RowReply | None) -> SectionPlan:
    row = planned_row(section)
    if reply is None:
        return row
    return replace(
        row,
        promise=reply.promise or row.promise,
        key_points=_unique(reply.key_points) or row.key_points,
        owned=_unique(reply.owned),
        mention_only=_unique(reply.mention_only),
        must_not_cover=_unique(reply.must_not_cover),
        opening=reply.opening,
        closing=reply.closing,
        words=max(0, reply.words),
        passage_ids=tuple(dict.fromkeys(id_.group(0) for p in reply.passages for id_ in PASSAGE_ID.finditer(p))),
    )


def _unique(items: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(item.split()) for item in items if item.strip()))[:_MOST_ENTRIES]
