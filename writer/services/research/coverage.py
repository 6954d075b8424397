"""How far passages answer a question, by what the question adds to the subject: all that was found is near that."""

from collections.abc import Callable, Sequence

from writer.domain.briefs import Brief
from writer.domain.research import ENOUGH_PASSAGES, NEAR, Coverage, Covered, Question
from writer.domain.sources import Hit, Passage
from writer.services.questions.wanted import telling_stems
from writer.services.research.questions import subject

Fit = Callable[[str, Sequence[Passage], str], tuple[float, float] | None]
"""(question, passages, owner) → how well the best sentence fits, and what it takes to be an answer; None where none can
be judged."""

_A_TRACE = 0.5
"""Of what an answer takes: less than that is about something else. From the tuning questions of benchmarks/ask_sets.py,
asked with their subject in front: none that the samples answer lies under it, four of five others do not reach it."""


def covered(question: Question, hits: Sequence[Hit], brief: Brief, owner_id: str, fit: Fit) -> Covered:
    """Enough: three passages near the question, one of which answers what it adds to the subject. A question of the
    rules is in general words, which sources seldom use: it is thin where anything is near."""
    ids = tuple(hit.passage.id for hit in hits)
    near = sum(hit.score >= NEAR for hit in hits) >= ENOUGH_PASSAGES
    if not hits:
        return Covered(question, Coverage.NOTHING)
    added = _added(question.text, brief)
    if not telling_stems(added) or not brief.language.lower().startswith("en"):  # nearness is all that can be told
        return Covered(question, Coverage.ENOUGH if near else Coverage.THIN, ids)
    judged = fit(added, [hit.passage for hit in hits], owner_id)
    if judged is None:
        return Covered(question, Coverage.THIN, ids)
    best, gate = judged
    in_general = added != question.text and question.perspective != "writer"
    if best < _A_TRACE * gate and not in_general:
        return Covered(question, Coverage.NOTHING, ids)
    return Covered(question, Coverage.ENOUGH if near and best >= gate else Coverage.THIN, ids)


def _added(text: str, brief: Brief) -> str:
    """Without the subject that stands in front."""
    return text.removeprefix(f"{subject(brief.topic)}: ")
