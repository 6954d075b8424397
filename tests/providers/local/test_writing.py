import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.providers.conftest import a_request
from tests.providers.local.conftest import a_ticket, finish, loaded_from, with_rows, written
from writer.domain.completions import Finished, StopReason, TextDelta, collected
from writer.domain.errors import ProviderUnavailable, RequestRejected
from writer.domain.ports.local_models import LocalChoice
from writer.domain.ports.settings import ProviderAccount
from writer.providers.huggingface import HuggingFace
from writer.providers.local.runtime import LocalRuntime

PROMPTS = (
    "Write a line.",
    "The quick brown fox jumps over the lazy dog and over it again.",
    "a",
    "A model writes " * 5,
)


def test_replies_written_side_by_side_are_those_written_alone(tiny: Any):
    alone = [written(tiny, a_ticket(prompt), together=1)[0].outcome for prompt in PROMPTS]

    together = written(tiny, *map(a_ticket, PROMPTS))

    assert [reply.outcome for reply in together] == alone


def test_a_reply_is_what_the_library_itself_would_have_generated(tiny: Any, tiny_model: Path):
    import torch
    from transformers import AutoModelForCausalLM

    plain = AutoModelForCausalLM.from_pretrained(
        tiny_model, trust_remote_code=False, use_safetensors=True, local_files_only=True
    )
    for prompt in PROMPTS:
        ids = torch.tensor([tiny.tokenizer.apply_chat_template(
            [{"role": "user", "content": prompt}], add_generation_prompt=True, return_dict=False
        )])  # fmt: skip
        theirs = plain.generate(
            ids, attention_mask=torch.ones_like(ids), max_new_tokens=14, do_sample=False, pad_token_id=0
        )[0, ids.shape[1] :]

        ours = written(tiny, a_ticket(prompt))[0]

        assert ours.text == tiny.tokenizer.decode(theirs, skip_special_tokens=True)
        assert ours.finished.tokens.output == len(theirs)


@settings(max_examples=6, deadline=None)
@given(
    asked=st.lists(
        st.tuples(st.sampled_from(PROMPTS), st.integers(1, 14), st.integers(0, 9), st.sampled_from([0.0, 0.9])),
        min_size=2,
        max_size=5,
    )
)
def test_whoever_joins_or_leaves_nobody_elses_reply_changes(tiny: Any, asked: list[tuple[str, int, int, float]]):
    """Each comes when it comes, with its own length, temperature and chance."""
    from writer.providers.local.writing import SideBySide

    def new(at: int) -> Any:
        prompt, most, _, temperature = asked[at]
        return a_ticket(prompt, seed=at, max_output_tokens=most, temperature=temperature)

    alone = [written(tiny, new(at), together=1)[0].outcome for at in range(len(asked))]
    replies = [new(at) for at in range(len(asked))]
    writing = SideBySide(with_rows(tiny, 3), lambda _: 0)

    for turn in range(10):
        for at, (_, _, comes, _) in enumerate(asked):
            if comes == turn:
                writing.take(replies[at].ticket)
        writing.turn()
    finish(writing)

    assert [reply.outcome for reply in replies] == alone


def test_a_stop_ends_one_reply_within_a_token_and_no_other(tiny: Any):
    others = written(tiny, a_ticket(PROMPTS[0]), a_ticket(PROMPTS[1]), together=1)
    stopped = a_ticket(PROMPTS[3], max_output_tokens=100, on=lambda _: stopped.ticket.stopped.set())

    left = written(tiny, a_ticket(PROMPTS[0]), stopped, a_ticket(PROMPTS[1]))

    assert [type(event) for event in stopped.events] == [TextDelta]
    assert [left[0].outcome, left[2].outcome] == [reply.outcome for reply in others]


def test_a_stop_is_seen_between_two_pieces_of_a_long_prompt(roomy_model: Path):
    from writer.providers.local.writing import SideBySide

    writing = SideBySide(loaded_from(roomy_model), lambda _: 0)
    long = a_ticket("word " * 400)
    writing.take(long.ticket)

    writing.turn()
    long.ticket.stopped.set()
    writing.turn()

    assert writing.writing == 0
    assert long.events == []


def test_a_prompt_read_in_pieces_is_read_as_a_whole(roomy_model: Path):
    """More than one piece, beside a short one that is being written meanwhile."""
    loaded = loaded_from(roomy_model)
    alone = written(loaded, a_ticket("word " * 400), together=1)[0]

    short, long = written(loaded, a_ticket("a", max_output_tokens=40), a_ticket("word " * 400))

    assert long.outcome == alone.outcome
    assert long.finished.tokens.input > 600
    assert short.finished.tokens.output > 1


def test_more_than_the_model_takes_at_once_wait_for_their_turn(tiny: Any):
    from writer.providers.local.writing import SideBySide

    writing = SideBySide(with_rows(tiny, 2), lambda _: 0)
    for prompt in PROMPTS[:2]:
        writing.take(a_ticket(prompt).ticket)

    assert writing.room == 0


def gemma(folder: Path, tiny_model: Path) -> None:
    from transformers import Gemma2Config, Gemma2ForCausalLM

    Gemma2ForCausalLM(Gemma2Config(
        vocab_size=320, hidden_size=32, intermediate_size=64, num_hidden_layers=4, num_attention_heads=4,
        num_key_value_heads=2, head_dim=8, max_position_embeddings=256, sliding_window=16, eos_token_id=0,
    )).save_pretrained(folder)  # fmt: skip


