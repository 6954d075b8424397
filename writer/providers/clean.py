"""Pieces of text as they come off the wire, made fit to show: each class holds back what it cannot decide on yet."""

import re
from collections.abc import Sequence

from writer.domain.text import joined_surrogates

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_OPENS, _CLOSES = ("<think>", "<thinking>"), ("</think>", "</thinking>")
_OPEN, _CLOSE = re.compile("|".join(_OPENS)), re.compile("|".join(_CLOSES))


class Joined:
    """Surrogate pairs that were split over chunks become their character; NUL and other control characters go."""

    def __init__(self) -> None:
        self._half = ""

    def add(self, text: str) -> str:
        if not self._half and not _UNFIT.search(text):
            return text
        text = _CONTROL.sub("", self._half + text)
        self._half = ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return joined_surrogates(text)

    def rest(self) -> str:
        half, self._half = self._half, ""
        return joined_surrogates(half)


class Spoken:
    """What a model says, without what it thinks in `<think>…</think>` or `<thinking>…</thinking>`; tags may be split
    over chunks. Whoever asks gets replies through this, so nobody else looks for thoughts."""

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False
        self._thought = False

    def add(self, text: str) -> str:
        if not self._held and not self._thinking and not self._thought and "<" not in text:
            return text
        text = self._held + text
        self._held = ""
        spoken: list[str] = []
        while text:
            tag = (_CLOSE if self._thinking else _OPEN).search(text)
            before, after = (text[: tag.start()], text[tag.end() :]) if tag else (text, "")
            if not tag:
                before, self._held = _split_tag(before, _CLOSES if self._thinking else _OPENS)
            if not self._thinking:
                spoken.append(self._after_a_thought(before))
            if not tag:
                break
            self._thought = self._thinking
            self._thinking = not self._thinking
            text = after
        return "".join(spoken)

    def rest(self, text: str = "") -> str:
        """What was held back and turned out to be no tag."""
        spoken = self.add(text) if text else ""
        held, self._held = self._held, ""
        return spoken + ("" if self._thinking else held)

    def _after_a_thought(self, text: str) -> str:
        """Without the blank lines that stand between a thought and the reply."""
        if not self._thought:
            return text
        text = text.lstrip()
        self._thought = not text
        return text


def _split_tag(text: str, tags: Sequence[str]) -> tuple[str, str]:
    """The text without the beginning of a tag at its end, and that beginning."""
    at = text.rfind("<")
    if at >= 0 and any(tag.startswith(text[at:]) for tag in tags):
        return text[:at], text[at:]
    return text, ""
