"""Models get caught in a loop: text that ends with the same stretch over and over."""

from dataclasses import dataclass

_ANCHOR = 24


@dataclass(frozen=True, slots=True)
class Loop:
    """A stretch of at most `longest` characters, at least `times` running, over at least `least` characters."""

    times: int
    least: int
    longest: int

    def period(self, text: str) -> int:
        """The length of the stretch that the text ends with over and over; 0 when it does not."""
        before = text.rfind(text[-_ANCHOR:], 0, len(text) - 1)
        period = len(text) - _ANCHOR - before
        span = max(self.times * period, self.least)
        if before < 0 or period > self.longest or span > len(text):
            return 0
        return period if text[-span:-period] == text[period - span :] else 0


def first_of_repetition(text: str, period: int) -> str:
    """Everything up to the end of the first of the stretches; the text itself where `period` is 0."""
    start = len(text) - period
    while period and start > 0 and text[start - 1] == text[start - 1 + period]:
        start -= 1
    return text[: start + period]
