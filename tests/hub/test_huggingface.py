import json
from pathlib import Path

import pytest

from tests.hub.conftest import Serve, hub_of
from tests.support.hub_server import TOKEN, Fault, HubSite, a_model, weights
from writer.domain.errors import (
    JobStopped,
    NotFound,
    ProviderUnavailable,
    ReplyInvalid,
    RequestRejected,
    StorageError,
    UserMistake,
)
from writer.domain.models import HubModel, Progress
from writer.hub import Disk, HuggingFaceHub
from writer.security.streaming import streaming

NAME = "org/tiny"
WEIGHTS = "model.safetensors"


def never() -> bool:
    return False


def fetched(hub: HuggingFaceHub, disk: Disk, model: HubModel, *, token: str = "", ended=never) -> list[Progress]:
    told: list[Progress] = []
    disk.begin(model)
    with disk.staging(model.id, never) as folder:
        hub.download(model, folder, token, told.append, ended)
    return told


def content_of(disk: Disk, model: HubModel) -> dict[str, bytes]:
    folder = Path(disk.complete(model).folder)
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "writer-model.json"}


def test_a_model_is_described_before_anything_of_it_is_downloaded(serve: Serve):
    site = serve(HubSite({NAME: a_model()}))

    model = hub_of(site).describe(NAME)

    assert (model.licence, model.task, model.parameters, model.gated) == ("apache-2.0", "text-generation", 1000, False)
    assert [file.name for file in model.files] == [
        "LICENSE",
        "README.md",
        "config.json",
        "tokenizer.json",
        WEIGHTS,
    ]
    assert model.size == sum(len(site.models[NAME][file.name]) for file in model.files)
    assert set(model.left_out) == {"pytorch_model.bin", "modeling_tiny.py", "onnx/model.onnx", ".gitattributes"}
    assert len(site.requests) == 1


def test_only_the_listed_files_are_asked_for_and_every_byte_is_the_hubs(serve: Serve, disk: Disk):
    site = serve(HubSite({NAME: a_model()}))
    hub = hub_of(site)
    model = hub.describe(NAME)

    told = fetched(hub, disk, model)

    content = content_of(disk, model)
    assert content == {file.name: site.models[NAME][file.name] for file in model.files}
    assert not any(asked.path.endswith((".bin", ".py", ".onnx")) for asked in site.requests)
    assert (told[0].done, told[-1].done, told[-1].total) == (0, model.size, model.size)
    assert [progress.done for progress in told] == sorted(progress.done for progress in told)
    assert {"verifying"} <= {"verifying" for progress in told if progress.verifying == WEIGHTS}


@pytest.mark.parametrize("after", [1, 70_000, 199_999])
def test_a_connection_that_is_cut_is_gone_on_with_where_it_broke(serve: Serve, disk: Disk, after: int):
    site = serve(HubSite({NAME: a_model()}))
    hub = hub_of(site)
    model = hub.describe(NAME)
    site.faults.append(Fault(WEIGHTS, "cut", after))

    fetched(hub, disk, model)

    first, second = site.asked_for(WEIGHTS)
    assert (first.headers.get("range"), second.headers["range"]) == (None, f"bytes={after}-")
    assert second.headers["if-range"] == '"v1"'
    assert site.sent == model.size
    assert content_of(disk, model)[WEIGHTS] == site.models[NAME][WEIGHTS]


def test_another_process_goes_on_with_what_is_on_the_disk(serve: Serve, disk: Disk, tmp_path: Path):
    site = serve(HubSite({NAME: a_model()}))
    hub = hub_of(site)
    model = hub.describe(NAME)
    site.faults += [Fault(WEIGHTS, "cut", 50_000), *[Fault(WEIGHTS, 503)] * 5]
    with pytest.raises(ProviderUnavailable):
        fetched(hub, disk, model)

    again = Disk(tmp_path / "models")
    told = fetched(hub_of(site), again, again.plans()[0])

    assert told[0].done > 50_000
    assert site.sent == model.size
    assert content_of(again, model)[WEIGHTS] == site.models[NAME][WEIGHTS]


