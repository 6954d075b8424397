"""Markdown: its own structure, as plain text. Markup is taken off, so that a passage reads like what a reader saw."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from writer.domain.sources import Block

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_MAX_FRONT_MATTER = 20_000
_TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    title: str = ""
    authors: str = ""
    published: str = ""


def read_markdown(text: str) -> tuple[FrontMatter, list[Block]]:
    matter, body = _split_front_matter(text)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body)
    return matter, list(_blocks(tokens))


def _split_front_matter(text: str) -> tuple[FrontMatter, str]:
    found = _FRONT_MATTER.match(text)
    if found is None or len(found.group(1)) > _MAX_FRONT_MATTER or "&" in found.group(1):
        return FrontMatter(), text  # an ampersand may be a YAML anchor, and anchors can be made to grow without end
    import yaml

    try:
        stated = yaml.safe_load(found.group(1))
    except yaml.YAMLError:
        return FrontMatter(), text
    if not isinstance(stated, dict):
        return FrontMatter(), text
    authors = stated.get("authors", stated.get("author"))
    return FrontMatter(_line(stated.get("title")), _line(authors), _line(stated.get("date"))), text[found.end() :]


def _line(value: Any) -> str:
    """A value of the front matter as one line: lists are joined, {name: …} gives the name."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_line, value)))
    if isinstance(value, dict):
        return _line(value.get("name"))
    return "" if value is None else " ".join(str(value).split())[:300]


def _blocks(tokens: Sequence[Token]) -> Iterable[Block]:
    position = 0
    while position < len(tokens):
        end = _end_of(tokens, position)
        yield from _block(tokens[position], tokens[position:end])
        position = end


def _end_of(tokens: Sequence[Token], start: int) -> int:
    """One past the token that closes what opens at `start`."""
    depth = 0
    for n in range(start, len(tokens)):
        depth += tokens[n].nesting
        if depth == 0:
            return n + 1
    return len(tokens)


def _block(first: Token, inside: Sequence[Token]) -> Iterable[Block]:
    match first.type:
        case "heading_open":
            yield Block("heading", _joined(inside), level=int(first.tag[1:]))
        case "paragraph_open":
            yield Block("caption" if _is_picture(inside) else "paragraph", _joined(inside))
        case "bullet_list_open" | "ordered_list_open":
            yield Block("list", _list(inside))
        case "blockquote_open":
            yield Block("quote", _joined(inside))
        case "table_open":
            yield Block("table", _table(inside))
        case "fence" | "code_block":
            yield Block("code", first.content.rstrip())
        case "html_block":
            yield Block("paragraph", _TAG.sub(" ", first.content))


def _plain(inline: Token) -> str:
    pieces: list[str] = []
    for child in inline.children or []:
        if child.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
        elif child.type != "html_inline":
            pieces.append(child.content)
    return "".join(pieces).strip()


def _joined(tokens: Sequence[Token]) -> str:
    return "\n".join(_plain(token) for token in tokens if token.type == "inline")


def _is_picture(tokens: Sequence[Token]) -> bool:
    children = [child for token in tokens if token.type == "inline" for child in token.children or []]
    return bool(children) and all(c.type == "image" or (c.type == "text" and not c.content.strip()) for c in children)


def _list(tokens: Sequence[Token]) -> str:
    lines: list[str] = []
    depth, mark = -1, ""
    for token in tokens:
        if token.type.endswith("_list_open"):
            depth += 1
        elif token.type.endswith("_list_close"):
            depth -= 1
        elif token.type == "list_item_open":
            mark = f"{token.info}{token.markup} " if token.info else "- "
        elif token.type == "inline" or token.type == "fence":
            text = _plain(token) if token.type == "inline" else token.content.rstrip()
            lines.append("  " * depth + (mark or "  ") + text)
            mark = ""
    return "\n".join(lines)


def _table(tokens: Sequence[Token]) -> str:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_plain(token))
    return "\n".join(" | ".join(row) for row in rows)
