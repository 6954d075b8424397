"""A claim is one sentence of a draft with the passages it cites, and what the check of the one against the others said.

The words are chosen with care: no check here proves a sentence true, so none says "verified".
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class ClaimStatus(StrEnum):
    SUPPORTED = "supported"
    WEAK = "weakly supported"
    NOT_FOUND = "not found in the passage"
    UNCITED = "no citation"
    BROKEN = "broken citation"
    UNCHECKED = "unchecked"

    @property
    def needs_work(self) -> bool:
        """Whether the cited passages do not bear the sentence out. "no citation" is a guess, and not among them."""
        return self in (ClaimStatus.NOT_FOUND, ClaimStatus.BROKEN)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`score` is in [0, 1], None where nothing was compared. `reasons` are sentences. `quote` is the source sentence
    that comes nearest, and `quote_passage` where it stands."""

    status: ClaimStatus
    score: float | None = None
    reasons: tuple[str, ...] = ()
    quote: str = ""
    quote_passage: str = ""


UNCHECKED = Verdict(ClaimStatus.UNCHECKED)


@dataclass(frozen=True, slots=True)
class Claim:
    """`start` and `end` are the sentence's place in its section's text; `sentence` is what stands there, tokens and
    all. `key` is the digest of everything the verdict depends on. `baseline` holds the digests that the cited passages
    had when the writer last stood by the sentence; `changed` names the passages that have other text since."""

    section_key: str
    start: int
    end: int
    sentence: str
    passage_ids: tuple[str, ...]
    verdict: Verdict = UNCHECKED
    key: str = ""
    baseline: tuple[tuple[str, str], ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def status(self) -> ClaimStatus:
        return self.verdict.status

    @property
    def identity(self) -> tuple[str, tuple[str, ...]]:
        """The same sentence on the same passages, wherever it stands now."""
        return self.sentence, self.passage_ids


@dataclass(frozen=True, slots=True)
class CheckedDraft:
    """The claims of a draft in reading order, as of one of its revisions; 0 when it was never checked."""

    revision: int
    claims: tuple[Claim, ...]


def counts(claims: Iterable[Claim]) -> dict[ClaimStatus, int]:
    """How many claims have each status, in the order of the statuses, none left out."""
    found = Counter(claim.status for claim in claims)
    return {status: found[status] for status in ClaimStatus}
