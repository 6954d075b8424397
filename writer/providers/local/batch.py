"""Replies that one forward pass continues, each with its own length, chance and end."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from writer.providers.local.cache import joined, new_cache
from writer.providers.local.sampling import Sampler
from writer.providers.local.speech import Speech
from writer.providers.local.tickets import Ticket

CHUNK = 512
"""Tokens of a prompt that are read in one go: between two, the others get their next token and a Stop is seen."""


@dataclass(slots=True, eq=False)
class Row:
    """`ids`: the prompt, `prompt` tokens long, and what was said; `room`: how much may be said at most."""

    ticket: Ticket
    ids: list[int]
    prompt: int
    room: int
    sampler: Sampler
    speech: Speech

    @property
    def said(self) -> int:
        return len(self.ids) - self.prompt

    @property
    def most(self) -> int:
        """Tokens at its longest."""
        return self.prompt + self.room


class Reading:
    """A prompt on its way into a cache of its own."""

    def __init__(self, row: Row, cache: Any) -> None:
        self.row = row
        self.cache = cache
        self.read = 0


class Batch:
    """`rows` have been read and are being written; the last token of each is not in the cache yet."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._device = model.device
        named = inspect.signature(model.forward).parameters
        self._last_only = {"logits_to_keep": 1} if "logits_to_keep" in named else {}
        self._cache: Any = None
        self._length = 0
        self.rows: list[Row] = []

    def begin(self, row: Row) -> Reading:
        return Reading(row, new_cache(self._model))

    def read(self, reading: Reading, most: int = CHUNK) -> int | None:
        """The next piece of the prompt; the reply's next token once all of it is read."""
        ids, start = reading.row.ids, reading.read
        end = min(start + most, len(ids))
        logits = self._forward([ids[start:end]], [list(range(start, end))], None, reading.cache)
        reading.read = end
        return reading.row.sampler.next(logits[:, -1], ids) if end == len(ids) else None

    def join(self, reading: Reading) -> None:
        """Among the others from now on; its first token has been appended."""
        length = max(self._length, reading.read)
        if self.rows:
            caches, rows = (self._cache, reading.cache), (range(len(self.rows)), [0])
            self._cache = joined(caches, rows, length)
        else:
            self._cache = reading.cache
        self._length = length
        self.rows.append(reading.row)

    def step(self) -> list[int]:
        """The next token of each row; whoever calls appends them, or drops the rows."""
        shown = [len(row.ids) - 1 for row in self.rows]
        hidden = [self._length - length for length in shown]
        mask = None
        if any(hidden):
            columns = torch.arange(self._length + 1, device=self._device)
            mask = (columns >= torch.tensor(hidden, device=self._device)[:, None]).long()
        logits = self._forward([[row.ids[-1]] for row in self.rows], [[at] for at in shown], mask, self._cache)[:, -1]
        self._length += 1
        if all(row.sampler.is_plain for row in self.rows):
            return list(logits.argmax(-1).tolist())
        return [row.sampler.next(logits[at : at + 1], row.ids) for at, row in enumerate(self.rows)]

    def drop(self, gone: Sequence[Row]) -> None:
        kept = [at for at, row in enumerate(self.rows) if row not in gone]
        self.rows = [self.rows[at] for at in kept]
        if not kept:
            self._cache, self._length = None, 0
            return
        self._length = max(len(row.ids) - 1 for row in self.rows)
        self._cache = joined([self._cache], [kept], self._length)

    def clear(self) -> list[Row]:
        rows, self.rows = self.rows, []
        self._cache, self._length = None, 0
        return rows

    def _forward(self, ids: list[list[int]], positions: list[list[int]], mask: Any, cache: Any) -> torch.Tensor:
        output = self._model(
            input_ids=torch.tensor(ids, device=self._device),
            position_ids=torch.tensor(positions, device=self._device),
            attention_mask=mask,
            past_key_values=cache,
            use_cache=True,
            **self._last_only,
        )
        logits: torch.Tensor = output.logits
        return logits


def writes_side_by_side(model: Any) -> bool:
    """Tried out, not guessed: two prompts of different length, written together, must find what each finds alone."""
    named = inspect.signature(model.forward).parameters
    if not {"position_ids", "attention_mask", "past_key_values"} <= set(named) or new_cache(model) is None:
        return False
    size = int(model.get_input_embeddings().weight.shape[0])
    first, second = ([(7 * at + shift) % size for at in range(1, count)] for shift, count in ((1, 10), (3, 5)))
    alone = [_last_logits(model, ids) for ids in (first, second)]
    cut = [torch.tensor([ids[:-1]], device=model.device) for ids in (first, second)]
    caches = []
    for ids in cut:
        cache = new_cache(model)
        model(input_ids=ids, past_key_values=cache, use_cache=True)
        caches.append(cache)
    length = len(first) - 1
    hidden = length - (len(second) - 1)
    mask = torch.ones((2, length + 1), dtype=torch.long, device=model.device)
    mask[1, :hidden] = 0
    together = model(
        input_ids=torch.tensor([[first[-1]], [second[-1]]], device=model.device),
        position_ids=torch.tensor([[len(first) - 1], [len(second) - 1]], device=model.device),
        attention_mask=mask,
        past_key_values=joined(caches, ([0], [0]), length),
        use_cache=True,
    ).logits[:, -1]
    return all(_near(one, other) for one, other in zip(together, alone, strict=True))


def _last_logits(model: Any, ids: list[int]) -> torch.Tensor:
    logits: torch.Tensor = model(input_ids=torch.tensor([ids], device=model.device), use_cache=False).logits[0, -1]
    return logits


def _near(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Within what the order of additions makes of it in this precision."""
    allowed = 1e-3 if one.dtype == torch.float32 else 0.1
    one, other = one.float(), other.float()
    return bool((one - other).abs().max() <= allowed * other.abs().max().clamp(min=1e-3))
