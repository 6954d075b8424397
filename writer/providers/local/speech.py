"""Tokens to text as they come: no halves of characters, and nothing past a stop."""

from collections.abc import Sequence
from typing import Any

_UNFINISHED = "\N{REPLACEMENT CHARACTER}"
_LONGEST_CHARACTER = 8
"""Tokens that may have to come before a character is whole; after that it is not going to be."""


class Speech:
    """Text is decoded together with a few tokens before it, which decide about its leading space, and shown without
    theirs. `stops`: texts that end the reply; what could become one is held back until it cannot."""

    def __init__(self, tokenizer: Any, stops: Sequence[str] = ()) -> None:
        self._tokenizer = tokenizer
        self._stops = tuple(stops)
        self._ids: list[int] = []
        self._before = self._read = 0
        self._held = ""
        self.stopped = False

    def add(self, token: int) -> str:
        """What can be shown by now."""
        self._ids.append(token)
        known = self._text(self._ids[self._before : self._read])
        text = self._text(self._ids[self._before :])
        is_whole = not text.endswith(_UNFINISHED) or len(self._ids) - self._read >= _LONGEST_CHARACTER
        if len(text) <= len(known) or not is_whole:
            return ""
        self._before, self._read = self._read, len(self._ids)
        return self._until_stop(text[len(known) :])

    def rest(self) -> str:
        known = self._text(self._ids[self._before : self._read])
        text = self._text(self._ids[self._before :])
        said = "" if self.stopped else self._until_stop(text[len(known) :]) + self._held
        self._held = ""
        return said

    def _text(self, ids: list[int]) -> str:
        return (
            str(self._tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False))
            if ids
            else ""
        )

    def _until_stop(self, text: str) -> str:
        if not self._stops:
            return text
        text, self._held = self._held + text, ""
        found = min((at for stop in self._stops if (at := text.find(stop)) >= 0), default=-1)
        if found >= 0:
            self.stopped = True
            return text[:found]
        keep = max(_begun(text, stop) for stop in self._stops)
        text, self._held = text[: len(text) - keep], text[len(text) - keep :]
        return text


def _begun(text: str, stop: str) -> int:
    """How many characters at the end of the text are the beginning of the stop."""
    return next((size for size in range(min(len(stop) - 1, len(text)), 0, -1) if text.endswith(stop[:size])), 0)
