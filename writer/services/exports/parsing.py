"""From the Markdown that is exported to the tree that all other files are made from: one reading for every format."""

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.footnote import footnote_plugin

from writer.domain.document_model import (
    Block,
    Break,
    Code,
    CodeBlock,
    Heading,
    Inline,
    Items,
    Link,
    NoteMark,
    Paragraph,
    Picture,
    Quote,
    Rule,
    Styled,
    Table,
    Text,
    plain_text,
)
from writer.domain.text import slug

_STYLES = {
    "strong": "strong",
    "b": "strong",
    "em": "emphasis",
    "i": "emphasis",
    "s": "deleted",
    "del": "deleted",
    "u": "underlined",
    "ins": "underlined",
    "sup": "superscript",
    "sub": "subscript",
    "mark": "marked",
    "small": "small",
}
_TAG = re.compile(rf"<(/?)({'|'.join(_STYLES)}|kbd|br)\s*/?>", re.IGNORECASE)
_RASTER = re.compile(r"data:image/(png|jpeg|gif|webp);base64,([A-Za-z0-9+/=\s]+)")
_FOLLOWED = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_UNSETTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Parsed:
    blocks: tuple[Block, ...]
    notes: tuple[tuple[Block, ...], ...]


def parse(markdown: str) -> Parsed:
    """Footnotes that nothing refers to are left out."""
    tree = SyntaxTreeNode(_parser().parse(_UNSETTABLE.sub("", markdown)))
    reading = _Reading()
    written = [node for node in tree.children if node.type != "footnote_block"]
    blocks = tuple(reading.blocks(written))
    notes = [note for node in tree.children if node.type == "footnote_block" for note in node.children]
    reading.in_note = True
    return Parsed(blocks, tuple(tuple(reading.blocks(note.children)) for note in notes))


@cache
def _parser() -> MarkdownIt:
    """As the renderer of the app reads a text, and footnotes; HTML is text but for a few harmless tags."""
    parser = MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False})
    parser.use(footnote_plugin, inline=False)
    parser.inline.ruler.before("autolink", "harmless_html", _tag_rule)
    return parser


def _tag_rule(state: StateInline, silent: bool) -> bool:
    found = _TAG.match(state.src, state.pos, state.posMax)
    if found and not silent:
        state.push("html_inline", "", 0).content = found.group(0)
    if found:
        state.pos = found.end()
    return found is not None


