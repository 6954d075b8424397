"""Which token comes next, for one reply: with its own temperature, its own chance, and the model's own habits."""

from typing import Any

import torch
from transformers import (
    LogitsProcessorList,
    MinPLogitsWarper,
    NoRepeatNGramLogitsProcessor,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

_TOP_K = 50
"""What `generate` takes where the model's folder says nothing."""


class Sampler:
    """As `model.generate` chooses; its chance is this reply's alone, so that neighbours in a batch change nothing."""

    def __init__(self, habits: Any, temperature: float, seed: int, device: Any) -> None:
        """`habits`: the model's generation config."""
        self._looks_back, self._change = _processors(habits, temperature)
        self._chance: torch.Generator | None = None
        if temperature > 0:
            self._chance = torch.Generator(device=device)
            self._chance.manual_seed(seed)

    @property
    def is_plain(self) -> bool:
        """The likeliest token, whatever came before."""
        return self._chance is None and not self._change

    def next(self, logits: torch.Tensor, ids: list[int]) -> int:
        """`logits`: (1, vocabulary). `ids`: the prompt and what was said."""
        scores = logits.float()
        if self._change:
            before = torch.tensor([ids], device=logits.device) if self._looks_back else None
            scores = self._change(before, scores)
        if self._chance is None:
            return int(scores.argmax(-1))
        return int(torch.multinomial(scores.softmax(-1), 1, generator=self._chance))


def _processors(habits: Any, temperature: float) -> tuple[bool, LogitsProcessorList]:
    found = LogitsProcessorList()
    if (penalty := getattr(habits, "repetition_penalty", None) or 1.0) != 1.0:
        found.append(RepetitionPenaltyLogitsProcessor(penalty=penalty))
    if size := getattr(habits, "no_repeat_ngram_size", None):
        found.append(NoRepeatNGramLogitsProcessor(size))
    looks_back = bool(found)
    if temperature > 0:
        found.extend(_warpers(habits, temperature))
    return looks_back, found


def _warpers(habits: Any, temperature: float) -> list[Any]:
    top_k = getattr(habits, "top_k", None)
    found = [TemperatureLogitsWarper(float(temperature))] if temperature != 1.0 else []
    if (top_k := _TOP_K if top_k is None else top_k) > 0:
        found.append(TopKLogitsWarper(top_k=top_k))
    if (top_p := getattr(habits, "top_p", None) or 1.0) < 1.0:
        found.append(TopPLogitsWarper(top_p=top_p))
    if min_p := getattr(habits, "min_p", None):
        found.append(MinPLogitsWarper(min_p=min_p))
    return found
