"""From a tree of HTML, or what trafilatura makes of it, to blocks. Never by recursion: a file decides its own depth."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from writer.documents.safe_xml import local
from writer.domain.errors import SourceRefused
from writer.domain.sources import Block

if TYPE_CHECKING:
    from lxml.etree import _Element

_HEADING = re.compile(r"h([1-6])")
_SKIPPED = frozenset(
    {"head", "script", "style", "template", "noscript", "svg", "math", "button", "select", "iframe", "object"}
)
_AROUND = frozenset({"nav", "footer", "aside", "header"})
"""Boilerplate, when a whole page is read without an extractor."""

_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figure"),
        *("footer", "header", "hr", "html", "main", "nav", "p", "section", "summary"),
    }
)
_EMPTY_TAG = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)\b)([a-zA-Z][\w:.-]*)([^<>]*?)/>"
)


def html_tree(text: str) -> "_Element":
    """Read as browsers do: any text has a tree. Nothing is fetched, no entity of its own is expanded."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise SourceRefused("The page holds nothing that can be read.") from error


def xhtml_tree(text: str) -> "_Element":
    """An HTML reader takes `<title/>` for a title that never ends."""
    return html_tree(_EMPTY_TAG.sub(r"<\1\2></\1>", text))


def blocks_of(root: "_Element", *, whole_page: bool = False) -> Iterator[Block]:
    """`whole_page`: leave out navigation, header and footer."""
    return _Walk(_SKIPPED | _AROUND if whole_page else _SKIPPED).blocks(root)


class _Walk:
    def __init__(self, skipped: frozenset[str]) -> None:
        self._skipped = skipped
        self._text: list[str] = []
        self._quotes = 0

    def blocks(self, root: "_Element") -> Iterator[Block]:
        from lxml import etree

        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            name = local(element.tag)
            if event == "start":
                whole = self._whole(element, name)
                if name in self._skipped or whole is not None:
                    walk.skip_subtree()
                    yield from self._flushed() if whole is not None else ()
                    yield from (whole,) if whole is not None else ()
                    continue
                yield from self._opened(name)
                self._text.append(element.text or "")
            else:
                yield from self._closed(name)
                self._text.append(element.tail or "" if element is not root else "")
        yield from self._flushed()

    def _whole(self, element: "_Element", name: str) -> Block | None:
        """What is one block with all that is in it."""
        heading = _HEADING.fullmatch(name) or _HEADING.fullmatch(str(element.get("rend", "")) if name == "head" else "")
        if heading:
            return Block("heading", _line(element), level=int(heading.group(1)))
        match name:
            case "ul" | "ol" | "list":
                return Block("list", "\n".join(_items(element)))
            case "table":
                return Block("table", _table(element))
            case "pre":
                return Block("code", "".join(element.itertext()).strip("\n"))
            case "figcaption" | "caption":
                return Block("caption", _line(element))
        return None

    def _opened(self, name: str) -> Iterator[Block]:
        if name in ("blockquote", "quote"):
            yield from self._flushed()
            self._quotes += 1
        elif name in _BLOCKS:
            yield from self._flushed()
        elif name in ("br", "lb"):
            self._text.append(" ")

    def _closed(self, name: str) -> Iterator[Block]:
        if name in _BLOCKS or name in ("blockquote", "quote"):
            yield from self._flushed()
        if name in ("blockquote", "quote"):
            self._quotes -= 1

    def _flushed(self) -> Iterator[Block]:
        text = " ".join("".join(self._text).split())
        self._text.clear()
        if text:
            yield Block("quote" if self._quotes else "paragraph", text)


def _line(element: "_Element") -> str:
    return " ".join("".join(_texts(element)).split())


def _texts(element: "_Element") -> Iterator[str]:
    for part in element.iter():
        name = local(part.tag)
        if name in ("br", "lb", "p", "li", "item", "td", "div"):
            yield " "
        if name not in ("script", "style"):
            yield part.text or ""
        if part is not element:
            yield part.tail or ""


def _items(listed: "_Element") -> Iterator[str]:
    """One line for each item, indented by depth; an item's own text stops where a list inside it begins."""
    from lxml import etree

    kinds: list[Any] = []
    line: list[str] = []
    for event, element in etree.iterwalk(listed, events=("start", "end")):
        name = local(element.tag)
        starts = event == "start"
        if name in ("ul", "ol", "list", "li", "item"):
            yield from _item(kinds, line)
        if starts and name in ("ul", "ol", "list"):
            kinds.append([name == "ol" or element.get("rend") == "ol", 0])
        elif starts and name in ("li", "item") and kinds:
            kinds[-1][1] += 1
            line.append(f"{'  ' * min(len(kinds) - 1, 8)}{f'{kinds[-1][1]}.' if kinds[-1][0] else '-'} ")
        elif not starts and name in ("ul", "ol", "list"):
            kinds.pop()
        if name in ("br", "lb", "p", "div"):
            line.append(" ")
        line.append((element.text if starts else element.tail if element is not listed else "") or "")
    yield from _item(kinds, line)


def _item(kinds: list[Any], line: list[str]) -> Iterator[str]:
    whole = "".join(line)
    line.clear()
    text = " ".join(whole.split())
    if text and text != "-" and not re.fullmatch(r"\d+\.", text):
        yield whole[: len(whole) - len(whole.lstrip(" "))] + text if kinds else text


def _table(table: "_Element") -> str:
    rows = ([_line(cell) for cell in row if local(cell.tag) in ("td", "th", "cell")] for row in _rows(table))
    return "\n".join(" | ".join(row) for row in rows if any(row))


def _rows(table: "_Element") -> Iterator["_Element"]:
    for child in table:
        name = local(child.tag)
        if name in ("tr", "row"):
            yield child
        elif name in ("thead", "tbody", "tfoot"):
            yield from (row for row in child if local(row.tag) == "tr")
