"""What a model that reads sentence against passage adds to the rules: one step up or down, with its reason in words.

It never outweighs a number, a date, a quotation or a name that the passage does not have.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from writer.domain.claims import ClaimStatus, Verdict
from writer.domain.errors import ConfigurationError
from writer.domain.ports.entailment import Entailment, Reading

SURE = 0.8
SAYS_SO = "The model reads the passage as saying this."
SAYS_THE_OPPOSITE = "The model reads the passage as saying the opposite: read both."
STEPS_DOWN = (ClaimStatus.SUPPORTED, ClaimStatus.WEAK, ClaimStatus.NOT_FOUND)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules say of a sentence: `best` is the best status that they leave. `passage` is the text that comes
    nearest, "" where there is none."""

    verdict: Verdict
    best: ClaimStatus
    sentence: str
    passage: str


def read_too(judged: Sequence[Judged], entailment: Entailment | None) -> list[Verdict]:
    """The verdicts in their order. Those of broken citations stay as they are."""
    verdicts = [one.verdict for one in judged]
    asked = [n for n, one in enumerate(judged) if one.passage and one.verdict.status in STEPS_DOWN]
    if entailment is None or not asked:
        return verdicts
    try:
        readings = entailment.readings([(judged[n].passage, judged[n].sentence) for n in asked])
    except ConfigurationError as error:  # the rules alone must do; the doctor says the same
        logger.warning("no model read the citations", extra={"error": str(error)})
        return verdicts
    for n, reading in zip(asked, readings, strict=True):
        verdicts[n] = _with(judged[n], reading)
    return verdicts


def _with(one: Judged, reading: Reading) -> Verdict:
    verdict = one.verdict
    if reading.contradicts >= SURE:
        return replace(verdict, status=_moved(verdict.status, 1), reasons=(SAYS_THE_OPPOSITE, *verdict.reasons))
    if reading.entails >= SURE and (better := max(_moved(verdict.status, -1), one.best, key=_place)) != verdict.status:
        return replace(verdict, status=better, reasons=(SAYS_SO, *verdict.reasons))
    return verdict


def _moved(status: ClaimStatus, steps: int) -> ClaimStatus:
    return STEPS_DOWN[min(max(_place(status) + steps, 0), len(STEPS_DOWN) - 1)]


def _place(status: ClaimStatus) -> int:
    return STEPS_DOWN.index(status)
