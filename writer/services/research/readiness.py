"""Whether the sources are enough for a brief: counted, not guessed, and said in a sentence."""

from collections.abc import Callable, Sequence

from writer.domain.briefs import Brief
from writer.domain.research import NEAR, Readiness
from writer.domain.sources import Hit

WORDS_A_PASSAGE = 150
"""One passage carries about so many words of an article before it is said over and over."""

FEWEST, MOST = 4, 12
_ASKED_OF_A_LIST = 6

Search = Callable[[str, int], Sequence[Hit]]


def readiness_of(brief: Brief, search: Search) -> Readiness:
    wanted = min(MOST, max(FEWEST, round(brief.words / WORDS_A_PASSAGE)))
    points = [*brief.questions[:_ASKED_OF_A_LIST], *brief.must_include[:_ASKED_OF_A_LIST]]
    near: set[str] = set()
    silent: list[str] = []
    for text in (f"{brief.topic}. {brief.angle}", *points):
        hits = search(text, MOST)
        near |= {hit.passage.id for hit in hits if hit.score >= NEAR}
        silent += [text] if not hits and text in points else []
    return Readiness(len(near) >= wanted and not silent, _sentence(brief, min(len(near), 99), wanted, silent))


def _sentence(brief: Brief, near: int, wanted: int, silent: Sequence[str]) -> str:
    passages = "1 passage is" if near == 1 else f"{near or 'No'} passages are"
    told = f"{passages} near this topic; {brief.words:,} words want about {wanted}."
    return f"{told} Nothing is near “{silent[0][:120]}”." if silent else told