def mamba(folder: Path, tiny_model: Path) -> None:
    from transformers import MambaConfig, MambaForCausalLM

    MambaForCausalLM(MambaConfig(
        vocab_size=320, hidden_size=32, num_hidden_layers=2, state_size=8, eos_token_id=0
    )).save_pretrained(folder)  # fmt: skip


@pytest.fixture
def of_a_kind(request: pytest.FixtureRequest, tiny_model: Path, tmp_path: Path) -> Path:
    import shutil

    import torch

    torch.manual_seed(2)
    request.param(tmp_path, tiny_model)
    for file in tiny_model.glob("*token*"):
        shutil.copy(file, tmp_path)
    shutil.copy(tiny_model / "chat_template.jinja", tmp_path)
    return tmp_path


@pytest.mark.parametrize("of_a_kind", [gemma], indirect=True)
def test_models_that_look_back_through_a_window_are_written_side_by_side_too(of_a_kind: Path):
    loaded = loaded_from(of_a_kind)
    alone = [written(loaded, a_ticket(prompt), together=1)[0].outcome for prompt in PROMPTS]

    together = written(loaded, *map(a_ticket, PROMPTS))

    assert loaded.batches
    assert [reply.outcome for reply in together] == alone


@pytest.mark.parametrize("of_a_kind", [mamba], indirect=True)
async def test_models_that_remember_otherwise_write_one_after_the_other(of_a_kind: Path):
    runtime = LocalRuntime()
    local = HuggingFace(ProviderAccount("huggingface", "huggingface"), str(of_a_kind), runtime)
    asked = [a_request(prompt, max_output_tokens=12, temperature=0.7) for prompt in PROMPTS]
    alone = [await collected(local.stream(request)) for request in asked]

    together = await asyncio.gather(*(collected(local.stream(request)) for request in asked))

    assert together == alone
    runtime.close()


async def test_four_requests_at_once_share_one_model_and_get_what_each_gets_alone(tiny_model: Path):
    runtime = LocalRuntime()
    local = HuggingFace(ProviderAccount("huggingface", "huggingface"), str(tiny_model), runtime)
    asked = [a_request(prompt, max_output_tokens=60, temperature=0.7) for prompt in PROMPTS]
    alone = [await collected(local.stream(request)) for request in asked]

    together = await asyncio.gather(*(collected(local.stream(request)) for request in asked))

    assert together == alone
    assert len(runtime.status()) == 1
    runtime.close()


class Scarce:
    """A model that cannot be asked for more than so many rows: what a real allocator says, without filling memory."""

    def __init__(self, model: Any, most: int) -> None:
        self._model, self._most = model, most
        self.refusals = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def __call__(self, **given: Any) -> Any:
        if given["input_ids"].shape[0] > self._most:
            self.refusals += 1
            raise RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 9 bytes.")
        return self._model(**given)


def scarce(loaded: Any, most: int) -> Any:
    from dataclasses import replace

    return replace(loaded, model=Scarce(loaded.model, most))


def test_where_memory_runs_out_fewer_are_written_at_once_and_none_is_lost(tiny: Any):
    temperature = 0.9
    asked = [a_ticket(prompt, seed=at, temperature=temperature) for at, prompt in enumerate(PROMPTS)]
    alone = [
        written(tiny, a_ticket(prompt, seed=at, temperature=temperature), together=1)[0].outcome
        for at, prompt in enumerate(PROMPTS)
    ]
    short = scarce(tiny, 2)

    written(short, *asked)

    assert short.model.refusals
    assert [reply.outcome for reply in asked] == alone


def test_a_reply_that_fits_nowhere_ends_with_a_sentence_and_a_smaller_choice(tiny: Any):
    reply = a_ticket()

    written(scarce(tiny, 0), reply)

    assert isinstance(reply.events[-1], RequestRejected)
    assert "memory ran out" in str(reply.events[-1])
    assert "a context of 128 tokens or less" in str(reply.events[-1])


def test_replies_wait_for_memory_that_others_will_give_back(tiny: Any):
    one = written(tiny, a_ticket(PROMPTS[0]))[0]
    enough_for_one = 25_000

    replies = written(tiny, a_ticket(PROMPTS[0]), a_ticket(PROMPTS[0]), free=enough_for_one)

    assert [reply.outcome for reply in replies] == [one.outcome, one.outcome]


def test_a_prompt_that_needs_more_memory_than_is_free_is_refused_before_it_is_read(tiny: Any):
    reply = written(tiny, a_ticket("word " * 20, max_output_tokens=150), free=2_000)[0]

    assert isinstance(reply.events[-1], RequestRejected)
    assert "are free" in str(reply.events[-1])


def test_a_fault_of_another_kind_is_told_to_all_who_wait(tiny_model: Path):
    from threading import Event

    from writer.providers.local.engine import Engine

    class Broken:
        writing, room = 1, 0

        def turn(self) -> None:
            raise RuntimeError("the numbers do not fit")

        def end(self) -> list[Any]:
            return []

    told = Event()
    reply = a_ticket(on=lambda _: told.set())
    engine = Engine("m", LocalChoice(), lambda _: Broken(), 60.0, lambda: 0.0)
    assert engine.ask(reply.ticket)

    engine.start()

    assert told.wait(60)
    assert isinstance(reply.events[-1], ProviderUnavailable)
    assert "the numbers do not fit" in str(reply.events[-1])


def test_the_end_of_a_reply_is_told_once_and_last(tiny: Any):
    for reply in written(tiny, *map(a_ticket, PROMPTS)):
        assert [type(event) for event in reply.events].count(Finished) == 1
        assert reply.finished.stop_reason in (StopReason.STOP, StopReason.LENGTH)
