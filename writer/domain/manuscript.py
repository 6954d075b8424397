"""A draft as one Markdown text, and back: sections begin at `## ` headings and keep who they are while they are edited.

A section that no heading can begin (a conclusion) stands behind a comment that names its role: `<!-- conclusion -->`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from writer.domain.drafts import Section, SectionState
from writer.domain.errors import UserMistake

BODY, INTRODUCTION, CONCLUSION = "body", "introduction", "conclusion"
_HEADING = re.compile(r"##(?:[ \t]+(.*))?")
_ROLE_MARK = re.compile(r"<!-- ([a-z][a-z-]{0,30}) -->")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_LIKE = 0.5  # share of common words from which on a text under a new heading is the old section
_COMPARED = 4000  # characters at the most, of either text
_MOST_PAIRS = 10_000
MOST_SECTIONS = 1000


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands between two beginnings. `role` is "" where nothing names it: the text before the first heading."""

    role: str
    heading: str
    text: str


def join(sections: Sequence[Section]) -> str:
    """The text to edit: what `split` turns into the same sections again."""
    return "\n\n".join(filter(None, (_written(section, first=n == 0) for n, section in enumerate(sections))))


def split(text: str, before: Sequence[Section]) -> tuple[Section, ...]:
    """The sections of an edited text. Each keeps the key, role, state, gap and route of the section of `before` that it
    is: by what it holds, by its heading, by likeness, last by its place. What was not touched is the same value."""
    text = plain_lines(text).strip("\n")
    old, roles = list(before), {INTRODUCTION, CONCLUSION, *(section.role for section in before)}
    first, rest = _same_at_start(text, old, roles)
    last, rest = _same_at_end(rest, old[first:], whole=first == 0)
    end = len(old) - last
    pieces = list(_pieces(rest, roles))
    if len(old) - end + first + len(pieces) > MOST_SECTIONS:
        raise UserMistake(
            f"A draft has {MOST_SECTIONS:,} sections at the most. Make some of the headings smaller ones."
        )
    middle = _placed(pieces, old[first:end], at_start=first == 0, taken={section.key for section in old})
    return (*old[:first], *middle, *old[end:])


def plain_lines(text: str) -> str:
    """Line ends as a browser's editor has them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _written(section: Section, *, first: bool) -> str:
    text = _body(section.text)
    if section.role == BODY:
        lead = _heading_line(section) if section.heading.strip() or not first else ""
    else:
        lead = "" if first else f"<!-- {section.role} -->"
    return "\n\n".join(filter(None, (lead, text)))


def _heading_line(section: Section) -> str:
    return f"## {_line(section.heading)}".rstrip()


def _body(text: str) -> str:
    return plain_lines(text).strip("\n")


def _line(heading: str) -> str:
    return " ".join(heading.split())


def _same_at_start(text: str, old: Sequence[Section], roles: set[str]) -> tuple[int, str]:
    """How many of the first sections stand in the text as they were, and the text behind them."""
    count = 0
    for number, section in enumerate(old):
        written = _written(section, first=number == 0)
        rest = text[len(written) :] if written else f"\n\n{text}"
        if not (text.startswith(written) and _may_end(rest, roles)):
            break
        count, text = number + 1, rest.lstrip("\n")
    return count, text


def _same_at_end(text: str, old: Sequence[Section], *, whole: bool) -> tuple[int, str]:
    count = 0
    for number in range(len(old) - 1, 0 if whole else -1, -1):  # what has no heading may be anywhere but at the start
        written = _written(old[number], first=False)
        if not (text == written or text.endswith("\n\n" + written)):
            break
        count, text = count + 1, text[: len(text) - len(written)].rstrip("\n")
    return count, text


def _may_end(rest: str, roles: set[str]) -> bool:
    """Whether a section may end here: at the end of the text, or before the beginning of another."""
    line = rest.lstrip("\n").partition("\n")[0]
    return not line or (rest.startswith("\n\n") and _beginning(line, roles) is not None)


def _pieces(text: str, roles: set[str]) -> Iterator[Piece]:
    role, heading, lines = "", "", list[str]()
    begun = False
    for line, is_code in _lines(text):
        beginning = None if is_code else _beginning(line, roles)
        if beginning is None:
            lines.append(line)
            continue
        if begun or "\n".join(lines).strip("\n"):
            yield Piece(role, heading, "\n".join(lines).strip("\n"))
        (role, heading), lines, begun = beginning, [], True
    if begun or "\n".join(lines).strip("\n"):
        yield Piece(role, heading, "\n".join(lines).strip("\n"))


def _beginning(line: str, roles: set[str]) -> tuple[str, str] | None:
    if match := _HEADING.fullmatch(line):
        return BODY, _line(match.group(1) or "")
    match = _ROLE_MARK.fullmatch(line.rstrip())
    return (match.group(1), "") if match and match.group(1) in roles else None


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is code. A fence that nothing closes is none: half-typed, it would eat the headings."""
    lines = text.split("\n")
    unclosed: dict[str, int] = {}
    number = 0
    while number < len(lines):
        end = _fence_end(lines, number, unclosed)
        for line in lines[number : end + 1]:
            yield line, end > number
        number = end + 1


