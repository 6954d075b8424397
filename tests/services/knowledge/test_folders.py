"""Folders of this machine: what is read, what is left alone, and that what did not change costs nothing."""

import io
import os
from pathlib import Path

import pytest

from writer.domain.actors import LOCAL_ACTOR as ME
from writer.domain.errors import NotFound, UserMistake
from writer.domain.imports import ImportOutcome
from writer.domain.jobs import JobState
from writer.domain.sources import NewSource, SourceState
from writer.services.knowledge import ImportDesk
from writer.services.knowledge.folders import checked_folder, documents_in

ADDED, UPDATED, UNCHANGED, DUPLICATE, REFUSED = ImportOutcome
TIDES = (
    "# Tides\n\n## Moon\n\nThe moon moves the sea twice a day.\n\n## Sun\n\nThe sun moves it less than the moon does.\n"
)


@pytest.fixture
def folder(tmp_path) -> Path:
    """Documents, and what is none, in a folder whose path has no hidden part."""
    place = tmp_path / "notes"
    (place / "deep").mkdir(parents=True)
    (place / "tides.md").write_text(TIDES)
    (place / "deep" / "mills.txt").write_text("The old mill turns in the wind all day.")
    (place / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (place / ".secret.txt").write_text("Hidden.")
    (place / ".git").mkdir()
    (place / ".git" / "notes.txt").write_text("Hidden.")
    return place


def outcomes(studio):
    return {Path(row.place).name: row.outcome for row in studio.sources.imports(ME)[0].rows}


def imported(studio, folder):
    studio.sources.add_folder(str(folder), ME)
    errors = studio.work()
    return outcomes(studio), errors


def test_a_folder_is_taken_in_with_what_is_below_it_and_hidden_files_are_left_alone(studio, folder):
    assert imported(studio, folder) == ({"tides.md": ADDED, "mills.txt": ADDED}, [])
    assert {source.filename for source in studio.sources.listing(ME)} == {"tides.md", "mills.txt"}
    assert studio.sources.search("What moves the sea?", ME)


def test_a_second_time_nothing_is_opened_and_a_changed_file_is_the_next_revision_of_its_source(sqlite_studio, folder):
    studio = sqlite_studio
    imported(studio, folder)
    before = {s.filename: s for s in studio.sources.listing(ME)}
    passages = studio.sources.passages(before["tides.md"].id, ME)
    (folder / "deep" / "mills.txt").chmod(0)  # who opens it all the same, and is not root, gets an error
    (folder / "tides.md").write_text(TIDES.replace("less than", "much less than"))

    assert imported(studio, folder) == ({"tides.md": UPDATED, "mills.txt": UNCHANGED}, [])

    after = {s.filename: s for s in studio.sources.listing(ME)}
    now = studio.sources.passages(before["tides.md"].id, ME)
    assert (after["tides.md"].id, after["tides.md"].revision) == (before["tides.md"].id, 2)
    assert [passage.id for passage in now] == [passage.id for passage in passages]
    assert [passage.digest == old.digest for passage, old in zip(now, passages, strict=True)] == [True, False]


def test_a_file_that_was_only_touched_is_told_by_its_bytes(sqlite_studio, folder):
    imported(sqlite_studio, folder)
    os.utime(folder / "tides.md", ns=(1, 1))

    assert imported(sqlite_studio, folder)[0]["tides.md"] is UNCHANGED
    assert imported(sqlite_studio, folder)[0]["tides.md"] is UNCHANGED
    assert sqlite_studio.sources.known_files([folder], ME)[f"file:{folder}/tides.md"].stamp.endswith(":1")


def test_what_cannot_be_read_has_its_reason_and_the_others_go_on(sqlite_studio, folder):
    (folder / "bad.pdf").write_bytes(b"no pdf at all")
    (folder / "copy.md").write_text(TIDES)
    with (folder / "big.txt").open("wb") as sparse:
        sparse.truncate(500_000_000)

    found, errors = imported(sqlite_studio, folder)

    assert errors == []
    assert found == {
        "bad.pdf": REFUSED,
        "big.txt": REFUSED,
        "copy.md": ADDED,
        "mills.txt": ADDED,
        "tides.md": DUPLICATE,
    }
    reasons = {Path(row.place).name: row.sentence for row in sqlite_studio.sources.imports(ME)[0].rows}
    assert "500 MB" in reasons["big.txt"]
    assert "is not a PDF" in reasons["bad.pdf"]
    assert "This is here already as S1" in reasons["tides.md"]


def test_links_that_lead_out_of_the_folder_are_not_followed(folder, tmp_path):
    (tmp_path / "outside.txt").write_text("Outside.")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.txt").write_text("Elsewhere.")
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    (folder / "way").symlink_to(tmp_path / "elsewhere")

    assert [path.name for path in documents_in(folder)] == ["mills.txt", "tides.md"]


def test_too_many_documents_are_refused_before_one_is_read(folder):
    with pytest.raises(UserMistake, match="more than 1 documents"):
        documents_in(folder, most=1)


def test_a_folder_without_documents_ends_its_job_with_a_sentence(sqlite_studio, tmp_path):
    (tmp_path / "empty").mkdir()

    job = sqlite_studio.sources.add_folder(str(tmp_path / "empty"), ME)

    assert "no documents in this folder" in sqlite_studio.work()[0]
    assert sqlite_studio.stores.jobs.job(job.id).state is JobState.FAILED


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("", "Name a folder"),
        ("notes", "whole path"),
        ("/no/such/folder", "There is no folder"),
        ("/", "belongs to the system"),
        ("/etc", "belongs to the system"),
        ("/proc/self", "belongs to the system"),
        ("/usr/share", "belongs to the system"),
        ("/a\x00b", "Name a folder"),
        ("{folder}/tides.md", "is a file"),
        ("{folder}/.git", "belongs to the system"),
        ("{folder}/../../../../../../etc", "belongs to the system"),
        ("{data}/blobs", "belongs to the system or to Writer"),
        ("{data}/..", "belongs to the system or to Writer"),
    ],
)
def test_folders_of_the_system_and_of_writer_itself_are_refused(folder, tmp_path, path, says):
    data = tmp_path / "own" / "data"
    (data / "blobs").mkdir(parents=True)

    with pytest.raises(UserMistake, match=says):
        checked_folder(path.format(folder=folder, data=data), data)


