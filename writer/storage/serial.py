"""Domain values to JSON and back. Reading is tolerant: a field that is missing takes its default, unknown ones are
left alone, so that rows written by an older or newer version can still be read."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from writer.domain.briefs import Brief
from writer.domain.drafts import Gap, Origin, Section, SectionState
from writer.domain.outlines import Outline, OutlineSection
from writer.domain.text import joined_surrogates

Json = dict[str, Any]


def brief_to_json(brief: Brief) -> Json:
    return {**asdict(brief), "due": brief.due.isoformat() if brief.due else None}


def brief_from_json(data: Mapping[str, Any]) -> Brief:
    known = _known(Brief, data)
    if "due" in known:
        known["due"] = due_from_json(data)
    if "extra" in known:
        known["extra"] = tuple((str(name), str(value)) for name, value in known["extra"])
    return Brief(**known)


def due_from_json(brief: Mapping[str, Any]) -> date | None:
    return date.fromisoformat(brief["due"]) if brief.get("due") else None


def outline_to_json(outline: Outline | None) -> Json | None:
    return asdict(outline) if outline else None


def outline_from_json(data: Mapping[str, Any] | None) -> Outline | None:
    if not data:
        return None
    sections = tuple(OutlineSection(**_known(OutlineSection, section)) for section in data.get("sections", ()))
    return Outline(data.get("title", ""), sections, data.get("thesis", ""))


def section_to_json(section: Section) -> Json:
    return asdict(section)


def section_from_json(data: Mapping[str, Any]) -> Section:
    known = _known(Section, data)
    return Section(
        **{**known, "state": SectionState(known.get("state", SectionState.DONE)), "gap": gap_from_json(data.get("gap"))}
    )


def gap_to_json(gap: Gap | None) -> Json | None:
    return asdict(gap) if gap else None


def gap_from_json(data: Mapping[str, Any] | None) -> Gap | None:
    return Gap(tuple(data.get("missing", ())), tuple(data.get("suggested_queries", ()))) if data else None


def origin_to_json(origin: Origin) -> Json:
    return asdict(origin)


def origin_from_json(data: Mapping[str, Any]) -> Origin:
    return Origin(**{"kind": "person", "user": "", **_known(Origin, data)})


def cleaned_section(section: Section) -> Section:
    """As it will read back: the digest is taken of what is stored."""
    return section_from_json(_clean(section_to_json(section)))


def _clean(value: Any) -> Any:
    match value:
        case str():
            return joined_surrogates(value)
        case dict():
            return {key: _clean(item) for key, item in value.items()}
        case list() | tuple():
            return tuple(_clean(item) for item in value)
    return value


def _known(cls: type[Any], data: Mapping[str, Any]) -> Json:
    """JSON has lists where our values have tuples."""
    names = {field.name for field in fields(cls)}
    return {k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in names}
