"""Our tree as Pandoc's: https://hackage.haskell.org/package/pandoc-types, as JSON."""

import base64
from collections.abc import Iterable, Sequence
from typing import Any

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

_API = [1, 23, 1]
_NO_ATTRIBUTES = ["", [], []]
_STYLES = {
    "strong": "Strong",
    "emphasis": "Emph",
    "deleted": "Strikeout",
    "superscript": "Superscript",
    "subscript": "Subscript",
    "underlined": "Underline",
}
_SIDES = {"left": "AlignLeft", "right": "AlignRight", "center": "AlignCenter"}
Node = dict[str, Any]


def document_of(article: Article) -> Node:
    meta = {"title": _node("MetaInlines", [_node("Str", article.title)]), "lang": _node("MetaString", article.language)}
    if article.is_right_to_left:
        meta["dir"] = _node("MetaString", "rtl")
    if article.description:
        meta["description"] = _node("MetaInlines", [_node("Str", article.description)])
    return {"pandoc-api-version": _API, "meta": meta, "blocks": _Writer(article.notes).blocks(article.blocks)}


def _node(kind: str, content: Any = None) -> Node:
    return {"t": kind} if content is None else {"t": kind, "c": content}


class _Writer:
    def __init__(self, notes: Sequence[Sequence[Block]]) -> None:
        self._notes = notes

    def blocks(self, blocks: Iterable[Block]) -> list[Node]:
        return [self._block(block) for block in blocks]

    def _block(self, block: Block) -> Node:
        match block:
            case Heading(level, anchor, inside):
                return _node("Header", [level, [anchor, [], []], self._inlines(inside)])
            case Paragraph(inside):
                return _node("Para", self._inlines(inside))
            case CodeBlock(text, language):
                return _node("CodeBlock", [["", [language] if language else [], []], text])
            case Quote(blocks):
                return _node("BlockQuote", self.blocks(blocks))
            case Items(start, items):
                return self._items(start, items)
            case Table():
                return self._table(block)
            case Rule():
                return _node("HorizontalRule")

    def _items(self, start: int | None, items: Sequence[Sequence[Block]]) -> Node:
        """An item of one paragraph has no room above and below it."""
        tight = all(not isinstance(block, Paragraph) for item in items for block in item[1:])
        listed = [[_tight(node) if tight else node for node in self.blocks(item)] for item in items]
        if start is None:
            return _node("BulletList", listed)
        return _node("OrderedList", [[start, _node("Decimal"), _node("Period")], listed])

    def _table(self, table: Table) -> Node:
        columns = [[_node(_SIDES.get(side, "AlignDefault")), _node("ColWidthDefault")] for side in table.aligned]
        head, *body = [self._row(row) for row in table.rows]
        bodies = [[_NO_ATTRIBUTES, 0, [], body]]
        return _node(
            "Table", [_NO_ATTRIBUTES, [None, []], columns, [_NO_ATTRIBUTES, [head]], bodies, [_NO_ATTRIBUTES, []]]
        )

    def _row(self, cells: Sequence[Sequence[Inline]]) -> list[Any]:
        drawn = [[_NO_ATTRIBUTES, _node("AlignDefault"), 1, 1, [_node("Plain", self._inlines(cell))]] for cell in cells]
        return [_NO_ATTRIBUTES, drawn]

    def _inlines(self, inlines: Iterable[Inline]) -> list[Node]:
        return [self._inline(inline) for inline in inlines]

    def _inline(self, inline: Inline) -> Node:
        match inline:
            case Text(text):
                return _node("Str", text)
            case Code(text):
                return _node("Code", [_NO_ATTRIBUTES, text])
            case Break():
                return _node("LineBreak")
            case Styled(style, inside) if style in _STYLES:
                return _node(_STYLES[style], self._inlines(inside))
            case Styled(style, inside):
                return _node("Span", [["", ["mark"] if style == "marked" else [], []], self._inlines(inside)])
            case Link(address, inside):
                return _node("Link", [_NO_ATTRIBUTES, self._inlines(inside), [address, ""]])
            case Picture(data, kind, alt):
                address = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
                return _node("Image", [_NO_ATTRIBUTES, [_node("Str", alt)], [address, ""]])
            case NoteMark(number, place):
                return self._mark(number) if place == 1 else _again(number)

    def _mark(self, number: int) -> Node:
        note = _node("Note", self.blocks(self._notes[number - 1]))
        return _node("Span", [[f"note_{number}", [], []], [note]])


def _tight(node: Node) -> Node:
    return _node("Plain", node["c"]) if node["t"] == "Para" else node


def _again(number: int) -> Node:
    """A field that shows the number of a footnote that is there already: Word keeps it right."""
    style = '<w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>'
    field = (
        f'<w:fldSimple w:instr=" NOTEREF note_{number} \\f \\h "><w:r>{style}<w:t>{number}</w:t></w:r></w:fldSimple>'
    )
    return _node("RawInline", ["openxml", field])
