"""From a folder to a model that writes: safetensors only, never code from the folder, nothing from the network."""

from dataclasses import dataclass
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

from writer.domain.ports.local_models import MemoryEstimate, Quantisation
from writer.providers.local.batch import writes_side_by_side
from writer.providers.local.narrow import narrow
from writer.providers.local.quantised import quantise
from writer.providers.local.weights import Weights


@dataclass(frozen=True, slots=True)
class Loaded:
    """`context`: tokens of prompt and reply together. `ends`: tokens that end a reply. `batches`: whether replies can
    be written side by side, by `SideBySide`."""

    tokenizer: Any
    model: Any
    weights: Weights
    estimate: MemoryEstimate
    context: int
    ends: frozenset[int]
    batches: bool


def load(weights: Weights, estimate: MemoryEstimate) -> Loaded:
    logging.disable_progress_bar()
    choice, folder = estimate.choice, str(weights.folder)
    tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    model = AutoModelForCausalLM.from_pretrained(
        folder,
        trust_remote_code=False,
        use_safetensors=True,
        local_files_only=True,
        dtype=getattr(torch, choice.precision),
        **_by_the_library(estimate),
    )
    model.eval()
    if choice.quantisation is Quantisation.INT8 and choice.device == "cpu":
        quantise(model)
    elif choice.quantisation is Quantisation.NONE:
        model.to(choice.device)
    if choice.device == "cpu":
        narrow(model)
    limits = (choice.context, getattr(model.config, "max_position_embeddings", 0), tokenizer.model_max_length)
    with torch.inference_mode():
        batches = writes_side_by_side(model)
    return Loaded(
        tokenizer,
        model,
        weights,
        estimate,
        int(min(limit for limit in limits if limit)),
        _ends(tokenizer, model),
        batches,
    )


def _by_the_library(estimate: MemoryEstimate) -> dict[str, Any]:
    """Fewer bits on graphics cards, where the package for it is installed."""
    choice = estimate.choice
    if choice.quantisation is Quantisation.NONE or not choice.device.startswith("cuda"):
        return {}
    from transformers import BitsAndBytesConfig

    bits = {"load_in_8bit": True} if choice.quantisation is Quantisation.INT8 else {"load_in_4bit": True}
    return {"quantization_config": BitsAndBytesConfig(**bits), "device_map": {"": choice.device}}


def _ends(tokenizer: Any, model: Any) -> frozenset[int]:
    ends = model.generation_config.eos_token_id
    named = [tokenizer.eos_token_id, *(ends if isinstance(ends, list) else [ends])]
    return frozenset(int(token) for token in named if token is not None)
