"""What models are shown: sources, brief, outline, plan as plain text. Source text is data and stays inside its tag."""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from writer.domain.briefs import Brief
from writer.domain.citations import TOKEN, cited_ids, without_foreign_marks
from writer.domain.drafting import SectionContract, WrittenBody
from writer.domain.drafts import section_markdown
from writer.domain.outlines import ArticlePlan, Outline, SectionPlan
from writer.domain.sources import Passage
from writer.services.articles.content_types import ContentType

_TAG = re.compile(r"<(?=\s*/?\s*source\b)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
NO_SOURCES = "<sources>none</sources>"


def source_text(text: str) -> str:
    """A passage that cannot close its own tag, and has no citation marks that could be taken for ours."""
    return _TAG.sub("&lt;", without_foreign_marks(TOKEN.sub("", _CONTROL.sub("", text)))).strip()


def source_block(passage: Passage, limit: int = 0) -> str:
    date = f' date="{_attribute(passage.published)}"' if passage.published else ""
    text = source_text(passage.text)
    if limit and len(text) > limit:
        text = text[:limit].rsplit(" ", 1)[0] + " …"
    return f'<source id="{passage.id}" title="{_attribute(passage.source_title)}"{date}>\n{text}\n</source>'


def _attribute(value: str) -> str:
    return escape(" ".join(value.split()), quote=True)


def source_blocks(passages: Iterable[Passage], limit: int = 0) -> str:
    return "\n".join(source_block(passage, limit) for passage in passages) or NO_SOURCES


_BRIEF_FIELDS = (
    ("Reader", "reader"),
    ("Goal", "goal"),
    ("Angle", "angle"),
    ("Tone", "tone"),
    ("Point of view", "point_of_view"),
    ("Reading level", "reading_level"),
    ("Language", "language"),
)
_BRIEF_LISTS = (
    ("Keyphrases", "keyphrases"),
    ("Questions to answer", "questions"),
    ("Must include", "must_include"),
    ("Never claim", "avoid"),
)


def brief_text(brief: Brief, style: Sequence[str] = (), voice: Sequence[str] = ()) -> str:
    """Only what the writer filled in, one field per line; `style` are the rules of their style guide, `voice` the
    sentences about the voice that the brief names."""
    lines = [f"Topic: {brief.topic}"]
    lines += [f"{label}: {value}" for label, name in _BRIEF_FIELDS if (value := getattr(brief, name))]
    lines += [f"{label}: {'; '.join(values)}" for label, name in _BRIEF_LISTS if (values := getattr(brief, name))]
    lines += [f"{name}: {value}" for name, value in brief.extra if value]
    lines += [f"Style guide: {rule}" for rule in style]
    lines += [f"Voice: {sentence}" for sentence in voice]
    return "\n".join(lines)


def type_text(type_: ContentType) -> str:
    parts = "; ".join(type_.outline)
    return f"{type_.title}: {type_.description}\nUsual parts: {parts}\n{type_.guidance}"


def outline_text(outline: Outline, plan: ArticlePlan | None = None) -> str:
    """The title, the thesis and a line per section; promises come from the plan where there is one."""
    promises = {row.key: row.promise for row in plan.sections} if plan else {}
    thesis = (plan.thesis if plan else "") or outline.thesis
    lines = [f"Title: {outline.title}", f"Thesis: {thesis}"]
    for section in outline.sections:
        lines.append(f"{section.key}. {section.heading}: {promises.get(section.key) or section.promise}".rstrip(": "))
        if plan is None:
            lines += [f"   - {point}" for point in section.key_points]
    if plan and plan.glossary:
        lines.append(f"Glossary: {'; '.join(plan.glossary)}")
    return "\n".join(lines)


def outline_shown(outline: Outline) -> str:
    """For people who watch: headings with what each promises."""
    sections = [f"{number}. {s.heading}\n   {s.promise}".rstrip() for number, s in enumerate(outline.sections, 1)]
    return "\n".join([outline.title, *([outline.thesis] if outline.thesis else []), "", *sections])


def row_text(row: SectionPlan) -> str:
    lines = [f"Heading: {row.heading}", f"Promise: {row.promise}"]
    for label, values in (
        ("Key points", row.key_points),
        ("Owns", row.owned),
        ("Mention only", row.mention_only),
        ("Must not cover", row.must_not_cover),
    ):
        if values:
            lines.append(f"{label}: {'; '.join(values)}")
    lines += [f"{label}: {beat}" for label, beat in (("Opens", row.opening), ("Closes", row.closing)) if beat]
    return "\n".join(lines)


def neighbours_text(contract: SectionContract) -> str:
    """Both neighbours' rows of the plan, never their text: it may not be written yet."""
    before = f"Before it:\n{row_text(contract.before)}" if contract.before else "It is the first section."
    after = f"After it:\n{row_text(contract.after)}" if contract.after else "It is the last section."
    return f"{before}\n\n{after}"


def evidence_text(outline: Outline, evidence: Mapping[str, Sequence[Passage]]) -> str:
    found = ((section.key, evidence.get(section.key, ())) for section in outline.sections)
    return "\n".join(f"{key}: {', '.join(passage.id for passage in passages) or 'none'}" for key, passages in found)


def body_text(body: WrittenBody) -> str:
    """The finished sections; what they lack is said, so that nobody writes it into the introduction."""
    parts = []
    for section in body.sections:
        lacks = f"(This section lacks: {'; '.join(section.gap.missing)})" if section.gap else ""
        parts.append("\n\n".join(part for part in (section_markdown(section), lacks) if part))
    return "\n\n".join(parts)


def body_ids(body: WrittenBody) -> list[str]:
    """The ids that the body cites and that still exist."""
    known = {passage.id for passage in body.passages}
    return [id_ for id_ in cited_ids("\n".join(section.text for section in body.sections)) if id_ in known]


def legal_ids(ids: Iterable[str]) -> str:
    return ", ".join(ids) or "none"


def bullets(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items) or "- nothing in particular"


def counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
