"""Memory that runs out: told by the error's type where there is one, by its words where there is none."""

import gc

_WORDS = ("out of memory", "not enough memory", "can't allocate memory", "bad_alloc", "failed to allocate")


def is_shortage(error: BaseException) -> bool:
    """torch.OutOfMemoryError is a RuntimeError; a processor's allocator raises a plain one."""
    if isinstance(error, MemoryError):
        return True
    said = str(error).lower()
    return isinstance(error, RuntimeError) and any(words in said for words in _WORDS)


def let_go(device: str) -> None:
    """What nobody holds any more goes back at once, so that the next attempt finds it."""
    import torch

    gc.collect()
    if device == "cuda":
        torch.cuda.empty_cache()
    elif device == "mps":
        torch.mps.empty_cache()
