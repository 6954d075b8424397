"""A local model through the app against bare `model.generate`, and four sections at once against one.

`python -m benchmarks local_generation`: a Qwen2 of 40 million random weights, made for the run; nothing is downloaded.
Everything alternates within one run, so that only ratios remain of the machine.
"""

import asyncio
import contextlib
import logging
import os
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.report import at_least, at_most
from writer.domain.completions import Caller, Completion, CompletionRequest, Message, Purpose, collected
from writer.domain.ports.local_models import LocalChoice
from writer.domain.ports.settings import ProviderAccount
from writer.providers.local.runtime import LocalRuntime
from writer.providers.registry import Registry

REPEATS, SAID, PROMPT_WORDS = 3, 256, 500
TEMPERATURE = 0.8
SYLLABLES = [c + v for c in "bcdfglmnprstv" for v in "aeiou"]


def words(count: int, seed: int) -> str:
    chance = random.Random(seed)
    return " ".join("".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(count))


def build_model(folder: Path) -> None:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=16_000, special_tokens=["<|end|>"], initial_alphabet=alphabet, show_progress=False
    )
    raw.train_from_iterator([words(60_000, seed=0)], trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="<|end|>")
    tokenizer.chat_template = "{% for m in messages %}{{ m['content'] }}<|end|>{% endfor %}"
    tokenizer.save_pretrained(folder)
    torch.manual_seed(1)
    config = Qwen2Config(
        vocab_size=len(tokenizer), hidden_size=640, intermediate_size=1792, num_hidden_layers=8, num_attention_heads=10,
        num_key_value_heads=2, max_position_embeddings=4096, eos_token_id=0, tie_word_embeddings=True,
    )  # fmt: skip
    # Stored as models are handed on today. Both sides compute in what the app chooses for that on this machine.
    Qwen2ForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)


class Bare:
    """The library alone, with the same settings: no stream, no queue, no thread of its own."""

    def __init__(self, folder: Path, precision: str) -> None:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        self.tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
        self.model = AutoModelForCausalLM.from_pretrained(
            folder,
            trust_remote_code=False,
            use_safetensors=True,
            local_files_only=True,
            dtype=getattr(torch, precision),
        ).eval()

    def generate(self, prompt: str, seed: int = 0) -> int:
        import torch

        ids: Any = self.tokenizer.apply_chat_template(
            [{"role": "user", "content": prompt}], return_tensors="pt", return_dict=True, add_generation_prompt=True
        )
        with torch.inference_mode():
            torch.manual_seed(seed)
            found = self.model.generate(
                **ids, do_sample=True, temperature=TEMPERATURE, max_new_tokens=SAID, pad_token_id=0
            )
        return int(found.shape[1] - ids["input_ids"].shape[1])


class Ours:
    """The whole stack of wrappers, as a section of an article goes through it."""

    def __init__(self, folder: Path, loop: asyncio.AbstractEventLoop) -> None:
        route = f"huggingface:{folder}"
        self._loop = loop
        self.provider = Registry(lambda _: [ProviderAccount("huggingface", "huggingface")], lambda _: None).provider(
            "bench", [route]
        )

    def write(self, *prompts: str) -> list[Completion]:
        async def all_of_them() -> list[Completion]:
            return list(await asyncio.gather(*(collected(self.provider.stream(asked(prompt))) for prompt in prompts)))

        return self._loop.run_until_complete(all_of_them())


def asked(prompt: str) -> CompletionRequest:
    return CompletionRequest(
        (Message("user", prompt),), Purpose.SECTION, Caller("bench"), TEMPERATURE, max_output_tokens=SAID
    )


def measure(bare: Bare, ours: Ours) -> None:
    prompts = [words(PROMPT_WORDS, seed=seed) for seed in range(1, 5)]
    bare.generate(prompts[0])
    ours.write(prompts[0])
    speeds: list[tuple[float, float]] = []
    shares: list[tuple[float, float]] = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        alone = bare.generate(prompts[0])
        between = time.perf_counter()
        through = ours.write(prompts[0])[0].finished.tokens.output
        ended = time.perf_counter()
        four = ours.write(*prompts)
        last = time.perf_counter()
        assert all(reply.finished.tokens.output > SAID // 2 for reply in four)
        speeds.append((alone / (between - began), through / (ended - between)))
        shares.append((ended - between, last - ended))
    report(speeds, shares)


def report(speeds: list[tuple[float, float]], shares: list[tuple[float, float]]) -> None:
    bare, ours = (statistics.median(pair[at] for pair in speeds) for at in (0, 1))
    one, four = (statistics.median(pair[at] for pair in shares) for at in (0, 1))
    print(
        f"     tokens a second: {bare:.0f} bare, {ours:.0f} through the app; one section {one:.2f} s, four {four:.2f} s"
    )
    at_least("tokens a second through the app / bare model.generate", statistics.median(b / a for a, b in speeds), 0.95)
    at_most("four sections at once / one, wall-clock", statistics.median(b / a for a, b in shares), 2.5)


def main() -> None:
    os.environ["HF_HUB_OFFLINE"] = "1"
    logging.disable(logging.WARNING)
    loop = asyncio.new_event_loop()
    with tempfile.TemporaryDirectory() as made, contextlib.closing(loop):
        folder = Path(made)
        build_model(folder)
        precision = LocalRuntime().estimate(str(folder), LocalChoice()).choice.precision
        print(f"     computed in {precision}")
        measure(Bare(folder, precision), Ours(folder, loop))


if __name__ == "__main__":
    main()
