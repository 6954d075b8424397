import io
import tarfile
from pathlib import Path

import pytest

from tests.conftest import Postgres, opened
from tests.storage.makers import OWNER, PERSON, a_brief, a_section
from writer.domain.errors import StorageError, UserMistake
from writer.domain.ports.settings import ProviderAccount
from writer.security.cipher import FileCipher
from writer.storage import Database, LocalBlobs, Stores, back_up, restore
from writer.storage.drafts import Drafts

BLOB = "0123456789abcdef" * 2


def a_backup(database: Database, folder: Path) -> Path:
    back_up(database, folder / "blobs", folder / "backup.tar.gz")
    return folder / "backup.tar.gz"


def test_a_backup_made_while_the_app_runs_comes_back_whole(sqlite_database: Database, tmp_path: Path):
    drafts = Drafts(sqlite_database)
    draft = drafts.save(drafts.create(OWNER, a_brief(), "T").id, 1, PERSON, title="T", sections=[a_section("s1")])
    blobs = LocalBlobs(tmp_path / "blobs")
    name = blobs.put(io.BytesIO(b"a file"))
    archive = a_backup(sqlite_database, tmp_path)
    drafts.trash(draft.id)

    new = tmp_path / "new"
    assert restore(archive, new / "writer.db", new / "blobs") is None

    with opened(f"sqlite:///{new / 'writer.db'}") as database, LocalBlobs(new / "blobs").path(name) as file:
        assert Drafts(database).get(draft.id) == draft
        assert file.read_bytes() == b"a file"


def test_a_restore_keeps_the_database_that_was_there(sqlite_database: Database, tmp_path: Path):
    drafts = Drafts(sqlite_database)
    archive = a_backup(sqlite_database, tmp_path)
    later = drafts.create(OWNER, a_brief(), "Made after the backup")
    assert sqlite_database.file
    sqlite_database.dispose()

    kept = restore(archive, sqlite_database.file, tmp_path / "blobs")

    assert drafts.listing(OWNER) == []
    with opened(f"sqlite:///{kept}") as database:
        assert Drafts(database).get(later.id) == later
    sqlite_database.dispose()
    with pytest.raises(StorageError, match="earlier restore"):
        restore(archive, sqlite_database.file, tmp_path / "blobs")


def test_no_secret_is_in_a_backup(sqlite_database: Database, tmp_path: Path):
    cipher = FileCipher(tmp_path / "secret.key")
    Stores(sqlite_database, cipher).settings.save_account(OWNER, ProviderAccount("a", "openai", key="sk-canary"))

    with tarfile.open(a_backup(sqlite_database, tmp_path)) as archive:
        contents = [file.read() for member in archive if (file := archive.extractfile(member))]

    secret = (tmp_path / "secret.key").read_bytes()
    assert not any(b"canary" in content or secret in content for content in contents)


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


@pytest.mark.parametrize(
    "evil",
    [
        member("/etc/cron.d/evil"),
        member("../evil"),
        member("blobs/../../evil"),
        member(f"blobs/../{BLOB}"),
        member(f"/blobs/{BLOB}"),
        member(f"blobs//{BLOB}"),
        member(f"./blobs/{BLOB}"),
        member("secret.key"),
        member("blobs/evil.sh"),
        member(f"blobs/{BLOB}", tarfile.SYMTYPE, "/etc/passwd"),
        member(f"blobs/{BLOB}", tarfile.LNKTYPE, "writer.db"),
        member(f"blobs/{BLOB}", tarfile.CHRTYPE),
        member(f"blobs/{BLOB}", tarfile.BLKTYPE),
        member(f"blobs/{BLOB}", tarfile.FIFOTYPE),
        member(f"blobs/{BLOB}", tarfile.DIRTYPE),
        member("writer.db", tarfile.SYMTYPE, "/etc/passwd"),
    ],
    ids=lambda info: f"{info.name} {info.type!r}",
)
def test_an_archive_with_a_member_of_another_kind_is_refused_as_a_whole(
    sqlite_database: Database, tmp_path: Path, evil: tarfile.TarInfo
):
    good = a_backup(sqlite_database, tmp_path)
    with tarfile.open(good) as archive, tarfile.open(tmp_path / "evil.tar", "w") as bad:
        database = archive.getmember("writer.db")
        bad.addfile(database, archive.extractfile(database))
        bad.addfile(evil)
    target = tmp_path / "in" / "target"

    with pytest.raises(UserMistake, match="Nothing was restored"):
        restore(tmp_path / "evil.tar", target / "writer.db", target / "blobs")

    assert not target.exists()
    assert not (tmp_path / "in" / "evil").exists()


@pytest.mark.parametrize("content", [b"", b"not an archive", b"\x1f\x8b\x08\x00broken"])
def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, content: bytes):
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(UserMistake):
        restore(tmp_path / "file", tmp_path / "writer.db", tmp_path / "blobs")

    assert not (tmp_path / "writer.db").exists()


def test_an_archive_cut_short_is_refused_and_changes_nothing(sqlite_database: Database, tmp_path: Path):
    assert sqlite_database.file
    LocalBlobs(tmp_path / "blobs").put(io.BytesIO(bytes(range(256)) * 1000))
    archive = a_backup(sqlite_database, tmp_path)
    archive.write_bytes(archive.read_bytes()[:-200])

    with pytest.raises(UserMistake):
        restore(archive, sqlite_database.file, tmp_path / "blobs")

    assert Drafts(sqlite_database).listing(OWNER) == []


def test_a_damaged_database_in_an_archive_is_refused(tmp_path: Path):
    with tarfile.open(tmp_path / "bad.tar", "w") as bad:
        info = member("writer.db")
        info.size = 4096
        bad.addfile(info, io.BytesIO(b"z" * 4096))

    with pytest.raises(UserMistake, match="damaged"):
        restore(tmp_path / "bad.tar", tmp_path / "writer.db", tmp_path / "blobs")


def test_a_server_is_backed_up_by_its_own_tools(postgres: Postgres, tmp_path: Path):
    with opened(postgres.migrated()) as database, pytest.raises(UserMistake, match="pg_dump"):
        back_up(database, tmp_path, tmp_path / "backup.tar.gz")


def test_a_backup_to_where_nothing_can_be_written_gives_a_sentence(sqlite_database: Database, tmp_path: Path):
    with pytest.raises(StorageError):
        back_up(sqlite_database, tmp_path / "blobs", tmp_path / "missing" / "backup.tar.gz")
