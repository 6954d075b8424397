import json
import shutil
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.providers.local.conftest import loaded_from
from writer.domain.errors import NotFound, UserMistake
from writer.domain.ports.local_models import DeviceOffer, LocalChoice, Precision, Quantisation
from writer.providers.local import devices
from writer.providers.local.memory import estimated
from writer.providers.local.shortage import is_shortage
from writer.providers.local.weights import located, read_weights

CPU = DeviceOffer(
    "cpu", "Processor", 10**12, (Precision.FLOAT32, Precision.BFLOAT16), (Quantisation.NONE, Quantisation.INT8)
)
CUDA = DeviceOffer(
    "cuda:0",
    "A card (cuda:0)",
    10**12,
    (Precision.FLOAT32, Precision.BFLOAT16, Precision.FLOAT16),
    (Quantisation.NONE,),
)


def of(folder: Path, choice: LocalChoice, *offers: DeviceOffer, limit: int | None = None) -> Any:
    return estimated(read_weights(folder), choice, list(offers or (CPU,)), limit)


@pytest.mark.parametrize("precision", [Precision.FLOAT32, Precision.BFLOAT16])
def test_the_estimate_of_the_weights_is_what_they_take(tiny_model: Path, precision: Precision):
    loaded = loaded_from(tiny_model, precision=precision)
    held = sum(parameter.numel() * parameter.element_size() for parameter in loaded.model.parameters())

    assert of(tiny_model, LocalChoice(precision=precision)).weights == held


def test_the_estimate_of_eight_bits_is_what_they_take(tiny_model: Path):
    loaded = loaded_from(tiny_model, quantisation=Quantisation.INT8)
    tensors = [*loaded.model.parameters(), *loaded.model.buffers()]
    held = sum(tensor.numel() * tensor.element_size() for tensor in tensors)

    estimate = of(tiny_model, LocalChoice(quantisation=Quantisation.INT8))

    assert estimate.choice.precision is Precision.BFLOAT16
    assert estimate.weights == pytest.approx(held, rel=0.1)
    assert estimate.weights < of(tiny_model, LocalChoice(precision=Precision.BFLOAT16)).weights


def test_the_estimate_of_the_cache_is_what_a_full_context_takes(tiny_model: Path):
    import torch

    from writer.providers.local.cache import new_cache

    loaded = loaded_from(tiny_model)
    cache = new_cache(loaded.model)
    with torch.inference_mode():
        loaded.model(input_ids=torch.ones((1, 256), dtype=torch.long), past_key_values=cache)
    held = sum(layer.keys.numel() * 4 + layer.values.numel() * 4 for layer in cache.layers)
    weights = read_weights(tiny_model)

    assert weights.per_token * 4 * 256 == held
    assert weights.tokens == 256


def test_more_contexts_at_once_need_more(tiny_model: Path):
    one, four = (of(tiny_model, LocalChoice(together=count)).cache for count in (1, 4))

    assert one < four


def test_what_does_not_fit_is_said_with_a_choice_that_would(tiny_model: Path):
    whole = of(tiny_model, LocalChoice(precision=Precision.FLOAT32))
    limit = (whole.peak + of(tiny_model, LocalChoice(precision=Precision.BFLOAT16)).peak) // 2 + 10_000_000

    small = replace(read_weights(tiny_model), numbers=50_000_000)
    estimate = estimated(small, LocalChoice(precision=Precision.FLOAT32), [CPU], limit=150_000_000)

    assert whole.fits
    assert of(tiny_model, LocalChoice(precision=Precision.FLOAT32), limit=limit).fits
    assert not estimate.fits
    assert estimate.smaller
    assert estimate.smaller[0].precision is Precision.BFLOAT16
    assert "That does not fit: only 0.1 GB" in estimate.sentence or "are free" in estimate.sentence
    assert "Choose bfloat16" in estimate.sentence


def test_a_model_that_fits_in_no_way_says_so(tiny_model: Path):
    estimate = of(tiny_model, LocalChoice(), limit=1000)

    assert not estimate.fits
    assert estimate.smaller == ()
    assert "Choose a smaller model" in estimate.sentence


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        (LocalChoice(device="cuda"), "no device “cuda”.*There is: cpu"),
        (LocalChoice(precision=Precision.FLOAT16), "not used with float16"),
        (LocalChoice(quantisation=Quantisation.INT4), "does not run models in int4"),
    ],
)
def test_what_the_machine_does_not_have_is_refused_with_a_sentence(
    tiny_model: Path, choice: LocalChoice, sentence: str
):
    with pytest.raises(UserMistake, match=sentence):
        of(tiny_model, choice)


