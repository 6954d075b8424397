"""Versions of a draft: each addressed by its content, stored as what it changed, read by going back to a whole one."""

from collections.abc import Generator
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select, update
from sqlalchemy.orm import Session

from writer.domain.drafts import Origin, Section, Version, VersionSummary, content_digest
from writer.domain.errors import NotFound
from writer.domain.versions import SITTING, Sitting, Touched, VersionFilter
from writer.storage.database import Database
from writer.storage.packing import Parts, applied, packed, part_of, section_of, touched
from writer.storage.rows import VersionRow
from writer.storage.rows.base import MICROS, now_micros
from writer.storage.serial import origin_from_json, origin_to_json

MOST_STEPS = 200
_MOST_WORK = 20_000_000  # characters that reading one version may copy
_LARGE = 600  # bytes of a change from which on an earlier version with the same content is looked for
_SITTING = SITTING.total_seconds() * MICROS
_AT_ONCE = 500  # values in one statement
_PLAIN: dict[str, Any] = {"kind": None, "route": "", "prompt_version": "", "cost_micros": None}
NO_VERSION = "There is no such version."
_SHOWN = [
    column
    for column in VersionRow.__table__.columns
    if column.name not in ("base", "steps", "changes")
]  # fmt: skip


def write_version(
    database: Database,
    session: Session,
    draft_id: str,
    owner_id: str,
    title: str,
    sections: tuple[Section, ...],
    origin: Origin,
    note: str = "",
) -> None:
    """Does nothing when the newest version has the same content. The caller holds the draft's row lock."""
    digest = content_digest(title, sections)
    newest = session.execute(_of(draft_id).order_by(VersionRow.number.desc()).limit(1)).first()
    if newest is not None and newest.digest == digest:
        return
    number = newest.number + 1 if newest else 1
    parts = [part_of(section) for section in sections]
    base, steps, changes = _stored(session, draft_id, newest, digest, parts)
    session.execute(
        database.inserting(VersionRow).values(
            draft_id=draft_id,
            number=number,
            owner_id=owner_id,
            digest=digest,
            title=title,
            word_count=sum(section.word_count for section in sections),
            created_at=now_micros(),
            note=note,
            name="",
            kind=origin.kind,
            origin=_short(origin, owner_id),
            session=_session(session, newest, origin, owner_id, note) or number,
            base=base,
            steps=steps,
            changes=changes,
        )
    )


def _stored(session: Session, draft_id: str, newest: Any, digest: str, parts: Parts) -> tuple[int | None, int, bytes]:
    """(base, steps, changes): from the newest version, or from one with the same content where that is much shorter;
    whole where reading would take too many steps."""
    if newest is None:
        return None, 0, packed([], parts)
    base, steps = newest.number, newest.steps
    before = _parts(session, draft_id, base)
    changes = packed(before, parts)
    if len(changes) > _LARGE:
        same = _of(draft_id).where(VersionRow.digest == digest).order_by(VersionRow.number.desc()).limit(1)
        if found := session.execute(same).first():
            base, steps, before = found.number, found.steps, _parts(session, draft_id, found.number)
            changes = packed(before, parts)
    whole = steps >= _most_steps(parts) or applied(before, changes) != parts
    return (None, 0, packed([], parts)) if whole else (base, steps + 1, changes)


