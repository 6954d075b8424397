"""Drafts as files to take away: Markdown with footnotes, or JSON with all provenance."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from writer.domain.actors import Actor
from writer.domain.citations import TOKEN, ids_of
from writer.domain.drafts import Draft, Gap, Section, VersionSummary
from writer.domain.errors import UserMistake
from writer.domain.text import slug
from writer.security.render import plain, without_remote_images
from writer.services.drafts import Drafts, Reference

FORMATS = ("markdown", "json")
_QUOTE = 120


@dataclass(frozen=True, slots=True)
class Exported:
    """`filename` is ASCII and safe on every system."""

    filename: str
    media_type: str
    content: bytes


class Exports:
    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts

    def export(self, draft_id: str, format: str, by: Actor) -> Exported:
        draft = self._drafts.open(draft_id, by)
        references = self._drafts.references(draft)
        if format == "markdown":
            return Exported(
                f"{slug(draft.title)}.md", "text/markdown; charset=utf-8", markdown_of(draft, references).encode()
            )
        if format == "json":
            document = provenance_of(draft, references, self._drafts.versions(draft_id, by))
            content = json.dumps(document, ensure_ascii=False, indent=2, default=_as_json) + "\n"
            return Exported(f"{slug(draft.title)}.json", "application/json", content.encode())
        raise UserMistake(f"“{plain(format, 40)}” is not a format to export to: choose {' or '.join(FORMATS)}.")


def markdown_of(draft: Draft, references: Sequence[Reference]) -> str:
    """Front matter, sections, then a footnote for each passage that is cited, and only for those."""
    numbers = {reference.passage.id: reference.number for reference in references}
    parts = [_front_matter(draft), *(_section_part(section, numbers) for section in draft.sections)]
    parts += [_footnote(reference) for reference in references]
    return "\n\n".join(part for part in parts if part) + "\n"


def _front_matter(draft: Draft) -> str:
    import yaml

    facts: dict[str, Any] = {"title": draft.title, "date": draft.updated_at.date()}
    facts |= {"description": draft.description} if draft.description else {}
    facts |= {"tags": list(draft.tags)} if draft.tags else {}
    facts |= {"lang": draft.brief.language, "draft": draft.state.value != "published"}
    dumped = yaml.safe_dump(facts, allow_unicode=True, sort_keys=False, width=10_000, default_flow_style=False)
    return f"---\n{dumped}---"


def _section_part(section: Section, numbers: Mapping[str, int]) -> str:
    title = " ".join(section.heading.split())
    heading = without_remote_images(f"## {title}") if section.role == "body" and title else ""
    text = _with_footnote_marks(without_remote_images(_own_footnotes(section)), numbers)
    return "\n\n".join(part for part in (heading, text.strip(), _gap_card(section.gap) if section.gap else "") if part)


def _own_footnotes(section: Section) -> str:
    """The writer's own [^1] would meet ours: theirs get the section's key in front."""
    return re.sub(r"\[\^([^\]\s]+)\]", rf"[^{section.key}-\1]", section.text)


def _with_footnote_marks(text: str, numbers: Mapping[str, int]) -> str:
    """Marks stand at their word, without the blank that drafts have before a token."""
    return TOKEN.sub(_marks(numbers), re.sub(r"(?<=\S)[ \t]+(?=\[\[\s*S\d)", "", text))


def _marks(numbers: Mapping[str, int]) -> Callable[[re.Match[str]], str]:
    def marks(token: re.Match[str]) -> str:
        ids = dict.fromkeys(ids_of(token.group(1)))
        return "".join(f"[^{numbers[id_]}]" if id_ in numbers else " *(source deleted)*" for id_ in ids)

    return marks


def _gap_card(gap: Gap) -> str:
    lines = ["> **Not in the sources.** This part was left open:", ">"]
    lines += [f"> - {plain(item, 500)}" for item in gap.missing]
    if gap.suggested_queries:
        lines += [">", "> What to search for: " + "; ".join(f"“{plain(query)}”" for query in gap.suggested_queries)]
    return without_remote_images("\n".join(lines))


def _footnote(reference: Reference) -> str:
    source, passage = reference.source, reference.passage
    told = [_escaped(source.title or source.filename)]
    told += [_escaped(fact) for fact in (source.authors, source.published) if fact]
    told += [f"p. {passage.page}"] if passage.page else []
    told += [f"<{source.url}>"] if re.fullmatch(r"https?://[^\s<>]+", source.url) else []
    return f"[^{reference.number}]: {', '.join(told)}: “{_escaped(_start_of(passage.text))}”"


def _start_of(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _QUOTE else line[:_QUOTE].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


def _escaped(text: str) -> str:
    """Only what would turn into markup inside a footnote: a title must stay readable in the file itself."""
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", plain(text, 500))


def provenance_of(draft: Draft, references: Sequence[Reference], versions: Sequence[VersionSummary]) -> dict[str, Any]:
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
