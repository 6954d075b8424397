"""A finished article as a tree, from which every file to take along is made: nothing in it is markup any more.

Addresses of links were checked (http, https, mailto); pictures are bytes that the draft itself holds.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    text: str


@dataclass(frozen=True, slots=True)
class Break:
    """A new line inside a paragraph."""


@dataclass(frozen=True, slots=True)
class Styled:
    """`style`: "strong", "emphasis", "deleted", "superscript", "subscript", "underlined", "marked" or "small"."""

    style: str
    inside: "tuple[Inline, ...]"


@dataclass(frozen=True, slots=True)
class Link:
    address: str
    inside: "tuple[Inline, ...]"


@dataclass(frozen=True, slots=True)
class Picture:
    """`kind`: "png", "jpeg", "gif" or "webp"."""

    data: bytes
    kind: str
    alt: str


@dataclass(frozen=True, slots=True)
class NoteMark:
    """Leads to note `number`, counted from 1 by first appearance. `place` counts the marks of one note from 1."""

    number: int
    place: int = 1


Inline = Text | Code | Break | Styled | Link | Picture | NoteMark


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 is a section of the article; no level is left out on the way down. `anchor` is unique."""

    level: int
    anchor: str
    inside: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    inside: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class CodeBlock:
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    blocks: "tuple[Block, ...]"


@dataclass(frozen=True, slots=True)
class Items:
    """A list; `start` is the first number of an ordered one, None where the items have no numbers."""

    start: int | None
    items: "tuple[tuple[Block, ...], ...]"


@dataclass(frozen=True, slots=True)
class Table:
    """`aligned`, one for each column: "left", "right", "center" or "". The first row is the heading."""

    aligned: tuple[str, ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the page."""


Block = Heading | Paragraph | CodeBlock | Quote | Items | Table | Rule


@dataclass(frozen=True, slots=True)
class Article:
    """`notes[n - 1]` is what note n says. `language` is a BCP 47 tag."""

    title: str
    blocks: tuple[Block, ...]
    notes: tuple[tuple[Block, ...], ...]
    language: str
    changed_at: datetime
    description: str = ""

    @property
    def is_right_to_left(self) -> bool:
        return self.language.partition("-")[0].lower() in {"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"}


def plain_text(inlines: tuple[Inline, ...]) -> str:
    """The words alone, on one line."""
    return "".join(_words(inline) for inline in inlines)


def _words(inline: Inline) -> str:
    match inline:
        case Text(text) | Code(text):
            return text
        case Styled(_, inside) | Link(_, inside):
            return plain_text(inside)
        case Picture(alt=alt):
            return alt
        case Break():
            return " "
        case NoteMark():
            return ""
