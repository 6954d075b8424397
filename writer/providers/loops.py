"""Small models get caught in a loop and repeat the same words until their allowance is used up."""

from writer.domain.repetition import Loop, first_of_repetition

_LOOP = Loop(times=6, least=2000, longest=400)
_TAIL = _LOOP.longest * _LOOP.times
_CHECK_EVERY = 200


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
        return _LOOP.period(self._tail) > 0


def without_repetition(text: str) -> str:
    """Everything up to the end of the first of the stretches that the text ends with."""
    return first_of_repetition(text, _LOOP.period(text[-_TAIL:]))