def test_automatic_takes_the_best_device_and_the_stored_precision(tiny_model: Path):
    stored = replace(read_weights(tiny_model), stored="float16")

    assert estimated(stored, LocalChoice(), [CUDA, CPU], None).choice.device == "cuda:0"
    assert estimated(stored, LocalChoice(), [CUDA, CPU], None).choice.precision is Precision.FLOAT16
    on_cpu = estimated(stored, LocalChoice(device="cpu"), [CUDA, CPU], None).choice.precision
    assert on_cpu in (Precision.BFLOAT16, Precision.FLOAT32)


def test_only_devices_that_are_there_are_offered():
    import torch

    found = [offer.name for offer in devices.offers()]

    assert found[-1] == "cpu"
    assert any(name.startswith("cuda") for name in found) == torch.cuda.is_available()
    assert ("mps" in found) == torch.backends.mps.is_available()
    assert devices.offers()[-1].free_bytes > 0


def test_eight_bits_change_little(tiny_model: Path):
    """A tenth at most of what the model says of the next token, for few rows and for many."""
    import torch

    whole, small = (
        loaded_from(tiny_model, precision=Precision.BFLOAT16, quantisation=q).model
        for q in (Quantisation.NONE, Quantisation.INT8)
    )
    for length in (4, 40):
        ids = torch.arange(4, 4 + length)[None]
        with torch.inference_mode():
            one, other = (model(input_ids=ids).logits[0, -1].float().softmax(-1) for model in (whole, small))
        assert float((one - other).abs().sum()) < 0.1


def test_few_rows_are_multiplied_as_many_are():
    import torch

    from writer.providers.local.narrow import Narrow

    plain, other = torch.nn.Linear(48, 32), torch.nn.Linear(48, 32)
    other.load_state_dict(plain.state_dict())
    other.__class__ = Narrow
    for shape in ((1, 48), (1, 1, 48), (3, 1, 48), (4, 1, 48), (2, 9, 48)):
        given = torch.randn(shape)
        assert torch.allclose(plain(given), other(given), atol=1e-5)
        assert plain(given).shape == other(given).shape


@pytest.mark.parametrize("name", ["", "..", "../x", "a/../b", "a/b/c", "x\x00y", "no/such", ".hidden"])
def test_a_name_never_leads_out_of_the_folder_of_models(tmp_path: Path, name: str):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "models").mkdir()

    with pytest.raises(NotFound, match="no model"):
        located(name, tmp_path / "models")


def test_a_model_is_found_by_its_name_under_the_folder_of_models(tmp_path: Path):
    (tmp_path / "org" / "name").mkdir(parents=True)
    (tmp_path / "org" / "name" / "config.json").write_text("{}")

    assert located("org/name", tmp_path) == tmp_path / "org" / "name"


@pytest.mark.parametrize(
    "data",
    [b"", b"12345678", struct.pack("<Q", 10**15) + b"{}", struct.pack("<Q", 2) + b"[]", struct.pack("<Q", 3) + b"{x}"],
)
def test_a_damaged_file_is_refused_with_a_sentence(tiny_model: Path, tmp_path: Path, data: bytes):
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    (folder / "model.safetensors").write_bytes(data)

    with pytest.raises(UserMistake, match="damaged"):
        read_weights(folder)


def test_an_index_never_names_files_elsewhere(tiny_model: Path, tmp_path: Path):
    folder = tmp_path / "model"
    shutil.copytree(tiny_model, folder)
    index = {"weight_map": {"a": "../model.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))

    with pytest.raises(UserMistake, match="no complete weights"):
        read_weights(folder)


def test_running_out_of_memory_is_told_from_other_faults():
    import torch

    assert is_shortage(MemoryError())
    assert is_shortage(torch.OutOfMemoryError("CUDA out of memory"))
    assert not is_shortage(RuntimeError("shapes do not match"))
    with pytest.raises(RuntimeError) as real:
        torch.empty(2**55)
    assert is_shortage(real.value)
