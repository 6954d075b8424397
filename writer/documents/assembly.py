"""Puts blocks into one text: where a block says it begins and ends is where it does."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from writer.domain.sources import Block
from writer.domain.text import joined_surrogates

SEPARATOR = "\n\n"


def cleaned(blocks: Iterable[Block]) -> list[Block]:
    """Without NUL, lone surrogates, and blocks that are empty."""
    tidy = (replace(block, text=joined_surrogates(block.text).strip()) for block in blocks)
    return [block for block in tidy if block.text]


def placed(blocks: Sequence[Block]) -> tuple[str, tuple[Block, ...]]:
    """The text made of all blocks, and the blocks with their offsets in it."""
    found: list[Block] = []
    start = 0
    for block in blocks:
        found.append(replace(block, start=start, end=start + len(block.text)))
        start += len(block.text) + len(SEPARATOR)
    return SEPARATOR.join(block.text for block in blocks), tuple(found)
