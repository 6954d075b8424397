"""An outline out of a model's reply: the Markdown form asked for, or what models make of it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from writer.domain.citations import TOKEN
from writer.domain.outlines import Outline, OutlineSection
from writer.services.articles.replies import json_in

MOST_SECTIONS = 24
_TITLE = re.compile(r"^#\s+(.+)$")
_LABELLED = re.compile(r"^\W*(title|thesis|promise)\W*:\W*\s*(.*)$", re.IGNORECASE)
_HEADINGS = (
    re.compile(r"^#{2,3}\s+(.+)$"),
    re.compile(r"^(?:section\s+)?\d{1,2}[.):]\s+(.+)$", re.IGNORECASE),
    re.compile(r"^\*\*(.+?)\*\*:?$"),
)
_POINT = re.compile(r"^\s*[-*•]\s+(.+)$")
_NUMBERING = re.compile(r"^(?:section\s+)?\d{1,2}[.):]\s+", re.IGNORECASE)
_WRITTEN_LATER = {"introduction", "conclusion", "references", "sources", "summary", "bibliography"}


class _Loose:
    """An outline that nobody has validated yet."""

    def __init__(self, title: str = "", thesis: str = "", sections: list[OutlineSection] | None = None) -> None:
        self.title = title
        self.thesis = thesis
        self.sections = sections or []

    def take(self, line: str, heading: re.Pattern[str]) -> None:
        if found := heading.match(line):
            self.sections.append(OutlineSection("", found.group(1)))
        elif labelled := _LABELLED.match(line):
            self._label(labelled.group(1).lower(), labelled.group(2))
        elif (title := _TITLE.match(line)) and not self.title:
            self.title = title.group(1)
        elif (point := _POINT.match(line)) and self.sections:
            last = self.sections[-1]
            self.sections[-1] = replace(last, key_points=(*last.key_points, point.group(1)))

    def _label(self, name: str, value: str) -> None:
        if name == "promise" and self.sections:
            self.sections[-1] = replace(self.sections[-1], promise=value)
        elif name == "thesis" and not self.thesis:
            self.thesis = value
        elif name == "title" and not self.title:
            self.title = value


def outline_in(text: str, topic: str) -> Outline | None:
    """None when the reply holds no section. Keys are s1, s2, … in order."""
    value = json_in(text) if text.lstrip().startswith(("{", "```")) else None
    outline = _from_json(value) if isinstance(value, dict) else _from_lines(text)
    sections = list(_usable(outline.sections)) if outline else []
    if outline is None or not sections:
        return None
    keyed = tuple(replace(section, key=f"s{i}") for i, section in enumerate(sections[:MOST_SECTIONS], start=1))
    return Outline(_clean(outline.title)[:200] or topic, keyed, _clean(outline.thesis)[:400])


def _usable(sections: Iterable[OutlineSection]) -> Iterator[OutlineSection]:
    """Without doubles, and without the parts that are written from the finished text."""
    seen = set(_WRITTEN_LATER)
    for section in sections:
        heading = _NUMBERING.sub("", _clean(section.heading))[:160]
        if heading and heading.casefold() not in seen:
            seen.add(heading.casefold())
            points = tuple(point for point in map(_clean, section.key_points) if point)[:12]
            yield replace(section, heading=heading, promise=_clean(section.promise)[:400], key_points=points)


def _clean(text: str) -> str:
    return " ".join(TOKEN.sub(" ", text).split()).strip("#*_ ").strip()


def _from_json(value: dict[str, object]) -> _Loose | None:
    entries = value.get("sections")
    if not isinstance(entries, list):
        return None
    sections = [_section_from(entry) for entry in entries]
    return _Loose(str(value.get("title") or ""), str(value.get("thesis") or ""), [s for s in sections if s])


def _section_from(entry: object) -> OutlineSection | None:
    if isinstance(entry, str):
        return OutlineSection("", entry)
    if not isinstance(entry, dict):
        return None
    points = entry.get("key_points")
    listed = tuple(str(point) for point in points) if isinstance(points, list) else ()
    return OutlineSection("", str(entry.get("heading") or ""), str(entry.get("promise") or ""), listed)


def _from_lines(text: str) -> _Loose | None:
    """By the first kind of heading that the reply uses at all."""
    lines = text.splitlines()
    for heading in _HEADINGS:
        if any(heading.match(line.strip()) for line in lines):
            outline = _Loose()
            for line in lines:
                outline.take(line.strip(), heading)
            return outline
    return None
