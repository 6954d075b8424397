"""Our tree as a Typst program. Every text is a string literal in it: nothing in a draft is read as code."""

import unicodedata
from collections.abc import Iterable, Sequence

from writer.domain.document_model import (
    Article,
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

_SETUP = """\
#set page(paper: "a4", margin: (x: 25mm, top: 24mm, bottom: 26mm), numbering: "1")
#set par(leading: 0.72em, spacing: 1.15em)
#set list(spacing: 0.8em)
#set enum(spacing: 0.8em)
#set table(stroke: (x, y) => (bottom: 0.5pt + luma(70%)), inset: (x: 6pt, y: 5pt))
#show table.cell.where(y: 0): strong
#show title: set text(size: 22pt)
#show title: set block(below: 1.4em)
#show heading: set block(above: 1.7em, below: 0.9em)
#show heading.where(level: 1): set text(size: 15pt)
#show heading.where(level: 2): set text(size: 12.5pt)
#show heading.where(level: 3): set text(size: 11.5pt)
#show raw.where(block: true): block.with(fill: luma(96%), inset: 8pt, radius: 3pt, width: 100%)
#show raw: set text(size: 9pt)
#show link: set text(fill: rgb("#0b57a4"))
#show quote.where(block: true): it => block(stroke: (left: 2pt + luma(75%)), inset: (left: 1em, y: 2pt), it.body)
#let picture(name, alt) = layout(room => {
  let shown = image(name, alt: alt)
  if measure(shown).width > room.width { image(name, alt: alt, width: 100%) } else { shown }
})
"""
_FONTS = '("Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono")'
_CALLS = {
    "strong": "strong",
    "emphasis": "emph",
    "deleted": "strike",
    "superscript": "super",
    "subscript": "sub",
    "underlined": "underline",
    "marked": "highlight",
}


def literal(text: str) -> str:
    r"""A string of Typst: only \ and " mean something in one."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\r", "").replace("\n", "\\n").replace("\t", "\\t") + '"'


class TypstProgram:
    """`pictures` are the files that it reads, by name."""

    def __init__(self, article: Article) -> None:
        self.pictures: dict[str, bytes] = {}
        self._article = article
        self._is_rtl = article.is_right_to_left

    def source(self, note: str = "") -> str:
        """`note` stands at the very end, for what could not be set."""
        article = self._article
        language = article.language.partition("-")[0].lower()
        about = f", description: {literal(article.description)}" if article.description else ""
        way = "rtl" if self._is_rtl else "ltr"
        region = f"#set text(font: {_FONTS}, size: 11pt, lang: {literal(language)}, dir: {way})\n"
        said = f"#line(length: 30%, stroke: 0.5pt)\n#text(size: 9pt, {literal(note)})\n" if note else ""
        return (
            f"#set document(title: {literal(article.title)}{about}, date: none)\n{_SETUP}{region}#title()\n"
            f"#{self._content(article.blocks)}\n{said}"
        )

    def _content(self, blocks: Sequence[Block]) -> str:
        return "{\n" + "\n".join(map(self._block, blocks)) + "\n}" if blocks else "[]"

    def _block(self, block: Block) -> str:
        match block:
            case Heading(level, _, inside):
                return self._turned(f"heading(level: {level}, {self._inside(inside)})", inside)
            case Paragraph(inside):
                return self._turned(f"par({self._inside(inside)})", inside)
            case CodeBlock(text):
                return f"text(dir: ltr, raw({literal(text)}, block: true))"
            case Quote(blocks):
                return f"quote(block: true, {self._content(blocks)})"
            case Items(start, items):
                call = "list(" if start is None else f"enum(start: {start}, "
                return f"{call}{', '.join(map(self._item, items))})"
            case Table():
                return self._table(block)
            case Rule():
                return "align(center, line(length: 40%, stroke: 0.5pt + luma(60%)))"

    def _item(self, blocks: Sequence[Block]) -> str:
        if len(blocks) == 1 and isinstance(blocks[0], Paragraph):
            return self._inside(blocks[0].inside)
        return self._content(blocks)

    def _table(self, table: Table) -> str:
        sides = ", ".join(side if side in ("left", "right", "center") else "start" for side in table.aligned)
        head, *body = [[self._inside(cell) for cell in row] for row in table.rows]
        cells = "".join(f"{cell}, " for row in body for cell in row)
        return f"table(columns: {len(table.aligned)}, align: ({sides},), table.header({', '.join(head)}), {cells})"

    def _turned(self, block: str, inlines: Sequence[Inline]) -> str:
        """A paragraph in a script that runs the other way than the document begins at its own side."""
        is_rtl = runs_from_right(plain_text(tuple(inlines)))
        if is_rtl is None or is_rtl == self._is_rtl:
            return block
        return f"[#{{\nset text(dir: {'rtl' if is_rtl else 'ltr'})\n{block}\n}}]"

    def _inside(self, inlines: Iterable[Inline]) -> str:
        drawn = "\n".join(map(self._inline, inlines))
        return f"[#{{\n{drawn}\n}}]" if drawn else "[]"

    def _inline(self, inline: Inline) -> str:
        match inline:
            case Text(text):
                return literal(text)
            case Code(text):
                return f"raw({literal(text)})"
            case Break():
                return "linebreak()"
            case Styled(style, inside) if style in _CALLS:
                return f"{_CALLS[style]}({self._inside(inside)})"
            case Styled(_, inside):
                return f"text(size: 0.85em, {self._inside(inside)})"
            case Link(address, inside):
                return f"link({literal(address)}, {self._inside(inside)})"
            case Picture():
                return f"picture({literal(self._file_of(inline))}, {literal(inline.alt)})"
            case NoteMark(number, place):
                return self._mark(number, place)

    def _mark(self, number: int, place: int) -> str:
        if place > 1:
            return f"footnote(<note-{number}>)"
        return f"[#footnote({self._note(self._article.notes[number - 1])})<note-{number}>]"

    def _note(self, blocks: Sequence[Block]) -> str:
        if blocks and isinstance(blocks[0], Paragraph):
            rest = "\n".join(map(self._block, blocks[1:]))
            return f"[#{{\n{self._inside(blocks[0].inside)}\n{rest}\n}}]"
        return self._content(blocks)

    def _file_of(self, picture: Picture) -> str:
        name = f"picture-{len(self.pictures) + 1}.{picture.kind}"
        self.pictures[name] = picture.data
        return name


def runs_from_right(text: str) -> bool | None:
    """By the first letter that has a direction; None where there is none."""
    for character in text[:1000]:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return None
