"""Suggestions as rows, and the sums over what became of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from writer.domain.errors import NotFound, UserMistake
from writer.domain.ports.suggestions import AcceptanceKey
from writer.domain.suggestions import Acceptance, Change, NewSuggestion, Spent, Suggestion
from writer.storage.database import Database
from writer.storage.rows import SuggestionRow
from writer.storage.rows.base import now_micros


class Suggestions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, suggestion: NewSuggestion) -> Suggestion:
        insert = self._database.inserting(SuggestionRow).on_conflict_do_nothing()
        with self._database.writing() as session:
            values = {"created_at": now_micros(), **_values(suggestion)}
            if session.scalar(insert.values(**values).returning(SuggestionRow.id)) is None:
                raise UserMistake("A suggestion of this id exists already. Ask under another id.")
            return _read(session, suggestion.draft_id, suggestion.id)

    def get(self, draft_id: str, suggestion_id: str) -> Suggestion:
        with self._database.reading() as session:
            return _read(session, draft_id, suggestion_id)

    def of_draft(self, draft_id: str, limit: int = 100) -> list[Suggestion]:
        newest = (SuggestionRow.created_at.desc(), SuggestionRow.id)
        wanted = select(SuggestionRow).where(SuggestionRow.draft_id == draft_id).order_by(*newest).limit(limit)
        with self._database.reading() as session:
            return [_suggestion(row) for row in session.scalars(wanted)]

    def decide(
        self,
        draft_id: str,
        suggestion_id: str,
        accepted: Iterable[int],
        rejected: Iterable[int],
        edited: Mapping[int, int],
    ) -> Suggestion:
        with self._database.writing() as session:
            now = _read(session, draft_id, suggestion_id, lock=True).decided(accepted, rejected, edited)
            session.execute(_change(draft_id, suggestion_id, **_decisions(now)))
            return now

    def mark_saved(self, draft_id: str, suggestion_id: str) -> None:
        with self._database.writing() as session:
            session.execute(_change(draft_id, suggestion_id, saved=True))

    def acceptance(
        self, owner_id: str, by: AcceptanceKey, since: datetime | None = None, until: datetime | None = None
    ) -> list[Acceptance]:
        key = SuggestionRow.route if by == "route" else SuggestionRow.action
        figures = (SuggestionRow.hunks, SuggestionRow.accepted, SuggestionRow.rejected, SuggestionRow.kept_words)
        wanted = select(
            key.label("key"),
            func.count().label("suggestions"),
            *(func.sum(column).label(column.key) for column in figures),
            func.coalesce(func.sum(SuggestionRow.cost_micros), 0).label("cost_micros"),
            func.sum(case((SuggestionRow.cost_micros.is_(None), 1), else_=0)).label("unpriced"),
        ).where(SuggestionRow.owner_id == owner_id)
        if since is not None:
            wanted = wanted.where(SuggestionRow.created_at >= since)
        if until is not None:
            wanted = wanted.where(SuggestionRow.created_at < until)
        with self._database.reading() as session:
            rows = session.execute(wanted.group_by(key).order_by(func.count().desc(), key)).all()
        return [_acceptance(row) for row in rows]


def _read(session: Session, draft_id: str, suggestion_id: str, *, lock: bool = False) -> Suggestion:
    wanted = select(SuggestionRow).where(SuggestionRow.draft_id == draft_id, SuggestionRow.id == suggestion_id)
    row = session.scalar(wanted.with_for_update() if lock else wanted)
    if row is None:
        raise NotFound("There is no such suggestion.")
    return _suggestion(row)


def _change(draft_id: str, suggestion_id: str, **values: Any) -> Any:
    mine = (SuggestionRow.draft_id == draft_id, SuggestionRow.id == suggestion_id)
    return update(SuggestionRow).where(*mine).values(**values)


def _values(suggestion: NewSuggestion) -> dict[str, Any]:
    spent = suggestion.spent
    return {
        "draft_id": suggestion.draft_id,
        "id": suggestion.id,
        "owner_id": suggestion.owner_id,
        "action": suggestion.action,
        "route": suggestion.route,
        "prompt_version": suggestion.prompt_version,
        "cost_micros": spent.cost_micros,
        "input_tokens": spent.input_tokens,
        "output_tokens": spent.output_tokens,
        "first_token_ms": spent.first_token_ms,
        "total_ms": spent.total_ms,
        "hunks": len(suggestion.changes),
        "accepted": 0,
        "rejected": 0,
        "kept_words": 0,
        "saved": False,
        "changes": [[change.old_words, change.new_words] for change in suggestion.changes],
        "decisions": {"accepted": [], "rejected": [], "edited": []},
    }


def _decisions(now: Suggestion) -> dict[str, Any]:
    return {
        "accepted": len(now.accepted),
        "rejected": len(now.rejected),
        "kept_words": now.kept_words,
        "decisions": {
            "accepted": sorted(now.accepted),
            "rejected": sorted(now.rejected),
            "edited": [list(pair) for pair in sorted(now.edited.items())],
        },
    }


def _suggestion(row: SuggestionRow) -> Suggestion:
    made = NewSuggestion(
        id=row.id,
        draft_id=row.draft_id,
        owner_id=row.owner_id,
        action=row.action,
        route=row.route,
        prompt_version=row.prompt_version,
        changes=tuple(Change(int(old), int(new)) for old, new in row.changes),
        spent=Spent(row.cost_micros, row.input_tokens, row.output_tokens, row.first_token_ms, row.total_ms),
    )
    return Suggestion(
        made,
        row.created_at,
        frozenset(map(int, row.decisions["accepted"])),
        frozenset(map(int, row.decisions["rejected"])),
        {int(number): int(words) for number, words in row.decisions["edited"]},
        row.saved,
    )


def _acceptance(row: Any) -> Acceptance:
    return Acceptance(
        key=str(row.key),
        suggestions=row.suggestions,
        hunks=int(row.hunks),
        accepted=int(row.accepted),
        rejected=int(row.rejected),
        kept_words=int(row.kept_words),
        cost_micros=int(row.cost_micros),
        unpriced=int(row.unpriced),
    )
