from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reading:
    """How likely it is, each in [0, 1] and all three together 1, that the premise says the hypothesis, says neither it
    nor its opposite, or says its opposite."""

    entails: float
    neutral: float
    contradicts: float


class Entailment(Protocol):
    @property
    def identity(self) -> str:
        """Another for another model: it is part of what a verdict depends on. Loads nothing."""
        ...

    def readings(self, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
        """Of (premise, hypothesis), in their order. Raises ConfigurationError when the model cannot be used.

        Slow: not for a page's thread."""
        ...