def test_folders_are_closed_where_others_can_reach_the_app(sqlite_studio, folder):
    desk = ImportDesk(sqlite_studio.stores.sources, sqlite_studio.stores.jobs, wake=lambda: None)

    assert not desk.reads_folders
    with pytest.raises(UserMistake, match="on their own machine"):
        desk.folder(str(folder), ME)


def test_an_upload_of_the_same_name_renews_its_source_or_is_another_one_as_the_writer_wishes(sqlite_studio):
    upload = sqlite_studio.sources.upload
    first = upload("tides.md", io.BytesIO(TIDES.encode()), ME)
    same = upload("tides.md", io.BytesIO(TIDES.encode()), ME)
    renewed = upload("tides.md", io.BytesIO(b"# Tides\n\nOther words altogether."), ME)
    other = upload("tides.md", io.BytesIO(b"# Tides\n\nA third text."), ME, renews=False)
    copy = upload("copy.md", io.BytesIO(b"# Tides\n\nA third text."), ME)

    assert [taken.outcome for taken in (first, same, renewed, other, copy)] == [
        ADDED,
        UNCHANGED,
        UPDATED,
        ADDED,
        DUPLICATE,
    ]
    assert first.source.id == same.source.id == renewed.source.id != other.source.id
    assert "S2 “tides”" in copy.sentence
    assert sqlite_studio.work() == []
    assert [passage.text for passage in sqlite_studio.sources.passages(first.source.id, ME)] == [
        "Other words altogether."
    ]


def test_the_file_of_an_old_revision_is_deleted(sqlite_studio, folder):
    imported(sqlite_studio, folder)
    source = next(s for s in sqlite_studio.sources.listing(ME) if s.filename == "tides.md")
    (folder / "tides.md").write_text("Other words altogether.")

    imported(sqlite_studio, folder)

    now = sqlite_studio.sources.get(source.id, ME)
    assert now.blob != source.blob
    with pytest.raises(NotFound), sqlite_studio.blobs.path(source.blob):
        pass


def test_a_renewed_source_whose_process_died_before_its_job_began_gets_one(sqlite_studio, folder):
    imported(sqlite_studio, folder)
    source = next(s for s in sqlite_studio.sources.listing(ME) if s.filename == "tides.md")
    new = NewSource("markdown", "x", "tides.md", "other digest", source.blob, origin=source.origin)
    sqlite_studio.stores.sources.renew(source.id, new)

    assert sqlite_studio.sources.adopt_orphans() == 1
    sqlite_studio.work()
    assert sqlite_studio.sources.get(source.id, ME).state is SourceState.READY


def test_a_folder_added_to_a_collection_is_in_it_with_what_was_here_already(studio, folder):
    imported(studio, folder)
    (folder / "wheat.txt").write_text("The price of wheat fell sharply in that year.")
    shelf = studio.collections.add("Shelf", ME)

    studio.sources.add_folder(str(folder), ME, into=shelf.id)
    assert studio.work() == []
    assert outcomes(studio) == {"tides.md": UNCHANGED, "mills.txt": UNCHANGED, "wheat.txt": ADDED}
    assert len(studio.collections.members(shelf.id, ME)) == 3
