"""Texts from elsewhere become drafts: headings become sections, notes stay text, Markdown stays as it was written."""

import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from writer.domain import manuscript
from writer.domain.actors import Actor
from writer.domain.drafts import Draft, Origin, Section
from writer.domain.errors import SourceRefused, UserMistake
from writer.domain.kinds import SUFFIXES, WHOLE_PAGE
from writer.domain.ports.sources import DocumentReader
from writer.domain.sources import Block
from writer.security.render import outside_code, plain
from writer.services.drafts import MAX_CHARACTERS, Drafts

KINDS = ("markdown", "docx", "html", "odt", "rtf", "text")
SUFFIXES_TAKEN = tuple(suffix for suffix, kind in SUFFIXES.items() if kind in KINDS)
MAX_BYTES = 50_000_000
_TAKEN = "Markdown (.md), Word (.docx), HTML, OpenDocument (.odt), RTF and plain text (.txt)"
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_MOST_MATTER = 20_000
_TITLE = re.compile(r"\s*# +([^\n]+?)(?: +#+)?[ \t]*(?:\n|\Z)")
_NOTE = re.compile(r"^\[\^([^\]\s]+)\]:[^\n]*(?:\n(?:[ \t]+[^\n]*|(?=\n[ \t]+\S)))*", re.MULTILINE)


class DraftImports:
    def __init__(self, drafts: Drafts, reader: DocumentReader) -> None:
        self._drafts = drafts
        self._reader = reader

    def take(self, filename: str, file: BinaryIO, by: Actor) -> Draft:
        """A new draft of what the file holds. Raises SourceRefused with the reason; nothing is made then."""
        name = plain(PurePath(filename.replace("\\", "/")).name, 120) or "The file"
        kind = SUFFIXES.get(PurePath(name).suffix.lower(), "")
        if kind not in KINDS:
            raise SourceRefused(f"{name} cannot become a draft: Writer takes {_TAKEN}.")
        data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise SourceRefused(f"{name} is larger than {MAX_BYTES // 1_000_000} MB. Split it first.")
        title, text = self._read(name, kind, data)
        if len(text) > MAX_CHARACTERS:
            raise UserMistake(f"{name} has more text than one draft may have: {MAX_CHARACTERS:,} characters. Split it.")
        sections = with_notes_at_home(manuscript.split(text, ()))
        draft = self._drafts.begin(title or PurePath(name).stem, by)
        origin, note = Origin("imported", by.user), f"Imported from {name}"
        return self._drafts.save(
            draft.id, draft.revision, by, title=draft.title, sections=sections, origin=origin, note=note
        )

    def _read(self, name: str, kind: str, data: bytes) -> tuple[str, str]:
        """Read in a process of its own, whatever it is; of Markdown the text as written is kept."""
        with tempfile.TemporaryDirectory(prefix="writer-draft-") as folder:
            path = Path(folder) / f"file{PurePath(name).suffix.lower()}"
            path.write_bytes(data)
            document = self._reader.read(path, WHOLE_PAGE if kind == "html" else kind, name)
        if kind == "markdown":
            return markdown_parts(_decoded(name, data))
        return document.title, markdown_of(document.blocks, document.title)


