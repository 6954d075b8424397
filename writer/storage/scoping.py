"""Which sources are within a scope. The owner is always part of the question: nobody's ids reach others' sources."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select

from writer.domain.scopes import Scope
from writer.domain.sources import SourceState
from writer.storage.rows import MemberRow, SourceRow, SourceTagRow


def ready_in_scope(owner_id: str, scope: Scope) -> Select[int]:
    """Ids, ascending."""
    ready = SourceRow.state == SourceState.READY.value
    return select(SourceRow.id).where(ready, *within(owner_id, scope)).order_by(SourceRow.id)


def within(owner_id: str, scope: Scope) -> Iterator[ColumnElement[bool]]:
    """What a source's row must fulfil, whatever its state."""
    yield SourceRow.owner_id == owner_id
    yield from _narrowed(owner_id, scope)


def _narrowed(owner_id: str, scope: Scope) -> Iterator[ColumnElement[bool]]:
    if scope.source_ids:
        yield SourceRow.id.in_(scope.source_ids)
    if scope.collections:
        members = select(MemberRow.source_id).where(
            MemberRow.owner_id == owner_id, MemberRow.collection_id.in_(scope.collections)
        )
        yield SourceRow.id.in_(members)
    if scope.tags:
        tagged = select(SourceTagRow.source_id).where(
            SourceTagRow.owner_id == owner_id, SourceTagRow.tag.in_(scope.tags)
        )
        yield SourceRow.id.in_(tagged)
    if scope.kinds:
        yield SourceRow.kind.in_(scope.kinds)
    if scope.languages:
        yield SourceRow.language.in_(scope.languages)
    yield from _dated(scope.since, scope.until)


def _dated(since: date | None, until: date | None) -> Iterator[ColumnElement[bool]]:
    """Documents state their date as "2024", "2024-03" or "2024-03-05", some with a time: compared as far as it goes."""
    if since is None and until is None:
        return
    yield SourceRow.published != ""
    length = func.length(SourceRow.published)
    if since is not None:
        yield SourceRow.published >= func.substr(since.isoformat(), 1, length)
    if until is not None:
        yield func.substr(SourceRow.published, 1, 10) <= until.isoformat()
