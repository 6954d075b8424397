import asyncio
import json
import shutil
import subprocess
import sys
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.providers.conftest import a_request
from writer.domain.completions import collected
from writer.domain.errors import NotFound, RequestRejected, UserMistake
from writer.domain.ports.local_models import LocalChoice, LocalModels, LocalState, Precision
from writer.domain.ports.settings import ProviderAccount
from writer.providers.huggingface import HuggingFace
from writer.providers.local import devices
from writer.providers.local.memory import estimated
from writer.providers.local.runtime import LocalPolicy, LocalRuntime
from writer.providers.local.weights import read_weights

ACCOUNT = ProviderAccount("huggingface", "huggingface")


@pytest.fixture
async def runtime() -> AsyncIterator[LocalRuntime]:
    made = LocalRuntime()
    yield made
    made.close()


def seen(what: Callable[[], object]) -> None:
    """Waits until it is so."""
    end = time.monotonic() + 60
    while not what():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.01)


def state(runtime: LocalModels, model: Path) -> LocalState | None:
    return next((status.state for status in runtime.status() if status.model == str(model)), None)


def test_a_model_is_loaded_on_demand_said_to_be_there_and_unloaded(tiny_model: Path):
    runtime = LocalRuntime()
    assert list(runtime.status()) == []

    begun = runtime.load(str(tiny_model))
    seen(lambda: state(runtime, tiny_model) is LocalState.LOADED)

    assert begun.state in (LocalState.LOADING, LocalState.LOADED)
    (status,) = runtime.status()
    assert status.estimate is not None
    assert status.choice.device != "auto"
    assert status.unload_in_s is not None
    assert runtime.unload(str(tiny_model))
    assert list(runtime.status()) == []
    assert not runtime.unload(str(tiny_model))


def test_a_model_that_nobody_uses_leaves_the_memory(tiny_model: Path):
    runtime = LocalRuntime(policy=LocalPolicy(idle_s=0.05))

    runtime.load(str(tiny_model))
    seen(lambda: state(runtime, tiny_model) is None)

    assert not runtime.unload(str(tiny_model))


async def test_after_that_it_is_loaded_again_by_who_asks(tiny_model: Path):
    runtime = LocalRuntime(policy=LocalPolicy(idle_s=0.05))
    local = HuggingFace(ACCOUNT, str(tiny_model), runtime)
    first = await collected(local.stream(a_request(max_output_tokens=4)))
    await asyncio.to_thread(seen, lambda: state(runtime, tiny_model) is None)

    assert await collected(local.stream(a_request(max_output_tokens=4))) == first


async def test_unloading_ends_what_is_being_written_with_a_sentence(runtime: LocalRuntime, roomy_model: Path):
    local = HuggingFace(ACCOUNT, str(roomy_model), runtime)
    async with aclosing(local.stream(a_request(max_output_tokens=1900, temperature=1.0))) as stream:
        await anext(stream)
        runtime.unload(str(roomy_model))

        with pytest.raises(RequestRejected, match="was unloaded while it was writing"):
            async for _ in stream:
                pass


def test_another_choice_loads_it_anew_and_is_remembered(tiny_model: Path):
    runtime = LocalRuntime()
    runtime.load(str(tiny_model))
    wanted = LocalChoice("cpu", Precision.BFLOAT16, context=128, together=2)

    runtime.load(str(tiny_model), wanted)
    seen(lambda: state(runtime, tiny_model) is LocalState.LOADED)

    assert [status.choice for status in runtime.status()] == [wanted]
    assert runtime.default(str(tiny_model)) == wanted
    runtime.close()


async def test_the_chosen_context_is_the_models_limit(tiny_model: Path):
    runtime = LocalRuntime(policy=LocalPolicy(LocalChoice(context=32)))

    with pytest.raises(RequestRejected, match="this model can read 32"):
        await collected(HuggingFace(ACCOUNT, str(tiny_model), runtime).stream(a_request("word " * 40)))
    runtime.close()


def test_what_does_not_fit_is_refused_before_anything_is_loaded(tiny_model: Path):
    runtime = LocalRuntime(policy=LocalPolicy(memory=10_000))

    with pytest.raises(UserMistake, match="That does not fit"):
        runtime.load(str(tiny_model))

    assert list(runtime.status()) == []


