"""Voices as rows."""

from dataclasses import asdict
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from writer.domain.errors import NotFound, UserMistake
from writer.domain.voices import Figure, Profile, Voice
from writer.storage.database import Database
from writer.storage.rows import VoiceRow
from writer.storage.rows.base import now_micros


class Voices:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, owner_id: str, name: str, profile: Profile, *, digest: str, samples: int, words: int) -> Voice:
        values = {"name": name, "profile": asdict(profile), "digest": digest, "samples": samples, "words": words}
        insert = self._database.inserting(VoiceRow).values(
            id=uuid4().hex, owner_id=owner_id, created_at=now_micros(), **values
        )
        with self._database.writing() as session:
            made = session.scalar(insert.on_conflict_do_nothing().returning(VoiceRow.id))
            if made is None:
                raise UserMistake(f"There is a voice “{name}” already. Give this one another name.")
            return _voice(_row(session, owner_id, made))

    def get(self, owner_id: str, voice_id: str) -> Voice:
        with self._database.reading() as session:
            return _voice(_row(session, owner_id, voice_id))

    def listing(self, owner_id: str) -> list[Voice]:
        with self._database.reading() as session:
            rows = session.scalars(select(VoiceRow).where(VoiceRow.owner_id == owner_id).order_by(VoiceRow.name))
            return [_voice(row) for row in rows]

    def rename(self, owner_id: str, voice_id: str, name: str) -> Voice:
        with self._database.writing() as session:
            row = _row(session, owner_id, voice_id, lock=True)
            same = (VoiceRow.owner_id == owner_id, VoiceRow.name == name, VoiceRow.id != voice_id)
            if session.scalar(select(VoiceRow.id).where(*same)) is not None:
                raise UserMistake(f"There is a voice “{name}” already. Give this one another name.")
            row.name = name
            return _voice(row)

    def delete(self, owner_id: str, voice_id: str) -> None:
        with self._database.writing() as session:
            session.delete(_row(session, owner_id, voice_id, lock=True))


def _row(session: Session, owner_id: str, voice_id: str, *, lock: bool = False) -> VoiceRow:
    wanted = select(VoiceRow).where(VoiceRow.id == voice_id, VoiceRow.owner_id == owner_id)
    row = session.scalar(wanted.with_for_update() if lock else wanted)
    if row is None:
        raise NotFound("There is no such voice.")
    return row


def _voice(row: VoiceRow) -> Voice:
    return Voice(
        row.id, row.owner_id, row.name, _profile(row.profile), row.digest, row.samples, row.words, row.created_at
    )


def _profile(data: Any) -> Profile:
    figures = tuple(Figure(one["name"], one["mean"], one["deviation"]) for one in data["figures"])
    return Profile(figures, tuple((word, share) for word, share in data["openings"]), data["paragraphs"])
