"""A draft's sections as rows: where a new one goes, and how several steps add theirs without losing each other's."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from writer.domain.drafts import Section, SectionState
from writer.domain.errors import UserMistake
from writer.storage.database import Database
from writer.storage.rows import SectionRow
from writer.storage.serial import gap_from_json, gap_to_json

_FIRST, _LAST = "introduction", "conclusion"


def sections_of(session: Session, draft_id: str) -> tuple[Section, ...]:
    rows = session.scalars(select(SectionRow).where(SectionRow.draft_id == draft_id).order_by(SectionRow.position))
    return tuple(section_from(row) for row in rows)


def section_from(row: SectionRow) -> Section:
    return Section(
        key=row.key,
        heading=row.heading,
        text=row.text,
        state=SectionState(row.state),
        role=row.role,
        gap=gap_from_json(row.gap),
        flags=tuple(row.flags),
        route=row.route,
    )


def put_sections(
    database: Database, session: Session, draft_id: str, owner_id: str, ordered: Sequence[Section]
) -> None:
    """Make these the draft's sections, in this order."""
    keys = [section.key for section in ordered]
    if len(set(keys)) != len(keys):
        raise UserMistake("Two sections of the draft have the same key; nothing was saved.")
    session.execute(delete(SectionRow).where(SectionRow.draft_id == draft_id, SectionRow.key.not_in(keys)))
    _write(database, session, [_values(draft_id, owner_id, n, section) for n, section in enumerate(ordered)])


def merge_sections(
    database: Database,
    session: Session,
    draft_id: str,
    owner_id: str,
    new: Sequence[Section],
    outline_keys: Sequence[str],
) -> None:
    """Replace sections by key and put those that are new where they belong. The caller holds the draft's row lock, so
    that two steps finishing together see each other's sections."""
    found = session.execute(
        select(SectionRow.key, SectionRow.role, SectionRow.position)
        .where(SectionRow.draft_id == draft_id)
        .order_by(SectionRow.position)
    ).all()
    roles = {key: role for key, role, _ in found} | {section.key: section.role for section in new}
    order = in_order([key for key, _, _ in found], [section.key for section in new], roles, outline_keys)
    position = {key: number for number, key in enumerate(order)}
    for key, _, was in found:
        if position[key] != was:
            where = (SectionRow.draft_id == draft_id, SectionRow.key == key)
            session.execute(update(SectionRow).where(*where).values(position=position[key]))
    _write(database, session, [_values(draft_id, owner_id, position[section.key], section) for section in new])


def _write(database: Database, session: Session, rows: Sequence[dict[str, object]]) -> None:
    if rows:
        insert = database.inserting(SectionRow)
        changed = {name: insert.excluded[name] for name in rows[0] if name not in ("draft_id", "key")}
        session.execute(insert.on_conflict_do_update(index_elements=["draft_id", "key"], set_=changed), rows)


def in_order(
    present: Sequence[str], new: Iterable[str], roles: dict[str, str], outline_keys: Sequence[str]
) -> list[str]:
    """Keys in reading order: what the writer has arranged stays, a new section goes behind its nearest predecessor of
    the outline, the introduction first, the conclusion last."""
    order = list(present)
    for key in dict.fromkeys(new):
        if key not in order:
            order.insert(_place(order, key, roles, outline_keys), key)
    return order


def _place(order: Sequence[str], key: str, roles: dict[str, str], outline_keys: Sequence[str]) -> int:
    if roles[key] == _FIRST:
        return 0
    end = len(order)
    if roles[key] == _LAST:
        return end
    while end and roles[order[end - 1]] == _LAST:
        end -= 1
    if key not in outline_keys:
        return end
    rank = list(outline_keys).index(key)
    before = [order.index(other) for other in outline_keys[:rank] if other in order]
    if before:
        return max(before) + 1
    after = [order.index(other) for other in outline_keys[rank + 1 :] if other in order]
    return min(after) if after else end


def _values(draft_id: str, owner_id: str, position: int, section: Section) -> dict[str, object]:
    return {
        "draft_id": draft_id,
        "key": section.key,
        "owner_id": owner_id,
        "position": position,
        "role": section.role,
        "state": section.state.value,
        "word_count": section.word_count,
        "heading": section.heading,
        "route": section.route,
        "flags": list(section.flags),
        "gap": gap_to_json(section.gap),
        "text": section.text,
    }