def _most_steps(parts: Parts) -> int:
    return max(8, min(MOST_STEPS, _MOST_WORK // max(1, sum(map(len, parts)))))


def _session(session: Session, newest: Any, origin: Origin, owner_id: str, note: str) -> int | None:
    """The sitting that goes on; None where a version begins one, or stands alone."""
    if newest is None or note or newest.note or origin.kind != "person" or newest.kind != "person":
        return None
    if newest.origin.get("user", owner_id) != origin.user:
        return None
    began = select(VersionRow.number).where(
        VersionRow.draft_id == newest.draft_id,
        VersionRow.number == newest.session,
        VersionRow.created_at > now_micros() - int(_SITTING),
    )
    return session.scalar(began)


def newest_version(session: Session, draft_id: str) -> tuple[int, str]:
    """(number, digest); (0, "") before the first."""
    newest = session.execute(
        select(VersionRow.number, VersionRow.digest)
        .where(VersionRow.draft_id == draft_id)
        .order_by(VersionRow.number.desc())
        .limit(1)
    ).first()
    return (newest.number, newest.digest) if newest else (0, "")


def summaries(
    session: Session, draft_id: str, wanted: VersionFilter, limit: int | None = None, offset: int = 0
) -> list[VersionSummary]:
    asked = select(*_SHOWN).where(*_matching(draft_id, wanted)).order_by(VersionRow.number.desc())
    return [_summary(row) for row in session.execute(asked.limit(limit).offset(offset or None))]


def sittings(session: Session, draft_id: str, wanted: VersionFilter, limit: int, offset: int) -> list[Sitting]:
    """What has a name stands alone; the rest of its sitting is told together."""
    alone = case((VersionRow.name != "", VersionRow.number), else_=0)
    together = (
        select(
            func.max(VersionRow.number).label("newest"),
            func.min(VersionRow.number).label("first"),
            func.count().label("count"),
            func.min(VersionRow.created_at).label("began"),
        )
        .where(*_matching(draft_id, wanted))
        .group_by(VersionRow.session, alone)
        .order_by(func.max(VersionRow.number).desc())
        .limit(limit)
        .offset(offset or None)
    ).subquery()
    same = (VersionRow.draft_id == draft_id) & (VersionRow.number == together.c.newest)
    asked = select(*_SHOWN, together.c.first, together.c.count.label("together"), together.c.began)
    rows = session.execute(asked.join(together, same).order_by(together.c.newest.desc()))
    return [Sitting(_summary(row), row.first, row.together, row.began) for row in rows]


def some_summaries(session: Session, draft_id: str, numbers: set[int]) -> dict[int, VersionSummary]:
    asked = sorted(numbers)
    found: dict[int, VersionSummary] = {}
    for at in range(0, len(asked), _AT_ONCE):
        some = VersionRow.number.in_(asked[at : at + _AT_ONCE])
        rows = session.execute(select(*_SHOWN).where(VersionRow.draft_id == draft_id, some))
        found |= {row.number: _summary(row) for row in rows}
    return found


def count_versions(session: Session, draft_id: str, wanted: VersionFilter) -> int:
    return session.scalar(select(func.count()).where(*_matching(draft_id, wanted))) or 0


def read_version(session: Session, draft_id: str, number: int) -> Version:
    row = session.execute(select(*_SHOWN).where(*_at(draft_id, number))).first()
    if row is None:
        raise NotFound(NO_VERSION)
    return Version(_summary(row), row.title, tuple(map(section_of, _parts(session, draft_id, number))))


def describe_version(session: Session, draft_id: str, number: int, values: dict[str, str]) -> VersionSummary:
    if values:
        session.execute(update(VersionRow).where(*_at(draft_id, number)).values(**values))
    row = session.execute(select(*_SHOWN).where(*_at(draft_id, number))).first()
    if row is None:
        raise NotFound(NO_VERSION)
    return _summary(row)


def touched_lines(session: Session, draft_id: str) -> Generator[Touched, None, None]:
    """For every version in its order, read one after the other and never all at once."""
    asked = (
        select(VersionRow.number, VersionRow.base, VersionRow.changes)
        .where(VersionRow.draft_id == draft_id)
        .order_by(VersionRow.number)
        .execution_options(yield_per=500)
    )
    last, parts = 0, Parts()
    with session.execute(asked) as rows:
        for number, base, changes in rows:
            before = [] if base is None else parts if base == last else _parts(session, draft_id, base)
            now = applied(before, changes)
            yield Touched(number, tuple(touched(before, changes, now)))
            last, parts = number, now


def _parts(session: Session, draft_id: str, number: int) -> Parts:
    """The version's sections, made from the nearest whole version on."""
    chain = (
        select(VersionRow.number, VersionRow.base, VersionRow.changes)
        .where(*_at(draft_id, number))
        .cte("chain", recursive=True)
    )
    bases = select(VersionRow.number, VersionRow.base, VersionRow.changes).join(
        chain, (VersionRow.draft_id == draft_id) & (VersionRow.number == chain.c.base)
    )
    chain = chain.union_all(bases)
    found = session.execute(select(chain.c.number, chain.c.changes).order_by(chain.c.number)).all()
    parts = Parts()
    for row in found:
        parts = applied(parts, row.changes)
    return parts


def _of(draft_id: str) -> Select[Any]:
    facts = (VersionRow.draft_id, VersionRow.number, VersionRow.digest, VersionRow.steps, VersionRow.session)
    return select(*facts, VersionRow.kind, VersionRow.origin, VersionRow.note).where(VersionRow.draft_id == draft_id)


def _at(draft_id: str, number: int) -> tuple[ColumnElement[bool], ...]:
    return (VersionRow.draft_id == draft_id, VersionRow.number == number)


def _matching(draft_id: str, wanted: VersionFilter) -> list[ColumnElement[bool]]:
    matching = [VersionRow.draft_id == draft_id]
    matching += [VersionRow.kind.in_(wanted.kinds)] if wanted.kinds else []
    matching += [VersionRow.session == wanted.session] if wanted.session is not None else []
    return [*matching, *([VersionRow.name != ""] if wanted.named else [])]


def _short(origin: Origin, owner_id: str) -> dict[str, Any]:
    """Without what the row says already, and what is not there."""
    facts = {name: value for name, value in origin_to_json(origin).items() if value != _PLAIN.get(name, owner_id)}
    del facts["kind"]
    return facts


def _summary(row: Any) -> VersionSummary:
    return VersionSummary(
        draft_id=row.draft_id,
        number=row.number,
        digest=row.digest,
        title=row.title,
        origin=origin_from_json({"user": row.owner_id, **row.origin, "kind": row.kind}),
        word_count=row.word_count,
        created_at=row.created_at,
        note=row.note,
        name=row.name,
        session=row.session,
    )
