"""Small models get caught in a loop and repeat the same words until their allowance is used up."""

_UNIT = 400
_TIMES = 6
_LEAST = 2000
_TAIL = _UNIT * _TIMES
_CHECK_EVERY = 200
_ANCHOR = 24


class Repetition:
    """Sees a stretch of up to 400 characters that comes at least six times running, over at least 2,000 characters."""

    def __init__(self) -> None:
        self._tail = ""
        self._new: list[str] = []
        self._unchecked = 0

    def add(self, text: str) -> bool:
        """True when the text has come to repeat itself."""
        self._new.append(text)
        self._unchecked += len(text)
        if self._unchecked < _CHECK_EVERY:
            return False
        self._tail = (self._tail + "".join(self._new))[-_TAIL:]
        self._new.clear()
        self._unchecked = 0
        return _period(self._tail) > 0


def without_repetition(text: str) -> str:
    """Everything up to the end of the first of the stretches that the text ends with."""
    period = _period(text[-_TAIL:])
    start = len(text) - period
    while period and start > 0 and text[start - 1] == text[start - 1 + period]:
        start -= 1
    return text[: start + period]


def _period(tail: str) -> int:
    """The length of the stretch that the tail consists of, 0 when it does not repeat."""
    anchor = tail[-_ANCHOR:]
    before = tail.rfind(anchor, 0, len(tail) - 1)
    period = len(tail) - len(anchor) - before
    span = max(_TIMES * period, _LEAST)
    if before < 0 or period > _UNIT or span > len(tail):
        return 0
    return period if tail[-span:-period] == tail[period - span :] else 0