async def test_a_request_to_a_model_that_does_not_fit_ends_with_the_same_sentence(tiny_model: Path):
    runtime = LocalRuntime(policy=LocalPolicy(memory=10_000))

    with pytest.raises(RequestRejected, match="That does not fit"):
        await collected(HuggingFace(ACCOUNT, str(tiny_model), runtime).stream(a_request()))

    (status,) = runtime.status()
    assert status.state is LocalState.FAILED
    assert "That does not fit" in status.trouble


def test_a_model_that_nobody_uses_makes_room_for_another(tiny_model: Path, roomy_model: Path):
    small = LocalChoice(together=1)
    held = LocalRuntime().estimate(str(tiny_model), small).weights
    runtime = LocalRuntime(policy=LocalPolicy(small, memory=least_for(roomy_model, small) + held // 2))
    runtime.load(str(tiny_model))
    seen(lambda: state(runtime, tiny_model) is LocalState.LOADED)

    runtime.load(str(roomy_model))
    seen(lambda: state(runtime, roomy_model) is LocalState.LOADED)

    assert state(runtime, tiny_model) is None
    runtime.close()


def least_for(model: Path, choice: LocalChoice) -> int:
    """The smallest limit that the model fits under."""
    weights, found = read_weights(model), devices.offers()
    return bisect_left(range(10**9), True, key=lambda limit: estimated(weights, choice, found, limit + 1).fits) + 1


def test_a_model_that_is_not_there_is_not_found(tmp_path: Path):
    with pytest.raises(NotFound):
        LocalRuntime().load(str(tmp_path))


OUT_OF_MEMORY = """
import asyncio, json, resource, sys
from pathlib import Path
from tests.providers.conftest import a_request
from writer.domain.completions import collected
from writer.domain.errors import WriterError
from writer.domain.ports.local_models import LocalChoice
from writer.domain.ports.settings import ProviderAccount
from writer.providers.huggingface import HuggingFace
from writer.providers.local.runtime import LocalPolicy, LocalRuntime

import torch
torch.set_num_threads(1)
runtime = LocalRuntime(policy=LocalPolicy(LocalChoice(together=8)))
local = HuggingFace(ProviderAccount("huggingface", "huggingface"), sys.argv[1], runtime)

async def ask(words, count):
    request = a_request("word " * words, max_output_tokens=8, temperature=0.0)
    found = await asyncio.gather(*(collected(local.stream(request)) for _ in range(count)), return_exceptions=True)
    return [str(one) if isinstance(one, WriterError) else one.text if not isinstance(one, Exception) else repr(one)
            for one in found]

async def main():
    before = await ask(2, 1)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * 4096
    resource.setrlimit(resource.RLIMIT_AS, (used + 60_000_000, resource.RLIM_INFINITY))
    failed = await ask(1200, 1)
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(json.dumps([before, failed, await ask(2, 1)]))
    runtime.close()

asyncio.run(main())
"""


@pytest.fixture
def remembering_model(tiny_model: Path, tmp_path: Path) -> Path:
    """Small, but each token leaves 64 KB of keys and values."""
    from transformers import LlamaConfig, LlamaForCausalLM

    LlamaForCausalLM(LlamaConfig(
        vocab_size=320, hidden_size=32, intermediate_size=32, num_hidden_layers=4, num_attention_heads=32, head_dim=64,
        num_key_value_heads=32, max_position_embeddings=4096, eos_token_id=0,
    )).save_pretrained(tmp_path)  # fmt: skip
    for file in (*tiny_model.glob("*token*"), *tiny_model.glob("*.jinja")):
        shutil.copy(file, tmp_path)
    return tmp_path


def test_memory_that_really_runs_out_ends_in_a_sentence_and_the_model_goes_on(remembering_model: Path):
    """The kernel's limit on a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", OUT_OF_MEMORY, str(remembering_model)],
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    before, failed, after = json.loads(done.stdout.splitlines()[-1])
    assert "memory ran out" in failed[0]
    assert "Choose a smaller load" in failed[0]
    assert after == before
