"""The tree as HTML that is XHTML, too: every text and address is escaped here, and no other markup gets in."""

import base64
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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
)

_TAGS = {
    "strong": "strong",
    "emphasis": "em",
    "deleted": "del",
    "superscript": "sup",
    "subscript": "sub",
    "underlined": "u",
    "marked": "mark",
    "small": "small",
}


def escaped(text: str) -> str:
    return html.escape(text, quote=True)


@dataclass(frozen=True, slots=True)
class Web:
    """`top` is the level of a section's heading; in a book, notes say what they are (`epub:type`), pictures are files,
    `notes_in` is the file of notes, and `marks_in` says where each note's marks are."""

    top: int = 2
    is_book: bool = False
    pictures: Sequence[bytes] = ()
    notes_in: str = ""
    marks_in: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def blocks(self, blocks: Sequence[Block]) -> str:
        return "\n".join(map(self._block, blocks))

    def _block(self, block: Block) -> str:
        match block:
            case Heading(level, anchor, inside):
                tag = f"h{min(6, level + self.top - 1)}"
                return f'<{tag} id="{anchor}" dir="auto">{self.inlines(inside)}</{tag}>'
            case Paragraph(inside):
                return f'<p dir="auto">{self.inlines(inside)}</p>'
            case CodeBlock(text):
                return f'<pre dir="ltr"><code>{escaped(text)}</code></pre>'
            case Quote(inside):
                return f"<blockquote>\n{self.blocks(inside)}\n</blockquote>"
            case Items(start, items):
                return self._items(start, items)
            case Table():
                return self._table(block)
            case Rule():
                return "<hr />"

    def _items(self, start: int | None, items: Sequence[Sequence[Block]]) -> str:
        tag, first = ("ul", "") if start is None else ("ol", f' start="{start}"' if start != 1 else "")
        return f"<{tag}{first}>\n{''.join(map(self._item, items))}</{tag}>"

    def _item(self, blocks: Sequence[Block]) -> str:
        """An item of one paragraph has no room above and below it."""
        if len(blocks) == 1 and isinstance(blocks[0], Paragraph):
            return f'<li dir="auto">{self.inlines(blocks[0].inside)}</li>\n'
        return f"<li>\n{self.blocks(blocks)}\n</li>\n"

    def _table(self, table: Table) -> str:
        head, *body = table.rows
        rows = "".join(self._row(row, table.aligned, "td") for row in body)
        return (
            f"<table>\n<thead>\n{self._row(head, table.aligned, 'th')}</thead>\n"
            + (f"<tbody>\n{rows}</tbody>\n" if rows else "")
            + "</table>"
        )

    def _row(self, cells: Sequence[Sequence[Inline]], aligned: Sequence[str], tag: str) -> str:
        sides = [f' class="{side}"' if side else "" for side in aligned]
        drawn = (f"<{tag}{side}>{self.inlines(cell)}</{tag}>" for cell, side in zip(cells, sides, strict=False))
        return f"<tr>{''.join(drawn)}</tr>\n"

    def inlines(self, inlines: Sequence[Inline]) -> str:
        return "".join(map(self._inline, inlines))

    def _inline(self, inline: Inline) -> str:
        match inline:
            case Text(text):
                return escaped(text)
            case Code(text):
                return f"<code>{escaped(text)}</code>"
            case Break():
                return "<br />"
            case Styled(style, inside):
                return f"<{_TAGS[style]}>{self.inlines(inside)}</{_TAGS[style]}>"
            case Link(address, inside):
                return f'<a href="{escaped(address)}">{self.inlines(inside)}</a>'
            case Picture():
                return f'<img src="{self._source(inline)}" alt="{escaped(inline.alt)}" />'
            case NoteMark(number, place):
                return self._mark(number, place)

    def _source(self, picture: Picture) -> str:
        if self.is_book:
            return picture_name(list(self.pictures).index(picture.data), picture.kind)
        return f"data:image/{picture.kind};base64,{base64.b64encode(picture.data).decode()}"

    def _mark(self, number: int, place: int) -> str:
        kind = ' epub:type="noteref" role="doc-noteref"' if self.is_book else ""
        return f'<sup id="{_mark_id(number, place)}"><a href="{self.notes_in}#note-{number}"{kind}>{number}</a></sup>'

    def notes(self, article: Article) -> str:
        marks = _places(article)
        return "\n".join(self._note(n, note, marks.get(n, 0)) for n, note in enumerate(article.notes, start=1))

    def _note(self, number: int, blocks: Sequence[Block], places: int) -> str:
        tag, kind = ("aside", ' epub:type="footnote" role="doc-footnote"') if self.is_book else ("li", "")
        back = " ".join(self._back(number, place) for place in range(1, places + 1))
        *before, last = blocks or [Paragraph(())]
        if not isinstance(last, Paragraph):
            before, last = [*before, last], Paragraph(())
        lead = f"{number}. " if self.is_book else ""
        first = self.blocks(before)
        end = f'<p dir="auto">{lead}{self.inlines(last.inside)} {back}</p>'
        return f'<{tag} id="note-{number}"{kind}>\n{first}{end}</{tag}>'

    def _back(self, number: int, place: int) -> str:
        file = self.marks_in[number, place] if self.is_book else ""
        shown = "↩" if place == 1 else f"↩{place}"
        return f'<a href="{file}#{_mark_id(number, place)}" title="Back to the text">{shown}</a>'


def picture_name(number: int, kind: str) -> str:
    return f"picture-{number + 1}.{'jpg' if kind == 'jpeg' else kind}"


def _mark_id(number: int, place: int) -> str:
    return f"mark-{number}" if place == 1 else f"mark-{number}-{place}"


def _places(article: Article) -> dict[int, int]:
    """How often each note is marked in the text."""
    return {mark.number: mark.place for mark in inlines_of(article.blocks) if isinstance(mark, NoteMark)}


def inlines_of(blocks: Sequence[Block]) -> list[Inline]:
    """All of them, in reading order."""
    found: list[Inline] = []
    for block in blocks:
        match block:
            case Heading(inside=inside) | Paragraph(inside):
                found += _deep(inside)
            case Quote(inner):
                found += inlines_of(inner)
            case Items(items=items):
                found += [inline for item in items for inline in inlines_of(item)]
            case Table(rows=rows):
                found += [inline for row in rows for cell in row for inline in _deep(cell)]
    return found


def _deep(inlines: Sequence[Inline]) -> list[Inline]:
    found: list[Inline] = []
    for inline in inlines:
        found.append(inline)
        if isinstance(inline, Styled | Link):
            found += _deep(inline.inside)
    return found
