"""Prompts and their versions as rows."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from writer.domain.errors import NotFound
from writer.domain.prompt_library import Noted, Packed, Place, PromptText, PromptVersion, SavedPrompt
from writer.storage.database import Database
from writer.storage.rows import PromptRow, PromptVersionRow
from writer.storage.rows.base import now_micros

NO_PROMPT = "There is no such prompt."
_NEWEST = (PromptVersionRow.prompt_id == PromptRow.id, PromptVersionRow.number == PromptRow.versions)


class Prompts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, owner_id: str, packed: Sequence[Packed]) -> list[SavedPrompt]:
        with self._database.writing() as session:
            ids = [_added(session, owner_id, one) for one in packed]
            return [_read(session, id_) for id_ in ids]

    def load(self, owner_id: str, packed: Sequence[Packed], texts: Mapping[str, Sequence[Noted]]) -> int:
        with self._database.writing() as session:
            for one in packed:
                _added(session, owner_id, one)
            return sum(_revised(session, id_, texts[id_]) for id_ in sorted(texts))

    def get(self, prompt_id: str) -> SavedPrompt:
        with self._database.reading() as session:
            return _read(session, prompt_id)

    def listing(self, owner_id: str) -> list[SavedPrompt]:
        wanted = (
            select(PromptRow, PromptVersionRow)
            .join(PromptVersionRow, _NEWEST[0])
            .where(PromptRow.owner_id == owner_id, _NEWEST[1])
            .order_by(PromptRow.folder, PromptRow.name, PromptRow.id)
        )
        with self._database.reading() as session:
            return [_prompt(row, newest) for row, newest in session.execute(wanted)]

    def count(self, owner_id: str) -> int:
        with self._database.reading() as session:
            return session.scalar(select(func.count()).where(PromptRow.owner_id == owner_id)) or 0

    def place(self, prompt_id: str, place: Place) -> SavedPrompt:
        with self._database.writing() as session:
            _locked(session, prompt_id)
            _change(session, prompt_id, **_placed(place))
            return _read(session, prompt_id)

    def add_versions(self, prompt_id: str, texts: Sequence[Noted]) -> SavedPrompt:
        with self._database.writing() as session:
            _revised(session, prompt_id, texts)
            return _read(session, prompt_id)

    def versions(self, prompt_id: str) -> list[PromptVersion]:
        newest_first = PromptVersionRow.number.desc()
        rows = select(PromptVersionRow).where(PromptVersionRow.prompt_id == prompt_id).order_by(newest_first)
        with self._database.reading() as session:
            return [_version(row) for row in session.scalars(rows)]

    def versions_of(self, owner_id: str) -> dict[str, list[PromptVersion]]:
        mine = select(PromptVersionRow).join(PromptRow, _NEWEST[0]).where(PromptRow.owner_id == owner_id)
        found: dict[str, list[PromptVersion]] = {}
        with self._database.reading() as session:
            for row in session.scalars(mine.order_by(PromptVersionRow.number.desc())):
                found.setdefault(row.prompt_id, []).append(_version(row))
        return found

    def delete(self, prompt_id: str) -> None:
        with self._database.writing() as session:
            session.execute(delete(PromptRow).where(PromptRow.id == prompt_id))


def _added(session: Session, owner_id: str, packed: Packed) -> str:
    id_ = uuid4().hex
    moments = {"created_at": now_micros(), "updated_at": now_micros()}
    values = {"id": id_, "owner_id": owner_id, "versions": len(packed.versions), **_placed(packed.place), **moments}
    session.execute(insert(PromptRow).values(**values))
    for number, (text, note) in enumerate(packed.versions, start=1):
        _add_version(session, id_, number, text, note)
    return id_


def _revised(session: Session, prompt_id: str, texts: Sequence[Noted]) -> int:
    """How many of them are new."""
    before = number = _locked(session, prompt_id)
    newest = _read(session, prompt_id).latest.text
    for text, note in texts:
        if text != newest:
            number += 1
            newest = text
            _add_version(session, prompt_id, number, text, note)
    _change(session, prompt_id, versions=number)
    return number - before


def _placed(place: Place) -> dict[str, Any]:
    return {"name": place.name, "folder": place.folder, "tags": list(place.tags)}


def _add_version(session: Session, prompt_id: str, number: int, text: PromptText, note: str) -> None:
    values = {
        "system": text.system,
        "user": text.user,
        "temperature": text.temperature,
        "max_output_tokens": text.max_output_tokens,
        "note": note,
        "created_at": now_micros(),
    }
    session.execute(insert(PromptVersionRow).values(prompt_id=prompt_id, number=number, **values))


def _locked(session: Session, prompt_id: str) -> int:
    """The number of its newest version, which nobody else counts up meanwhile."""
    number = session.scalar(select(PromptRow.versions).where(PromptRow.id == prompt_id).with_for_update())
    if number is None:
        raise NotFound(NO_PROMPT)
    return number


def _change(session: Session, prompt_id: str, **values: Any) -> None:
    session.execute(update(PromptRow).where(PromptRow.id == prompt_id).values(updated_at=now_micros(), **values))


def _read(session: Session, prompt_id: str) -> SavedPrompt:
    wanted = select(PromptRow, PromptVersionRow).join(PromptVersionRow, _NEWEST[0]).where(_NEWEST[1])
    fresh = {"populate_existing": True}
    found = session.execute(wanted.where(PromptRow.id == prompt_id), execution_options=fresh).first()
    if found is None:
        raise NotFound(NO_PROMPT)
    return _prompt(found[0], found[1])


def _prompt(row: PromptRow, newest: PromptVersionRow) -> SavedPrompt:
    place = Place(row.name, row.folder, tuple(row.tags))
    return SavedPrompt(row.id, row.owner_id, place, _version(newest), row.created_at, row.updated_at)


def _version(row: PromptVersionRow) -> PromptVersion:
    text = PromptText(row.user, row.system, row.temperature, row.max_output_tokens)
    return PromptVersion(row.number, text, row.note, row.created_at)
