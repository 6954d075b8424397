"""The tree as plain text: a title that is underlined, notes in square brackets, tables in columns."""

import textwrap
import unicodedata
from collections.abc import Sequence

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

_RULE = "* * *"
_MOST_COLUMNS = 200


def text_of(article: Article) -> str:
    """One line for each paragraph: what shows it breaks the lines."""
    parts = [_underlined(article.title, "="), *map(_block, article.blocks)]
    parts += ["Notes\n-----"] if article.notes else []
    parts += [f"[{n}] {_blocks(note)}" for n, note in enumerate(article.notes, start=1)]
    return "\n\n".join(filter(None, parts)) + "\n"


def _blocks(blocks: Sequence[Block]) -> str:
    return "\n\n".join(map(_block, blocks))


def _block(block: Block) -> str:
    match block:
        case Heading(level, _, inside):
            return _underlined(_words(inside), "-") if level == 1 else _words(inside)
        case Paragraph(inside):
            return _words(inside)
        case CodeBlock(text):
            return textwrap.indent(text, "    ")
        case Quote(blocks):
            return textwrap.indent(_blocks(blocks), "> ", lambda _: True)
        case Items():
            return _items(block)
        case Table(_, rows):
            return _table([[_words(cell).replace("\n", " ") for cell in row] for row in rows])
        case Rule():
            return _RULE


def _underlined(title: str, line: str) -> str:
    return f"{title}\n{line * min(_width(title), 70)}"


def _items(items: Items) -> str:
    lines = []
    for number, item in enumerate(items.items, start=items.start or 0):
        mark = "- " if items.start is None else f"{number}. "
        tight = all(isinstance(block, Paragraph | Items) for block in item)
        text = ("\n" if tight else "\n\n").join(map(_block, item))
        lines.append(mark + textwrap.indent(text, " " * len(mark)).lstrip(" "))
    return "\n".join(lines)


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(_width(cell) for cell in column) for column in zip(*rows, strict=False)]
    if sum(widths) > _MOST_COLUMNS:
        return "\n".join(" | ".join(row) for row in rows)
    lines = [" | ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=False)) for row in rows]
    return "\n".join([lines[0].rstrip(), "-+-".join("-" * width for width in widths), *map(str.rstrip, lines[1:])])


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


def _width(text: str) -> int:
    """Columns on a terminal: CJK takes two, what stands above another letter none."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text if not unicodedata.combining(c))


def _words(inlines: Sequence[Inline]) -> str:
    return "".join(map(_inline, inlines))


def _inline(inline: Inline) -> str:
    match inline:
        case Text(text) | Code(text):
            return text
        case Break():
            return "\n"
        case Styled(_, inside):
            return _words(inside)
        case Link(address, inside):
            words = _words(inside)
            return words if address.removeprefix("mailto:") in words else f"{words} <{address}>"
        case Picture(alt=alt):
            return f"[Image: {alt}]"
        case NoteMark(number):
            return f"[{number}]"
