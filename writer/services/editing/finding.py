"""Which of the writer's passages bear a sentence out: the search, and the check that the citations have, too."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from writer.domain.actors import Actor
from writer.domain.claims import Claim, ClaimStatus
from writer.domain.hunks import Hunk
from writer.services.claims.segments import Sentence, sentences_of
from writer.services.claims.service import Alternative, Claims

_SENTENCES = 5
_EACH = 3
_OFFERED = (ClaimStatus.SUPPORTED, ClaimStatus.WEAK)


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that could be cited, and the hunk that would do it."""

    sentence: str
    alternative: Alternative
    hunk: Hunk


@dataclass(frozen=True, slots=True)
class Findings:
    found: tuple[Found, ...]
    notes: tuple[str, ...]


def sources_for(claims: Claims, draft_id: str, by: Actor, text: str) -> Findings:
    """For the first sentences without a citation; for all of them where each has one."""
    sentences = sentences_of(text)
    open_ = [sentence for sentence in sentences if not sentence.passage_ids] or sentences
    found = [one for sentence in open_[:_SENTENCES] for one in _of(claims, draft_id, by, sentence)]
    notes = list(_notes(open_, found))
    return Findings(tuple(one for one in found if one.alternative.verdict.status in _OFFERED), tuple(notes))


def _of(claims: Claims, draft_id: str, by: Actor, sentence: Sentence) -> list[Found]:
    claim = Claim("", sentence.start, sentence.end, sentence.text, sentence.passage_ids)
    alternatives = claims.alternatives(draft_id, by, claim, _EACH)
    return [Found(sentence.text, one, _hunk(sentence, one)) for one in alternatives]


def _hunk(sentence: Sentence, alternative: Alternative) -> Hunk:
    return Hunk(sentence.end, "", f" [[{alternative.hit.passage.id}]]")


def _notes(sentences: Sequence[Sentence], found: Sequence[Found]) -> Iterator[str]:
    if not sentences:
        yield "There is no sentence in the selection that could be cited."
        return
    if len(sentences) > _SENTENCES:
        yield f"Only the first {_SENTENCES} sentences were looked for; select fewer."
    if not any(one.alternative.verdict.status in _OFFERED for one in found):
        nearest = f" The nearest is “{found[0].alternative.hit.passage.source_title}”." if found else ""
        yield f"None of your sources says this.{nearest} Add a source, or soften the sentence."