def test_a_file_that_became_another_meanwhile_is_begun_anew_and_refused(serve: Serve, disk: Disk):
    site = serve(HubSite({NAME: a_model()}))
    hub = hub_of(site)
    model = hub.describe(NAME)
    site.faults += [Fault(WEIGHTS, "cut", 50_000), *[Fault(WEIGHTS, 503)] * 5]
    with pytest.raises(ProviderUnavailable):
        fetched(hub, disk, model)
    site.etag, site.models[NAME][WEIGHTS] = "v2", weights(200_000, seed=2)

    with pytest.raises(UserMistake, match="is not the file that"):
        fetched(hub, disk, model)

    assert disk.held(model) < 50_000
    assert disk.stored() == []


def test_a_server_that_ignores_ranges_is_read_from_the_start(serve: Serve, disk: Disk):
    site = serve(HubSite({NAME: a_model()}, ranged=False))
    hub = hub_of(site)
    model = hub.describe(NAME)
    site.faults.append(Fault(WEIGHTS, "cut", 90_000))

    told = fetched(hub, disk, model)

    assert told[-1].done == model.size
    assert content_of(disk, model)[WEIGHTS] == site.models[NAME][WEIGHTS]


@pytest.mark.parametrize(("kind", "sentence"), [("garbled", "changed or damaged"), ("longer", "changed or damaged")])
def test_bytes_that_are_not_the_announced_ones_are_thrown_away(serve: Serve, disk: Disk, kind: str, sentence: str):
    site = serve(HubSite({NAME: a_model()}))
    hub = hub_of(site)
    model = hub.describe(NAME)
    site.faults.append(Fault(WEIGHTS, kind))

    with pytest.raises(UserMistake, match=sentence):
        fetched(hub, disk, model)
    assert disk.stored() == []
    assert disk.held(model) == model.size - len(site.models[NAME][WEIGHTS])

    fetched(hub, disk, model)
    assert content_of(disk, model)[WEIGHTS] == site.models[NAME][WEIGHTS]


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json"])
def test_small_files_are_checked_too(serve: Serve, disk: Disk, name: str):
    site = serve(HubSite({NAME: a_model()}))
    hub = hub_of(site)
    model = hub.describe(NAME)
    site.faults.append(Fault(name, "garbled"))

    with pytest.raises(UserMistake, match=f"{name} is not the file"):
        fetched(hub, disk, model)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\x80\x04pickle that calls itself safetensors",
        weights(1000)[:-1],
        weights(1000) + b"\x00",
        (2**63).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"[]" + b"1234",
    ],
)
def test_weights_that_are_no_safetensors_are_refused_though_the_hub_announced_them(
    serve: Serve, disk: Disk, broken: bytes
):
    site = serve(HubSite({NAME: {**a_model(), WEIGHTS: broken}}))
    hub = hub_of(site)
    model = hub.describe(NAME)

    with pytest.raises(UserMistake, match="not a whole safetensors file"):
        fetched(hub, disk, model)
    assert disk.stored() == []


@pytest.mark.parametrize(
    "name",
    [
        "../../escape.safetensors",
        "/etc/cron.d/model.safetensors",
        "sub/model.safetensors",
        "..\\model.safetensors",
        "model.safetensors\x00.json",
        "C:model.safetensors",
        ".config.json",
        "pytorch_model.bin",
        "model.pt",
        "weights.pkl",
        "modeling.py",
        "tokenizer.py",
        "tokenizer.json.py",
        "config.json\n",
        "con" * 300 + ".safetensors",
    ],
)
def test_names_that_lead_elsewhere_or_can_hold_code_are_left_out(serve: Serve, name: str):
    site = serve(HubSite({NAME: {**a_model(), name: b"x"}}))

    model = hub_of(site).describe(NAME)

    assert name not in {file.name for file in model.files}


def test_an_index_that_names_other_files_is_refused(serve: Serve, disk: Disk):
    index = json.dumps({"weight_map": {"w": "../../elsewhere.safetensors"}}).encode()
    site = serve(HubSite({NAME: {**a_model(), "model.safetensors.index.json": index}}))
    hub = hub_of(site)

    with pytest.raises(UserMistake, match="names files that were not downloaded"):
        fetched(hub, disk, hub.describe(NAME))


