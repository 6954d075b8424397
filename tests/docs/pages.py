"""The documentation as the tests see it: pages, code blocks, links, and names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

_FENCE = re.compile(r"^[ ]*```(?P<info>[^\n]*)\n(?P<code>.*?)^[ ]*```[ ]*$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """`info` is what stands behind the opening fence: the language, and "fragment" for what cannot run alone."""

    page: Path
    line: int
    info: str
    code: str

    def __str__(self) -> str:
        return f"{name_of(self.page)}:{self.line}"


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def blocks(page: Path) -> Iterator[Block]:
    text = text_of(page)
    for match in _FENCE.finditer(text):
        yield Block(page, text.count("\n", 0, match.start()) + 1, match["info"].strip(), match["code"])


def without_blocks(page: Path) -> str:
    return _FENCE.sub("", text_of(page))


def links(page: Path) -> list[str]:
    """Targets of links and images; what stands in code is none."""
    return [match["target"] for match in _LINK.finditer(_CODE.sub("", without_blocks(page)))]


def code(page: Path) -> list[str]:
    """Everything that is set as code: spans, and lines of blocks."""
    spans = [match.group(1) for match in _CODE.finditer(without_blocks(page))]
    return spans + [line for block in blocks(page) for line in block.code.splitlines()]


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#{1,6} +(.+)$", without_blocks(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
