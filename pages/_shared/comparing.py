"""A comparison as blocks of the paper: inline or side by side, with what did not change folded away."""

from collections.abc import Iterator, Sequence

from pages._shared.paper import Block
from pages._shared.text import counted
from writer.domain.comparing import Comparison, Piece, Row, SectionChange
from writer.security.render import plain

_FOLDED = 4  # paragraphs in a row that stayed, from which on they are folded
_TOLD = {"added": "new", "removed": "taken out", "same": "moved"}


def comparison_blocks(found: Comparison, *, beside: bool) -> Iterator[Block]:
    """Sections that did not change are told in one line where they stand."""
    if found.title_before != found.title:
        yield {"heading": "Title", "diff": [("-", found.title_before), ("=", " "), ("+", found.title)]}
    same: list[SectionChange] = []
    for section in found.sections:
        if section.change == "same" and not section.moved:
            same.append(section)
            continue
        yield from _unchanged(same)
        same = []
        yield _block(section, beside=beside)
    yield from _unchanged(same)


def told(found: Comparison) -> str:
    if found.is_empty:
        return "Nothing differs."
    gone, come = found.words
    changed = sum(section.change != "same" or section.moved for section in found.sections)
    return f"{counted(changed, 'section')} differ{'s' if changed == 1 else ''}: {gone:,} words out, {come:,} in."


def _unchanged(sections: Sequence[SectionChange]) -> Iterator[Block]:
    if sections:
        names = ", ".join(f"“{plain(section.heading)}”" for section in sections[:3] if section.heading)
        more = f" and {len(sections) - 3} more" if len(sections) > 3 else ""
        yield {"heading": "", "empty": f"{counted(len(sections), 'section')} unchanged: {names}{more}"}


def _block(section: SectionChange, *, beside: bool) -> Block:
    heading = plain(section.heading or section.heading_before)
    if section.heading_before and section.heading and section.heading_before != section.heading:
        heading = f"{plain(section.heading_before)} → {heading}"
    note = [_TOLD[section.change]] if section.change in _TOLD else []
    note += ["moved"] if section.moved and section.change != "same" else []
    block: Block = {"heading": f"{heading} ({', '.join(note)})" if note else heading}
    if section.change == "same":
        return block
    return block | ({"rows": list(_rows(section.rows))} if beside else {"diff": list(_inline(section.pieces))})


def _inline(pieces: Sequence[Piece]) -> Iterator[tuple[str, ...]]:
    for kind, text in pieces:
        paragraphs = text.split("\n\n")
        if kind != "=" or len(paragraphs) <= _FOLDED:
            yield kind, text
            continue
        first, *middle, last = paragraphs
        yield "=", f"{first}\n\n"
        yield "fold", counted(len(middle), "paragraph") + " unchanged", "\n\n".join(middle)
        yield "=", f"\n{last}"


def _rows(rows: Sequence[Row]) -> Iterator[Block]:
    same: list[Row] = []
    for row in rows:
        if row.same:
            same.append(row)
            continue
        yield from _some(same)
        same = []
        yield _row(row)
    yield from _some(same)


def _some(same: Sequence[Row]) -> Iterator[Block]:
    if len(same) < _FOLDED:
        yield from map(_row, same)
    else:
        yield {"fold": counted(len(same), "paragraph") + " unchanged", "rows": [*map(_row, same)]}


def _row(row: Row) -> Block:
    return {"left": row.left, "right": row.right}
