import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from tests.conftest import Postgres, opened
from tests.storage.makers import OWNER, a_brief
from tests.support.data_folder import empty_database
from writer.domain.errors import StorageError
from writer.storage import Database, migrate, migrations
from writer.storage.drafts import Drafts
from writer.storage.rows import Base


def test_an_empty_database_gets_its_tables_and_a_second_run_changes_nothing(empty_url: str):
    with opened(empty_url) as database:
        assert migrations.revision(database) is None
        assert migrate(database) is None
        made = Drafts(database).create(OWNER, a_brief(), "Title")

        assert migrate(database) is None

        assert migrations.revision(database) == migrations.HEAD
        assert Drafts(database).get(made.id) == made


def test_the_revisions_make_exactly_the_tables_that_the_rows_describe(database: Database):
    with database.engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata
        )

    assert differences == []


def test_the_known_revisions_are_the_ones_that_are_shipped(sqlite_database: Database):
    with sqlite_database.migrating() as connection:
        scripts = ScriptDirectory.from_config(migrations.alembic_config(connection))

    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == migrations.KNOWN
    assert scripts.get_current_head() == migrations.HEAD


def test_processes_that_start_together_migrate_once(empty_url: str):
    def start(_: int) -> str | None:
        with opened(empty_url) as database:
            migrate(database)
            return migrations.revision(database)

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(start, range(6))) == [migrations.HEAD] * 6


def test_a_database_of_a_newer_version_is_left_alone(database: Database):
    _pretend_to_be(database, "9999")

    with pytest.raises(StorageError, match="newer version of Writer"):
        migrate(database)


def test_a_file_is_copied_whole_while_it_is_in_use(sqlite_database: Database):
    made = Drafts(sqlite_database).create(OWNER, a_brief(), "Title")

    copy = migrations.copy_aside(sqlite_database, "0000")

    assert copy
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT id FROM drafts").fetchall() == [(made.id,)]
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_server_is_not_copied(postgres: Postgres):
    with opened(postgres.migrated()) as database:
        assert migrations.copy_aside(database, "0000") is None


def test_foreign_keys_are_enforced_again_after_a_migration(tmp_path: Path):
    file = tmp_path / "writer.db"
    shutil.copyfile(empty_database(), file)
    with opened(f"sqlite:///{file}") as database:
        with database.migrating() as connection:
            assert connection.scalar(text("PRAGMA foreign_keys")) == 0
        with database.reading() as session:
            assert session.scalar(text("PRAGMA foreign_keys")) == 1


def _pretend_to_be(database: Database, revision: str) -> None:
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_what_was_spent_before_there_were_budgets_counts(empty_url: str):
    calls = [("a", _micros(10, 31), "ada", 5), ("b", _micros(11, 1), "ada", 7), ("c", _micros(11, 30), "ada", 9)]
    calls.append(("d", _micros(11, 2), "bob", None))
    with opened(empty_url) as database:
        with database.migrating() as connection:
            command.upgrade(migrations.alembic_config(connection), "0009")
            for name, at, owner, cost in calls:
                connection.execute(
                    text(
                        "INSERT INTO usage_events VALUES (:id, :at, :owner, '', '', '', 'openai:m', 'section', 1, 1, 0,"
                        " :no, :cost, NULL, 1.0, 'ok', '', :no, :no, '', '')"
                    ),
                    {"id": name, "at": at, "owner": owner, "cost": cost, "no": False},
                )

        migrate(database)

        with database.reading() as session:
            rows = session.execute(text("SELECT month, person, route, micros FROM spending ORDER BY 1")).all()
    assert rows == [("2026-10", "ada", "openai:m", 5), ("2026-11", "ada", "openai:m", 16)]


def _micros(month: int, day: int) -> int:
    return int(datetime(2026, month, day, 23, 59, tzinfo=UTC).timestamp()) * 1_000_000
