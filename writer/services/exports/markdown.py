"""A draft as one Markdown text with its citations written out: every other file is made from this one."""

import re
from collections.abc import Sequence

from writer.domain.citations import TOKEN, ids_of
from writer.domain.drafts import Draft, Gap, Section
from writer.security.render import outside_code, plain, without_remote_images
from writer.services.drafts import Reference
from writer.services.exports.citing import Citing, citing

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^\n]*)")
_PICTURE = re.compile(r"!\[([^\[\]\n]*)\]\((data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+)\)")
_KEPT = re.compile("\ue000(\\d+)\ue001")


def body_of(draft: Draft, references: Sequence[Reference], style: str) -> str:
    """CommonMark with footnotes and tables; without a title."""
    cited = citing(style, references)
    parts = [_section_part(section, cited) for section in draft.sections]
    return "\n\n".join(part for part in (*parts, cited.listed) if part) + "\n"


def _section_part(section: Section, cited: Citing) -> str:
    title = " ".join(section.heading.split())
    heading = without_remote_images(f"## {title}") if section.role == "body" and title else ""
    text = outside_code(_closed(section.text), lambda piece: _with_marks(_own_footnotes(piece, section.key), cited))
    gap = _gap_card(section.gap) if section.gap else ""
    return "\n\n".join(part for part in (heading, _safe(text).strip("\n").rstrip(), gap) if part)


def _safe(text: str) -> str:
    """Images from elsewhere become links; a picture that is part of the text stays."""
    kept: list[str] = []

    def put_by(found: re.Match[str]) -> str:
        kept.append(found.group(0))
        return f"\ue000{len(kept) - 1}\ue001"

    text = outside_code(text.replace("\ue000", "").replace("\ue001", ""), lambda piece: _PICTURE.sub(put_by, piece))
    return _KEPT.sub(lambda found: kept[int(found.group(1))], without_remote_images(text))


def _own_footnotes(text: str, key: str) -> str:
    """The writer's own [^1] would meet ours: theirs get the section's key in front."""
    return re.sub(r"\[\^([^\]\s]+)\]", rf"[^{key}-\1]", text)


def _with_marks(text: str, cited: Citing) -> str:
    """Marks stand where their style wants them: footnotes at their word, without the blank before a token."""
    blanks = (r"(?<=\S)[ \t]+", "") if cited.at_word else (r"(?<=[^\s(])", " ")
    text = re.sub(rf"{blanks[0]}(?=\[\[\s*S\d)", blanks[1], text)
    return TOKEN.sub(lambda token: cited.mark(list(dict.fromkeys(ids_of(token.group(1))))), text)


def _closed(text: str) -> str:
    """A fence that nothing closes ends with its section, not with the file."""
    fence = ""
    for line in text.splitlines():
        marker = _FENCE.match(line)
        if fence and marker and marker.group(1).startswith(fence) and not marker.group(2).strip():
            fence = ""
        elif not fence and marker and not (marker.group(1)[0] == "`" and "`" in marker.group(2)):
            fence = marker.group(1)
    return f"{text.rstrip()}\n{fence}" if fence else text


def _gap_card(gap: Gap) -> str:
    lines = ["> **Not in the sources.** This part was left open:", ">"]
    lines += [f"> - {plain(item, 500)}" for item in gap.missing]
    if gap.suggested_queries:
        lines += [">", "> What to search for: " + "; ".join(f"“{plain(query)}”" for query in gap.suggested_queries)]
    return without_remote_images("\n".join(lines))
