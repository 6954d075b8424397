import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from writer.domain.errors import JobStopped, NotFound, StorageError, UserMistake
from writer.domain.models import HubFile, HubModel, checked_id, wanted
from writer.hub import Disk

MODEL = HubModel("org/tiny", "a" * 40, (HubFile("config.json", 2, git_sha1="b" * 40),), licence="mit")


def never() -> bool:
    return False


def begun(disk: Disk, model: HubModel = MODEL) -> Path:
    disk.begin(model)
    with disk.staging(model.id, never) as folder:
        return Path(folder)


def test_a_model_is_there_when_it_is_whole_and_not_before(disk: Disk, tmp_path: Path):
    begun(disk).joinpath("config.json").write_text("{}")
    before = (disk.stored(), disk.plans(), disk.held(MODEL))

    made = disk.complete(MODEL)

    assert before == ([], [MODEL], 2)
    assert (disk.stored(), disk.plans()) == ([made], [])
    assert (made.id, made.licence, Path(made.folder)) == ("org/tiny", "mit", tmp_path / "models" / "org" / "tiny")
    assert sorted(path.name for path in Path(made.folder).iterdir()) == ["config.json", "writer-model.json"]


def test_a_deleted_model_leaves_nothing(disk: Disk, tmp_path: Path):
    begun(disk).joinpath("config.json").write_text("{}")
    disk.complete(MODEL)

    disk.delete(MODEL.id)

    assert disk.stored() == []
    assert not (tmp_path / "models" / "org").exists()
    with pytest.raises(NotFound):
        disk.delete(MODEL.id)


@pytest.mark.parametrize(("first", "second"), [("org", "org/tiny"), ("org/tiny", "org")])
def test_no_model_comes_to_lie_within_another(disk: Disk, first: str, second: str):
    begun(disk, replace(MODEL, id=first))
    disk.complete(replace(MODEL, id=first))

    with pytest.raises(UserMistake, match="Nothing was downloaded"):
        disk.begin(replace(MODEL, id=second))
    assert disk.plans() == []


def test_a_cancelled_download_leaves_nothing_and_cannot_be_gone_on_with(disk: Disk):
    folder = begun(disk)
    folder.joinpath("config.json.part").write_text("{")

    disk.discard(MODEL.id)

    assert not folder.exists()
    assert disk.plans() == []
    with pytest.raises(UserMistake, match="cancelled"), disk.staging(MODEL.id, never):
        pass


def test_another_commit_keeps_only_the_files_that_are_the_same(disk: Disk):
    weights = HubFile("model.safetensors", 9, sha256="c" * 64)
    folder = begun(disk, HubModel("org/tiny", "a" * 40, (*MODEL.files, weights)))
    for name in ("config.json", "model.safetensors.part", "model.safetensors.part.etag"):
        folder.joinpath(name).write_text("{}")

    changed = HubFile("model.safetensors", 9, sha256="d" * 64)
    disk.begin(HubModel("org/tiny", "e" * 40, (*MODEL.files, changed)))

    assert sorted(path.name for path in folder.iterdir() if not path.name.startswith("writer")) == ["config.json"]


def test_two_never_write_into_the_same_download(tmp_path: Path):
    turns: list[float] = []
    disk = Disk(tmp_path / "models", wait=lambda seconds, ended: turns.append(seconds))
    disk.begin(MODEL)

    with disk.staging(MODEL.id, never):
        with pytest.raises(StorageError, match="another process"), disk.staging(MODEL.id, never):
            pass
        with pytest.raises(JobStopped), disk.staging(MODEL.id, lambda: True):
            pass

    assert len(turns) > 10


def test_who_waits_for_a_download_gets_it_when_the_other_leaves(disk: Disk):
    disk.begin(MODEL)
    entered = threading.Event()

    def second() -> None:
        with disk.staging(MODEL.id, never):
            entered.set()

    thread = threading.Thread(target=second)
    with disk.staging(MODEL.id, never):
        thread.start()
        early = entered.is_set()
    thread.join(20)

    assert not early
    assert entered.is_set()


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"id": "../../etc", "size": 1}', '{"id": "org/other"}'])
def test_a_folder_with_a_strange_note_is_no_model(disk: Disk, tmp_path: Path, note: str):
    folder = tmp_path / "models" / "org" / "odd"
    folder.mkdir(parents=True)
    folder.joinpath("writer-model.json").write_text(note)

    assert disk.stored() == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "org/..",
        "../org",
        "org/a/b",
        "org/na me",
        "org//x",
        "/etc/passwd",
        "org/a--b",
        "org\\x",
        "ör/g",
        "a" * 200,
    ],
)
def test_an_id_that_is_none_is_refused(text: str):
    with pytest.raises(UserMistake, match="organisation/name"):
        checked_id(text)


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("Qwen/Qwen2.5-0.5B-Instruct", "Qwen/Qwen2.5-0.5B-Instruct"),
        (" gpt2 ", "gpt2"),
        ("https://hub.example/org/tiny", "org/tiny"),
    ],
)
def test_an_id_may_be_pasted_with_its_address(text: str, id_: str):
    assert checked_id(text) == id_


@settings(max_examples=80)
@given(st.lists(st.text(max_size=60) | st.from_regex(r"[./a-z\\]{1,12}(safetensors|json|bin|py)", fullmatch=True)))
def test_no_name_that_is_taken_leaves_the_folder_or_can_hold_code(names: list[str]):
    taken, left_out = wanted([HubFile(name, 1, "a" * 64) for name in names])

    for file in taken:
        assert (Path("/models/x") / file.name).resolve().parent == Path("/models/x")
        assert Path(file.name).suffix.lower() in (".safetensors", ".json", ".txt", ".md", ".model", ".jinja", "")
    assert {file.name for file in taken} | set(left_out) == set(names)
    assert len({file.name.casefold() for file in taken}) == len(taken)