def _decoded(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceRefused(f"{name} is not in UTF-8. Save it in that encoding, then import it again.") from None


def markdown_parts(text: str) -> tuple[str, str]:
    """The title, and the text with its sections at `##`."""
    title, body = _stated(manuscript.plain_lines(text))
    found = _TITLE.match(body)
    if found and title in ("", found.group(1).strip()):
        title, body = found.group(1).strip(), body[found.end() :]
    if re.search(r"^# ", outside_code(body, str, code=lambda _: ""), re.MULTILINE):
        body = outside_code(body, _one_down)  # several parts of the first level
    return title, body.strip("\n")


def _one_down(text: str) -> str:
    return re.sub(r"^(#{1,5}) ", r"#\1 ", text, flags=re.MULTILINE)


def _stated(text: str) -> tuple[str, str]:
    found = _FRONT_MATTER.match(text)
    if found is None:
        return "", text
    facts = _facts(found.group(1))
    return ("", text) if facts is None else (" ".join(str(facts.get("title") or "").split()), text[found.end() :])


def _facts(matter: str) -> dict[str, Any] | None:
    """None where it is no front matter. An ampersand may be a YAML anchor, and anchors can be made to grow."""
    import yaml

    if len(matter) > _MOST_MATTER or "&" in matter:
        line = re.search(r"^title:[ \t]*(\S[^\n]*)$", matter, re.MULTILINE)
        return {"title": line.group(1).strip("\"' ")} if line else None
    try:
        facts = yaml.safe_load(matter)
    except yaml.YAMLError:
        return None
    return facts if isinstance(facts, dict) else None


def with_notes_at_home(sections: Sequence[Section]) -> list[Section]:
    """What a [^mark] says goes to the section that has the mark first: a section is exported with its own notes."""
    notes: dict[str, str] = {}
    bare = []
    for section in sections:
        notes |= {found.group(1): found.group(0).strip() for found in _NOTE.finditer(section.text)}
        bare.append(replace(section, text=_NOTE.sub("", section.text).strip("\n")) if notes else section)
    given = []
    for section in bare:
        own = [notes[mark] for mark in dict.fromkeys(re.findall(r"\[\^([^\]\s]+)\]", section.text)) if mark in notes]
        given.append(replace(section, text="\n\n".join([section.text, *own])) if own else section)
    return given


def markdown_of(blocks: Sequence[Block], title: str) -> str:
    """Blocks that a reader found, as Markdown that shows the same words."""
    rest = list(blocks)
    if rest and rest[0].kind == "heading" and _same(rest[0].text, title):
        rest = rest[1:]
    top = min((block.level for block in rest if block.kind == "heading"), default=1)
    notes = [block for block in rest if block.kind == "reference"]
    parts = [_block(block, top) for block in rest if block.kind != "reference"]
    if notes:
        parts += ["## Notes", "\n".join(f"- {_escaped(_line(note.text))}" for note in notes)]
    return "\n\n".join(part for part in parts if part)


def _same(one: str, other: str) -> bool:
    return _line(one).casefold() == _line(other).casefold()


def _block(block: Block, top: int) -> str:
    match block.kind:
        case "heading":
            return f"{'#' * min(6, block.level - top + 2)} {_escaped(_line(block.text))}"
        case "code":
            fence = max((len(run) for run in re.findall(r"`{3,}", block.text)), default=2) + 1
            return f"{'`' * fence}\n{block.text}\n{'`' * fence}"
        case "quote":
            return "\n".join(f"> {_escaped(line)}".rstrip() for line in block.text.splitlines())
        case "list":
            return "\n".join(map(_item, block.text.splitlines()))
        case "table":
            return _table(block.text)
    return "\n\n".join(_escaped(_line(part)) for part in re.split(r"\n\s*\n", block.text))


def _item(line: str) -> str:
    found = re.match(r"(\s*(?:[-*+•]|\d{1,9}[.)])\s+)?(.*)", line)
    mark, words = (found.group(1) or "", found.group(2)) if found else ("", line)
    return (mark.replace("•", "-") or ("" if line.startswith(" ") else "- ")) + _escaped(words)


def _table(text: str) -> str:
    rows = [[_escaped(cell.strip()) for cell in line.split(" | ")] for line in text.splitlines() if line.strip()]
    width = max(map(len, rows), default=0)
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in rows]
    return "\n".join([*lines[:1], f"|{'---|' * width}", *lines[1:]])


def _line(text: str) -> str:
    return " ".join(text.split())


def _escaped(text: str) -> str:
    """Words that only look like markup stay words."""
    marked = re.sub(r"([\\`*_\[\]<>|~&])", r"\\\1", text)
    return re.sub(r"^(\d{1,9}(?=[.)](?: |$))|)([-+=#.)])", r"\1\\\2", marked, count=1)
