"""Versions that an older Writer stored whole, section by section, are read from the new tables."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from alembic import command
from sqlalchemy import text

from tests.conftest import opened
from tests.storage.makers import MACHINE, OWNER, PERSON, a_section
from writer.domain.drafts import Origin, Section, content_digest
from writer.domain.versions import VersionFilter
from writer.storage import Database, migrate, migrations
from writer.storage.drafts import Drafts
from writer.storage.history import Versions
from writer.storage.serial import origin_to_json, section_to_json

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MADE: list[tuple[tuple[Section, ...], Origin, int]] = [
    ((a_section("a", "One."), a_section("b", "Ünd “two”\n\nlines.")), MACHINE, 0),
    ((a_section("a", "One more."), a_section("b", "Ünd “two”\n\nlines.")), PERSON, 60),
    ((a_section("b", "Ünd “two”\n\nlines."), a_section("a", "One more.")), PERSON, 120),
    ((a_section("c", "", role="conclusion"),), PERSON, 3600),
    ((), PERSON, 3601),
]


def test_old_versions_read_back_as_they_were(empty_url: str):
    with opened(empty_url) as database:
        _move(database, "0005")
        _store_as_before(database)

        migrate(database)

        _check(database)


def test_versions_survive_the_way_back_and_forth(empty_url: str):
    with opened(empty_url) as database:
        _move(database, "0005")
        _store_as_before(database)
        migrate(database)

        _move(database, "0005", back=True)
        migrate(database)

        _check(database)


def _check(database: Database) -> None:
    drafts, versions = Drafts(database), Versions(database)
    for number, (sections, origin, after) in enumerate(MADE, start=1):
        version = drafts.version("d1", number)
        assert (version.sections, version.summary.origin) == (sections, origin)
        assert version.summary.digest == content_digest(f"Title {number}", sections)
        assert version.summary.created_at == START + timedelta(seconds=after)
    told = versions.sittings("d1", VersionFilter(), limit=9)
    assert [(sitting.first, sitting.count) for sitting in told] == [(4, 2), (2, 2), (1, 1)]


def _move(database: Database, to: str, *, back: bool = False) -> None:
    with database.migrating() as connection:
        step = command.downgrade if back else command.upgrade
        step(migrations.alembic_config(connection), to)


def _store_as_before(database: Database) -> None:
    with database.writing() as session:
        draft = {"id": "d1", "at": 0, "owner": OWNER}
        session.execute(
            text(
                "INSERT INTO drafts (id, owner_id, title, description, state, revision, content_type, tags, created_at,"
                " updated_at, brief) VALUES (:id, :owner, 'T', '', 'drafting', 1, 'x', '[]', :at, :at, '{}')"
            ),
            draft,
        )
        for number, (sections, origin, after) in enumerate(MADE, start=1):
            _store(session, number, sections, origin, after)


def _store(session: Any, number: int, sections: tuple[Section, ...], origin: Origin, after: int) -> None:
    for section in sections:
        session.execute(
            text("INSERT INTO contents VALUES ('d1', :digest, :owner, :section) ON CONFLICT DO NOTHING"),
            {
                "digest": f"{section.key}{hash(section.text)}",
                "owner": OWNER,
                "section": json.dumps(section_to_json(section)),
            },
        )
    session.execute(
        text(
            "INSERT INTO versions (draft_id, number, owner_id, digest, title, word_count, created_at, note, origin,"
            " contents) VALUES ('d1', :n, :owner, :digest, :title, 0, :at, '', :origin, :contents)"
        ),
        {
            "n": number,
            "owner": OWNER,
            "digest": content_digest(f"Title {number}", sections),
            "title": f"Title {number}",
            "at": int((START + timedelta(seconds=after)).timestamp()) * 1_000_000,
            "origin": json.dumps(origin_to_json(origin)),
            "contents": json.dumps([f"{section.key}{hash(section.text)}" for section in sections]),
        },
    )
