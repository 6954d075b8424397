"""Lists as Markdown means them: one kind of marker, numbers in order, the same ending on every item, no stray gaps."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from writer.services.editing.masks import MASK, outside, settled

_ITEM = re.compile(r"^([ \t]*)([-*+•‣◦·–]|\d{1,4}[.)])(?:[ \t]+|(?<=[•‣◦·])(?=\S))(\S.*?)([ \t]*)$")
_TASK = re.compile(r"\[[ xX]\][ \t]")
_BULLETS = "-*+•‣◦·–"
_ENDS = re.compile(rf"(.*?)([.;,]?)((?:[ \t]*{MASK})*)$")


@dataclass(frozen=True, slots=True)
class _Line:
    """`marker` is "" for a line that begins no item."""

    text: str
    indent: str = ""
    marker: str = ""
    content: str = ""

    @property
    def is_item(self) -> bool:
        return bool(self.marker)

    @property
    def is_numbered(self) -> bool:
        return self.marker[:1].isdigit()

    @property
    def depth(self) -> int:
        return len(self.indent.expandtabs(4))


def cleaned_lists(text: str) -> str:
    """Everything that is no list stays as it is."""
    return settled(text, lambda now: outside(now, _cleaned))


def has_lists(text: str) -> bool:
    return any(_line(line).is_item for line in text.splitlines())


def _cleaned(text: str) -> str:
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = [_line(line) for line in text.split(ending)]
    made: list[str] = []
    at = 0
    while at < len(lines):
        end = _end_of_list(lines, at)
        made += _list(lines[at:end]) if end > at else [lines[at].text]
        at = max(end, at + 1)
    return ending.join(made)


def _line(line: str) -> _Line:
    found = _ITEM.match(line)
    if found is None:
        return _Line(line)
    return _Line(line, found[1], found[2], found[3])


def _end_of_list(lines: Sequence[_Line], start: int) -> int:
    """One line behind the list's last item, or `start`. Blank lines between items and indented lines belong to it."""
    if not lines[start].is_item or (lines[start].marker == "–" and not _next_is_item(lines, start)):
        return start
    end = at = start + 1
    while at < len(lines):
        line = lines[at]
        same_kind = line.is_item and (line.depth > 0 or line.is_numbered == lines[start].is_numbered)
        if same_kind:
            end = at + 1
        elif line.text.strip() and (line.is_item or not line.text[:1].isspace()):
            break
        elif line.text.strip():
            end = at + 1
        at += 1
    return end


def _next_is_item(lines: Sequence[_Line], start: int) -> bool:
    return start + 1 < len(lines) and lines[start + 1].is_item


def _list(lines: Sequence[_Line]) -> list[str]:
    simple = all(line.is_item or not line.text.strip() for line in lines)
    kept = [line for line in lines if line.text.strip()] if simple else list(lines)
    return [line.text for line in _numbered(_ended(kept))]


def _ended(lines: Sequence[_Line]) -> list[_Line]:
    """At each depth the items end alike: with a full stop where most of them do, with nothing where most do not."""
    made = list(lines)
    for depth in {line.depth for line in lines if line.is_item}:
        places = [n for n, line in enumerate(lines) if line.is_item and line.depth == depth]
        alone = [n for n in places if not _goes_on(lines, n)]
        stopped = sum(_ENDS.match(lines[n].content)[2] == "." for n in alone)  # type: ignore[index]  # it always matches
        for n in alone:
            made[n] = replace(made[n], content=_with_end(made[n].content, stop=2 * stopped > len(alone)))
    return made


def _goes_on(lines: Sequence[_Line], at: int) -> bool:
    """Whether the item has more lines, or others below it."""
    following = next((line for line in lines[at + 1 :] if line.text.strip()), None)
    return following is not None and (not following.is_item or following.depth > lines[at].depth)


def _with_end(content: str, *, stop: bool) -> str:
    found = _ENDS.match(content)
    assert found is not None
    said, end, cited = found.groups()
    if said.endswith((".", "…", "!", "?", ":", ")")) or re.search(r"\b(?:etc|Inc|Ltd|\w\.\w)$", said):
        return content
    if end == "." and not stop and re.search(r"[.!?]\s", said):
        return content  # an item of several sentences keeps its last full stop
    return f"{said.rstrip()}{'.' if stop else ''}{cited}"


def _numbered(lines: Sequence[_Line]) -> list[_Line]:
    """Bullets as “-”, numbers that count, one space behind either."""
    made: list[_Line] = []
    next_number: dict[int, int] = {}
    for line in lines:
        if not line.is_item:
            made.append(line)
            continue
        for deeper in [depth for depth in next_number if depth > line.depth]:
            del next_number[deeper]
        marker = "-"
        if line.is_numbered:
            number = next_number.get(line.depth, int(line.marker[:-1]))
            next_number[line.depth] = number + 1
            marker = f"{number}."
        made.append(replace(line, text=f"{line.indent}{marker} {line.content}"))
    return made