def test_a_gated_model_says_what_to_do_and_comes_with_a_token_that_no_other_host_sees(serve: Serve, disk: Disk):
    site = serve(HubSite({NAME: a_model()}, gated=True))
    hub = hub_of(site)
    model = hub.describe(NAME)

    with pytest.raises(UserMistake, match=r"is gated.*accept the terms.*access token"):
        fetched(hub, disk, model)
    with pytest.raises(UserMistake, match="is gated"):
        fetched(hub, disk, model, token="hf_another")
    fetched(hub, disk, model, token=TOKEN)

    assert model.gated
    stored = [asked for asked in site.requests if asked.path.startswith("/stored/")]
    assert len(stored) == len(model.files)
    assert not any("authorization" in asked.headers for asked in stored)


def test_a_model_that_is_not_there_is_a_sentence(serve: Serve):
    site = serve(HubSite({}))

    with pytest.raises(NotFound, match="knows no model org/tiny, or it is private"):
        hub_of(site).describe(NAME)


@pytest.mark.parametrize("raw", [b"<html>", b"[]", b'{"sha": "main"}', b'{"sha": 7}', b"[" * 100_000])
def test_an_answer_that_is_no_model_is_a_sentence(serve: Serve, raw: bytes):
    site = serve(HubSite({NAME: {}}, announced={"raw": raw}))

    with pytest.raises(ReplyInvalid, match="127"):
        hub_of(site).describe(NAME)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"model.gguf": b"GGUF", "config.json": b"{}"}, "GGUF"),
        ({"pytorch_model.bin": b"x", "config.json": b"{}"}, "no weights in safetensors"),
        ({WEIGHTS: weights(8)}, r"no config\.json"),
    ],
)
def test_a_model_that_cannot_be_used_says_why(serve: Serve, files: dict[str, bytes], reason: str):
    site = serve(HubSite({NAME: files}))

    assert reason.replace("\\", "") in hub_of(site).describe(NAME).obstacle


def test_what_has_no_checksum_is_not_downloaded(serve: Serve):
    site = serve(HubSite({NAME: a_model()}))
    siblings = [{"rfilename": name, "size": len(content)} for name, content in site.models[NAME].items()]
    site.announced["siblings"] = siblings

    assert "no checksum" in hub_of(site).describe(NAME).obstacle


def test_a_size_that_no_disk_can_hold_is_not_believed(serve: Serve):
    site = serve(HubSite({NAME: a_model()}))
    named = {"rfilename": WEIGHTS, "size": 10**400, "blobId": "0" * 40}
    site.announced["siblings"] = [{"rfilename": "config.json", "size": 2, "blobId": "0" * 40}, named]

    assert "no checksum" in hub_of(site).describe(NAME).obstacle


def test_a_stopped_download_closes_its_connection_while_the_server_is_silent(serve: Serve, disk: Disk):
    site = serve(HubSite({NAME: a_model()}))
    hub = hub_of(site)
    model = hub.describe(NAME)
    site.faults.append(Fault(WEIGHTS, "stall", 30_000))

    with pytest.raises(JobStopped):
        fetched(hub, disk, model, ended=lambda: disk.held(model) > 30_000)

    assert 30_000 < disk.held(model) < model.size


def test_the_hub_cannot_lead_into_the_own_network(serve: Serve, disk: Disk):
    site = serve(HubSite({NAME: a_model()}))
    hub = HuggingFaceHub(
        site.url,
        lambda url, **how: streaming(url, allow_private=frozenset({site.host}), **how),
        wait=lambda seconds, ended: None,
    )

    with pytest.raises(RequestRejected, match="private network"):
        fetched(hub, disk, hub.describe(NAME))


def test_a_disk_that_is_full_keeps_what_came(serve: Serve, disk: Disk, tmp_path: Path):
    site = serve(HubSite({NAME: a_model()}))
    hub = hub_of(site)
    model = hub.describe(NAME)
    disk.begin(model)
    with disk.staging(NAME, never) as folder:
        Path(folder, f"{WEIGHTS}.part").symlink_to("/dev/full")
        with pytest.raises(StorageError, match=r"No space left.*is kept"):
            hub.download(model, folder, "", lambda progress: None, never)

    assert disk.held(model) > 0