def _fence_end(lines: Sequence[str], start: int, unclosed: dict[str, int]) -> int:
    """The line that closes the fence of line `start`; `start` itself where there is none. `unclosed` remembers the
    shortest fence of each kind that nothing closes: a longer one further down is not closed either."""
    opening = _FENCE.fullmatch(lines[start])
    if opening is None or (opening[1][0] == "`" and "`" in opening[2]):
        return start
    kind, length = opening[1][0], len(opening[1])
    if length >= unclosed.get(kind, length + 1):
        return start
    for number in range(start + 1, len(lines)):
        closing = _FENCE.fullmatch(lines[number])
        if closing and closing[1].startswith(opening[1]) and not closing[2].strip():
            return number
    unclosed[kind] = length
    return start


def _placed(pieces: list[Piece], old: list[Section], *, at_start: bool, taken: set[str]) -> tuple[Section, ...]:
    lead = _lead(old) if at_start else None
    if lead is not None and lead.role != BODY and not (pieces and pieces[0].role == ""):
        pieces.insert(0, Piece("", lead.heading, ""))  # emptied, not taken out: nothing marks its place
    owners = _owners(pieces, old, lead)
    used = set(taken)
    return tuple(_section(piece, owners.get(number), used) for number, piece in enumerate(pieces))


def _lead(old: Sequence[Section]) -> Section | None:
    """The section that stands before the first heading."""
    return old[0] if old and (old[0].role != BODY or not old[0].heading.strip()) else None


def _owners(pieces: Sequence[Piece], old: Sequence[Section], lead: Section | None) -> dict[int, Section]:
    """Which old section each piece is."""
    free = list(old)
    owners: dict[int, Section] = {}

    def give(number: int, section: Section) -> None:
        owners[number] = section
        free.remove(section)

    if lead is not None and pieces and pieces[0].role == "":
        give(0, lead)
    for same in (_same_content, _same_heading, _same_text):
        for number, piece in enumerate(pieces):
            found = None if number in owners else next((s for s in free if same(piece, s)), None)
            if found is not None:
                give(number, found)
    for number, section in _alike(pieces, owners, free):
        if number not in owners and section in free:
            give(number, section)
    for number, section in _in_place(pieces, owners, old, free):
        give(number, section)
    return owners


def _role(piece: Piece) -> str:
    return piece.role or INTRODUCTION


def _same_content(piece: Piece, section: Section) -> bool:
    return _same_heading(piece, section) and piece.text == _body(section.text)


def _same_heading(piece: Piece, section: Section) -> bool:
    return _role(piece) == section.role and (section.role != BODY or piece.heading == _line(section.heading))


def _same_text(piece: Piece, section: Section) -> bool:
    return _role(piece) == section.role and bool(piece.text.strip()) and piece.text == _body(section.text)


def _alike(pieces: Sequence[Piece], owners: dict[int, Section], free: Sequence[Section]) -> list[tuple[int, Section]]:
    """Under another heading and with another text, but mostly of the same words: the most alike first."""
    new = [(number, piece, _words(piece.text)) for number, piece in enumerate(pieces) if number not in owners]
    if len(new) * len(free) > _MOST_PAIRS:
        return []
    there = [(section, _words(section.text)) for section in free]
    pairs = [
        (_likeness(words, others), -number, section)
        for number, piece, words in new
        for section, others in there
        if _role(piece) == section.role
    ]
    ranked = sorted((pair for pair in pairs if pair[0] >= _LIKE), key=lambda pair: pair[:2], reverse=True)
    return [(-number, section) for _, number, section in ranked]


def _words(text: str) -> Counter[str]:
    return Counter(text[:_COMPARED].split())


def _likeness(one: Counter[str], other: Counter[str]) -> float:
    """In [0, 1]: the Dice coefficient over words, each as often as it occurs."""
    return 2 * (one & other).total() / max(1, one.total() + other.total())


def _in_place(
    pieces: Sequence[Piece], owners: dict[int, Section], old: Sequence[Section], free: Sequence[Section]
) -> list[tuple[int, Section]]:
    """Between the same neighbours and the only one there: rewritten from top to bottom, still the same section."""
    keys = [section.key for section in old]
    places = {section.key: number for number, section in owners.items()}
    found = []
    for section in free:
        at = keys.index(section.key)
        before = places.get(keys[at - 1], -9) if at else -1
        after = places.get(keys[at + 1], -9) if at + 1 < len(keys) else len(pieces)
        number = before + 1
        if before != -9 and after == before + 2 and number not in owners and _role(pieces[number]) == section.role:
            found.append((number, section))
    return found


def _section(piece: Piece, was: Section | None, used: set[str]) -> Section:
    if was is None:
        role = _role(piece)
        heading = piece.heading if role == BODY else role.capitalize()
        return Section(_new_key(used, role), heading, piece.text, SectionState.DONE, role)
    heading = was.heading if was.role != BODY or piece.heading == _line(was.heading) else piece.heading
    return (
        was
        if (heading, piece.text) == (was.heading, _body(was.text))
        else replace(was, heading=heading, text=piece.text)
    )


def _new_key(used: set[str], role: str) -> str:
    """The first that is free: the same text over the same sections makes the same keys."""
    names = [f"w{number}" for number in range(1, len(used) + 2)]
    key = next(name for name in ([] if role == BODY else [role]) + names if name not in used)
    used.add(key)
    return key
