"""Keys and values of several replies, right-aligned in one block for each layer, with room to grow into.

A reply that is shorter has unused columns on its left, which the attention mask hides. transformers' own cache copies
everything for each token; this one writes in place, and copies only when the block is full.
"""

from collections.abc import Sequence
from typing import Any

import torch
from transformers.cache_utils import DynamicCache, DynamicLayer, DynamicSlidingWindowLayer

_STEP = 256


class Block(DynamicLayer):  # type: ignore[misc]  # transformers is untyped
    """One layer: `keys` and `values` are views, (rows, heads, length, size), into blocks with spare columns.

    A layer with a sliding window keeps all columns too: the mask hides those that have left the window."""

    def __init__(self, is_sliding: bool = False) -> None:
        super().__init__()
        self.is_sliding = is_sliding
        self._stores: list[torch.Tensor] = []

    def update(self, keys: torch.Tensor, values: torch.Tensor, *_: Any, **__: Any) -> tuple[torch.Tensor, torch.Tensor]:
        length = self.get_seq_length() if self._stores else 0
        end = length + keys.shape[-2]
        if not self._stores or end > self._stores[0].shape[-2]:
            self._stores = [self._grown(old, new, length, end) for old, new in self._pairs(keys, values)]
        for store, new in zip(self._stores, (keys, values), strict=True):
            store[:, :, length:end] = new
        self._show(end)
        return self.keys, self.values

    def hold(self, keys: torch.Tensor, values: torch.Tensor) -> None:
        """Exactly these, instead of what was there."""
        self._stores = [keys, values]
        self._show(keys.shape[-2])

    def _pairs(self, *new: torch.Tensor) -> list[tuple[torch.Tensor | None, torch.Tensor]]:
        return list(zip(self._stores or (None, None), new, strict=True))

    def _grown(self, old: torch.Tensor | None, new: torch.Tensor, length: int, end: int) -> torch.Tensor:
        rows, heads, _, size = new.shape
        # A third more than is needed: few copies, and little that lies idle.
        columns = -(-(end + end // 3) // _STEP) * _STEP
        store = new.new_zeros((rows, heads, columns, size))
        if old is not None and length:
            store[:, :, :length] = old[:, :, :length]
        return store

    def _show(self, length: int) -> None:
        self.keys, self.values = (store[:, :, :length] for store in self._stores)
        self.dtype, self.device = self.keys.dtype, self.keys.device
        self.is_initialized = True


def new_cache(model: Any) -> DynamicCache | None:
    """None for a model whose memory is not made of keys and values alone: its replies are written one by one."""
    cache = DynamicCache(config=model.config)
    if not cache.layers or any(type(layer) not in (DynamicLayer, DynamicSlidingWindowLayer) for layer in cache.layers):
        return None
    cache.layers = [Block(bool(layer.is_sliding)) for layer in cache.layers]
    return cache


def joined(caches: Sequence[DynamicCache], rows: Sequence[Sequence[int]], length: int) -> DynamicCache:
    """One cache of the chosen `rows` of each, every one `length` columns long: cut or padded on the left."""
    whole = DynamicCache()
    whole.layers = [Block(bool(layer.is_sliding)) for layer in caches[0].layers]
    for index, block in enumerate(whole.layers):
        parts = [(cache.layers[index], list(chosen)) for cache, chosen in zip(caches, rows, strict=True) if chosen]
        if all(layer.is_initialized for layer, _ in parts):
            block.hold(
                *(_aligned([(getattr(layer, what), chosen) for layer, chosen in parts], length) for what in _BOTH)
            )
    return whole


_BOTH = ("keys", "values")


def _aligned(parts: list[tuple[torch.Tensor, list[int]]], length: int) -> torch.Tensor:
    first = parts[0][0]
    count = sum(len(chosen) for _, chosen in parts)
    store = first.new_zeros((count, first.shape[1], length, first.shape[3]))
    at = 0
    for tensor, chosen in parts:
        kept = min(length, tensor.shape[2])
        store[at : at + len(chosen), :, length - kept :] = tensor[chosen, :, tensor.shape[2] - kept :]
        at += len(chosen)
    return store
