import asyncio
import json
import re
import shutil
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.providers.conftest import SCHEMA, a_request
from writer.domain.completions import Message, StopReason, TextDelta, collected
from writer.domain.errors import RequestRejected
from writer.domain.ports.settings import ProviderAccount
from writer.providers.huggingface import HuggingFace

ACCOUNT = ProviderAccount("huggingface", "huggingface")
SOURCE = Path(__file__).parents[2] / "writer"


async def test_tokens_are_counted_and_the_allowance_is_kept(tiny_model: Path):
    reply = await collected(HuggingFace(ACCOUNT, str(tiny_model)).stream(a_request(max_output_tokens=9)))

    assert reply.finished.tokens.output <= 9
    assert reply.finished.tokens.input > 5
    assert not reply.finished.tokens.estimated
    assert (reply.finished.stop_reason is StopReason.LENGTH) == (reply.finished.tokens.output == 9)


async def test_a_prompt_that_is_too_long_is_refused_with_a_sentence(tiny_model: Path):
    with pytest.raises(RequestRejected, match=r"has \d+ tokens, and this model can read 256"):
        await collected(HuggingFace(ACCOUNT, str(tiny_model)).stream(a_request("many words " * 300)))


async def test_a_reply_never_runs_past_the_models_context(tiny_model: Path):
    reply = await collected(
        HuggingFace(ACCOUNT, str(tiny_model)).stream(a_request("word " * 40, max_output_tokens=5000))
    )

    assert reply.finished.tokens.input + reply.finished.tokens.output <= 256


@pytest.mark.parametrize("temperature", [0.0, 0.8])
async def test_another_seed_matters_only_where_there_is_chance(tiny_model: Path, temperature: float):
    texts = {
        (await collected(HuggingFace(ACCOUNT, str(tiny_model), seed=s).stream(a_request(temperature=temperature)))).text
        for s in (1, 2)
    }

    assert len(texts) == (1 if temperature == 0 else 2)


async def test_stop_ends_the_generation_and_frees_the_model(tiny_model: Path):
    local = HuggingFace(ACCOUNT, str(tiny_model))
    full = await collected(local.stream(a_request(temperature=0.0, max_output_tokens=200)))
    stream = local.stream(a_request(temperature=0.0, max_output_tokens=200))

    async with aclosing(stream):
        first = await anext(stream)
    again = await asyncio.wait_for(collected(local.stream(a_request(temperature=0.0, max_output_tokens=200))), 60)

    assert isinstance(first, TextDelta)
    assert again == full


async def test_a_conversation_and_a_schema_are_put_into_the_models_own_words(tiny_model: Path):
    messages = (Message("system", "Be brief."), Message("user", "Hello."))

    reply = await collected(
        HuggingFace(ACCOUNT, str(tiny_model)).stream(
            a_request(messages=messages, reply_schema=SCHEMA.replace(" ", ""), max_output_tokens=2)
        )
    )

    assert reply.finished.tokens.input > 60


async def test_a_model_that_is_not_here_is_refused_with_a_sentence(tmp_path: Path):
    with pytest.raises(RequestRejected, match=r"no model .* on this machine"):
        await collected(HuggingFace(ACCOUNT, str(tmp_path / "nowhere")).stream(a_request()))


CANARY = """
from pathlib import Path
Path({canary!r}).write_text("code from the model's folder was run")
from transformers import {base}
class {name}({base}):
    model_type = "custom"
"""


@pytest.mark.parametrize("model_type", ["custom", "qwen2"])
async def test_code_in_a_models_folder_is_never_run(tiny_model: Path, tmp_path: Path, model_type: str):
    folder, canary = tmp_path / "model", tmp_path / "canary"
    shutil.copytree(tiny_model, folder)
    (folder / "evil.py").write_text(CANARY.format(canary=str(canary), base="PretrainedConfig", name="Evil"))
    config = json.loads((folder / "config.json").read_text())
    config |= {
        "model_type": model_type,
        "auto_map": {"AutoConfig": "evil.Evil", "AutoModelForCausalLM": "evil.Evil", "AutoTokenizer": "evil.Evil"},
    }
    (folder / "config.json").write_text(json.dumps(config))

    outcome = await asyncio.gather(
        collected(HuggingFace(ACCOUNT, str(folder)).stream(a_request(max_output_tokens=2))), return_exceptions=True
    )

    assert not canary.exists()
    assert isinstance(outcome[0], RequestRejected) == (model_type == "custom")


async def test_weights_that_could_carry_code_are_refused(tiny_model: Path, tmp_path: Path):
    import torch
    from safetensors.torch import load_file

    folder = tmp_path / "pickled"
    shutil.copytree(tiny_model, folder)
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()

    with pytest.raises(RequestRejected, match="safetensors"):
        await collected(HuggingFace(ACCOUNT, str(folder)).stream(a_request()))


def test_every_model_is_loaded_from_safetensors_and_without_its_code():
    """A call of from_pretrained anywhere in the package says so itself."""
    for path in SOURCE.rglob("*.py"):
        source = path.read_text()
        assert "trust_remote_code=True" not in source, path
        for call in re.findall(r"from_pretrained\((.*?)\)", source, re.DOTALL):
            assert "trust_remote_code=False" in call, path
        for call in re.findall(r"AutoModel\w*\.from_pretrained\((.*?)\)", source, re.DOTALL):
            assert "use_safetensors=True" in call, path
