"""A database that is locked, full, read-only, damaged or away: one sentence each, and what was saved stays."""

import os
import shutil
import sqlite3
import tempfile
import traceback
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from tests.conftest import Postgres, opened
from tests.storage.makers import OWNER, PERSON, a_brief, a_section
from tests.storage.processes import go_on, line, worker_process
from writer.domain.errors import ConfigurationError, StorageError
from writer.storage import Database, faults, migrate, open_database
from writer.storage.drafts import Drafts


def test_a_lock_held_by_another_program_gives_a_sentence_and_passes(sqlite_database: Database):
    file = sqlite_database.file
    with opened(f"sqlite:///{file}", wait_s=0.05) as database, worker_process(file, "-", "hold") as other:
        assert line(other) == "held"
        with pytest.raises(StorageError) as refused:
            Drafts(database).create(OWNER, a_brief(), "Title")
        assert Drafts(database).listing(OWNER) == []
        go_on(other)
        other.wait()
        Drafts(database).create(OWNER, a_brief(), "Title")

    assert str(refused.value) == faults.LOCKED


def test_a_row_locked_on_the_server_gives_the_same_sentence(postgres: Postgres):
    url = postgres.migrated()
    with opened(url, wait_s=0.05) as database, opened(url) as other:
        draft = Drafts(database).create(OWNER, a_brief(), "Title")
        with other.writing() as session:
            session.execute(text("SELECT id FROM drafts FOR UPDATE"))
            with pytest.raises(StorageError) as refused:
                Drafts(database).save(draft.id, 1, PERSON, title="New", sections=[])
        saved = Drafts(database).save(draft.id, 1, PERSON, title="New", sections=[])

    assert (str(refused.value), saved.title) == (faults.LOCKED, "New")


def test_a_full_disk_gives_a_sentence_keeps_what_was_saved_and_passes(sqlite_database: Database):
    drafts = Drafts(sqlite_database)
    draft = drafts.create(OWNER, a_brief(), "Title")
    saved = drafts.save(draft.id, 1, PERSON, title="Title", sections=[a_section("s1", "Kept.")])
    sqlite_database.dispose()
    limit = 0

    def fill(connection: Any, _entry: Any) -> None:
        if limit:
            connection.execute(f"PRAGMA max_page_count = {limit}")

    event.listen(sqlite_database.engine, "connect", fill)
    with sqlite_database.reading() as session:
        limit = session.scalar(text("PRAGMA page_count")) + 2
    sqlite_database.dispose()

    with pytest.raises(StorageError) as refused:
        drafts.save(draft.id, 2, PERSON, title="Title", sections=[a_section("s1", "Too long. " * 100_000)])

    assert str(refused.value) == faults.DISK_FULL
    assert drafts.get(draft.id) == saved
    limit = 0
    sqlite_database.dispose()
    grown = drafts.save(draft.id, 2, PERSON, title="Title", sections=[a_section("s1", "Too long. " * 100_000)])
    assert grown.revision == 3


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a process as somebody who may not write")
def test_a_file_that_may_only_be_read_is_read_and_gives_a_sentence_on_saving(sqlite_database: Database):
    assert sqlite_database.file
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # pytest's own folders are closed to others
        Drafts(sqlite_database).create(OWNER, a_brief(), "Title")
        sqlite_database.dispose()
        shutil.copyfile(sqlite_database.file, folder / "writer.db")
        (folder / "writer.db").chmod(0o444)
        folder.chmod(0o755)

        with (
            opened(f"sqlite:///{folder / 'writer.db'}") as ours,
            worker_process(folder / "writer.db", "-", "read-only") as other,
        ):
            Drafts(ours).listing(OWNER)
            assert [line(other), line(other)] == ["read 1", faults.READ_ONLY]


def test_a_database_opened_read_only_gives_the_same_sentence(sqlite_database: Database):
    Drafts(sqlite_database).create(OWNER, a_brief(), "Title")

    with opened(f"sqlite:///file:{sqlite_database.file}?mode=ro&uri=true") as database:
        assert len(Drafts(database).listing(OWNER)) == 1
        with pytest.raises(StorageError) as refused:
            Drafts(database).create(OWNER, a_brief(), "Title")

    assert str(refused.value) == faults.READ_ONLY


def test_no_text_of_the_writer_reaches_a_traceback(empty_url: str):
    canary = "-".join(["sk", "canary"])  # a traceback shows this line as well
    with opened(empty_url) as database, pytest.raises(StorageError) as fault:
        Drafts(database).create(OWNER, a_brief(), canary)

    assert canary not in "".join(traceback.format_exception(fault.value))
    assert "INSERT INTO drafts" in str(fault.value.__cause__)


def test_a_file_that_is_no_database_gives_a_sentence(tmp_path: Path):
    file = tmp_path / "writer.db"
    file.write_bytes(b"This is a letter, not a database. " * 100)

    with opened(f"sqlite:///{file}") as database:
        with pytest.raises(StorageError) as refused:
            Drafts(database).listing(OWNER)
        with pytest.raises(StorageError):
            migrate(database)

    assert str(refused.value) == faults.DAMAGED
    assert file.read_bytes().startswith(b"This is a letter")


def test_a_folder_where_the_file_should_be_gives_a_sentence(tmp_path: Path):
    with opened(f"sqlite:///{tmp_path}") as database, pytest.raises(StorageError) as refused:
        Drafts(database).listing(OWNER)

    assert str(refused.value) == faults.CANNOT_OPEN


def test_a_data_folder_that_cannot_be_made_gives_a_sentence(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StorageError):
        open_database(f"sqlite:///{tmp_path}/file/data/writer.db")


def test_a_database_without_tables_says_what_to_run(empty_url: str):
    with opened(empty_url) as database, pytest.raises(StorageError) as refused:
        Drafts(database).listing(OWNER)

    assert str(refused.value) == faults.NOT_SET_UP


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/writer", "postgres://nobody@/writer?host=/nowhere"])
def test_a_server_that_is_away_gives_a_sentence(url: str):
    with opened(url) as database, pytest.raises(StorageError) as refused:
        Drafts(database).listing(OWNER)

    assert str(refused.value) == faults.UNREACHABLE


def test_a_server_without_that_database_gives_a_sentence(postgres: Postgres):
    url = postgres.migrated().replace("/writer?", "/missing?")

    with opened(url) as database, pytest.raises(StorageError) as refused:
        Drafts(database).listing(OWNER)

    assert str(refused.value) == faults.REFUSED


def test_a_connection_that_the_server_dropped_is_replaced(postgres: Postgres):
    with opened(postgres.migrated()) as database:
        drafts = Drafts(database)
        with database.reading() as session:
            mine = session.scalar(text("SELECT pg_backend_pid()"))
        postgres.run(f"SELECT pg_terminate_backend({mine})")

        assert drafts.listing(OWNER) == []


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_cannot_be_used_is_refused_before_anything_is_opened(url: str):
    with pytest.raises(ConfigurationError):
        open_database(url)


def test_no_room_for_the_log_of_writes_is_a_full_disk():
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"

    assert faults.sentence_about(error) == faults.DISK_FULL