@dataclass
class _Reading:
    """What is known so far of one text, top to bottom."""

    level: int = 0
    anchors: set[str] = field(default_factory=set)
    marks: Counter[int] = field(default_factory=Counter)
    in_note: bool = False

    def blocks(self, nodes: Iterable[SyntaxTreeNode]) -> Iterator[Block]:
        for node in nodes:
            block = self._block(node)
            if block is not None:
                yield block

    def _block(self, node: SyntaxTreeNode) -> Block | None:
        match node.type:
            case "heading":
                return self._heading(node)
            case "paragraph":
                return Paragraph(self._inside(node))
            case "fence" | "code_block":
                return CodeBlock(node.content.rstrip("\n"), node.info.split()[0] if node.info.split() else "")
            case "blockquote":
                return Quote(tuple(self.blocks(node.children)))
            case "bullet_list" | "ordered_list":
                start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
                return Items(start, tuple(tuple(self.blocks(item.children)) for item in node.children))
            case "table":
                return self._table(node)
            case "hr":
                return Rule()
        return None  # the arrow that leads back from a note: each format draws its own

    def _heading(self, node: SyntaxTreeNode) -> Block:
        inside = self._inside(node)
        if self.in_note:
            return Paragraph((Styled("strong", inside),))
        self.level = max(1, min(int(node.tag[1:]) - 1, self.level + 1))
        return Heading(self.level, self._anchor(plain_text(inside)), inside)

    def _anchor(self, title: str) -> str:
        """Two headings may say the same."""
        name = f"s-{slug(title)}"
        anchor = next(one for n in count(1) if (one := name if n == 1 else f"{name}-{n}") not in self.anchors)
        self.anchors.add(anchor)
        return anchor

    def _table(self, node: SyntaxTreeNode) -> Table:
        rows = [row for part in node.children for row in part.children]
        aligned = [str(cell.attrs.get("style", "")).removeprefix("text-align:") for cell in rows[0].children]
        return Table(tuple(aligned), tuple(tuple(self._inside(cell) for cell in row.children) for row in rows))

    def _inside(self, node: SyntaxTreeNode) -> tuple[Inline, ...]:
        return self._inlines([child for inline in node.children for child in inline.children])

    def _inlines(self, nodes: Sequence[SyntaxTreeNode]) -> tuple[Inline, ...]:
        """A harmless tag holds what stands before its closing one; a tag without a partner is left out."""
        found: list[Inline] = []
        at = 0
        while at < len(nodes):
            tag = _TAG.fullmatch(nodes[at].content) if nodes[at].type == "html_inline" else None
            end = _partner(nodes, at, tag.group(2)) if tag and not tag.group(1) else at
            if end > at and tag:
                found.append(self._tagged(tag.group(2).lower(), nodes[at + 1 : end]))
            elif tag is None:
                found += _apart(found, self._inline(nodes[at]))
            elif tag.group(2).lower() == "br":
                found.append(Break())
            at = end + 1
        return tuple(found)

    def _tagged(self, tag: str, inside: Sequence[SyntaxTreeNode]) -> Inline:
        inlines = self._inlines(inside)
        return Code(plain_text(inlines)) if tag == "kbd" else Styled(_STYLES[tag], inlines)

    def _inline(self, node: SyntaxTreeNode) -> list[Inline]:
        match node.type:
            case "text" | "text_special":
                return [Text(node.content)] if node.content else []
            case "softbreak":
                return [Text(" ")]
            case "hardbreak":
                return [Break()]
            case "code_inline":
                return [Code(node.content)]
            case "strong" | "em" | "s":
                return [Styled(_STYLES[node.type], self._inlines(node.children))]
            case "link":
                return self._link(str(node.attrs.get("href", "")), self._inlines(node.children))
            case "image":
                return _picture(str(node.attrs.get("src", "")), node.content)
            case "footnote_ref":
                return [self._mark(int(node.meta["id"]) + 1)]
        return []

    def _link(self, address: str, inside: tuple[Inline, ...]) -> list[Inline]:
        """Only addresses that mean the same in a file as in the app."""
        return [Link(address, inside)] if _FOLLOWED.match(address) else list(inside)

    def _mark(self, number: int) -> Inline:
        if self.in_note:  # a note that refers to a note, maybe to itself
            return Styled("superscript", (Text(str(number)),))
        self.marks[number] += 1
        return NoteMark(number, self.marks[number])


def _apart(before: Sequence[Inline], new: list[Inline]) -> list[Inline]:
    """Notes 2 and 1 at one word are not note 21."""
    if before and new and isinstance(before[-1], NoteMark) and isinstance(new[0], NoteMark):
        return [Styled("superscript", (Text(","),)), *new]
    return new


def _partner(nodes: Sequence[SyntaxTreeNode], at: int, tag: str) -> int:
    """Where the tag that opens at `at` is closed; `at` where it is not."""
    depth = 0
    for number in range(at, len(nodes)):
        found = _TAG.fullmatch(nodes[number].content) if nodes[number].type == "html_inline" else None
        if found and found.group(2).lower() == tag.lower():
            depth += -1 if found.group(1) else 1
            if depth == 0:
                return number
    return at


def _picture(address: str, alt: str) -> list[Inline]:
    found = _RASTER.fullmatch(address)
    try:
        data = base64.b64decode("".join(found.group(2).split()), validate=True) if found else b""
    except binascii.Error:
        data = b""
    if found and _is(found.group(1), data):
        return [Picture(data, found.group(1), alt.strip() or "Image")]
    told = [f"Image not loaded: {alt}".rstrip(": "), address if _FOLLOWED.match(address) else ""]
    return [Text(f"[{' '.join(filter(None, told))}]")]


def _is(kind: str, data: bytes) -> bool:
    """What says it is a picture and is none would stop an engine."""
    begins = {"png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff", "gif": b"GIF8", "webp": b"RIFF"}
    return data.startswith(begins[kind])
