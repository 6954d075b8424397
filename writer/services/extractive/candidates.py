"""Quotes that could be made from passages, and which of them say the same."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from writer.domain.sources import Passage
from writer.domain.text import sentences, words
from writer.services.extractive.language import stems
from writer.services.extractive.noise import fault, is_back_matter, leans_on_another, spoil_their_paragraph

_BLOCKS = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*+•·–]|\d{1,2}[.)])\s)")
_NOT_PROSE = re.compile(r"^\s*(?:#{1,6}\s|\||!\[|```|~~~|>)|^\s{4,}\S")
_BULLET = re.compile(r"^\s*(?:[-*+•·–]|\d{1,2}[.)])\s+")
_NUMBER = re.compile(r"\d")
_RUNNING_LINE = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """One or two whole sentences of one passage, with white space evened out.

    `place` counts sentences within the passage. `follower` is the next sentence when it leans on this one and may be
    quoted along with it. `twins` are passages that say nearly the same.
    """

    text: str
    passage: Passage
    place: int
    terms: tuple[str, ...]
    follower: str = ""
    twins: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[int, int, int]:
        return (self.passage.source_id, self.passage.ordinal, self.place)

    @property
    def id(self) -> str:
        return self.passage.id

    @property
    def has_figures(self) -> bool:
        return bool(_NUMBER.search(self.text))

    def with_follower(self) -> "Candidate":
        text = f"{self.text} {self.follower}"
        return replace(self, text=text, terms=stems(text), follower="")


def canonical(passages: Iterable[Passage]) -> list[Passage]:
    """Each passage once, in reading order: whatever order they came in, the text that results is the same."""
    unique = {passage.id: passage for passage in passages}
    return sorted(unique.values(), key=lambda p: (p.source_id, p.ordinal, p.id))


def candidates(passages: Iterable[Passage]) -> list[Candidate]:
    """Everything quotable, in reading order, each text once per source."""
    pool = [passage for passage in canonical(passages) if not is_back_matter(passage.heading_path)]
    running = _running_lines(pool)
    seen: set[tuple[int, str]] = set()
    found: list[Candidate] = []
    for passage in pool:
        for candidate in _of(passage):
            key = (passage.source_id, candidate.text)
            if key not in seen and key not in running:
                seen.add(key)
                found.append(candidate)
    return found


def quotable(text: str) -> bool:
    return not fault(text) and not leans_on_another(text)


def prose(text: str) -> Iterator[list[str]]:
    """The sentences of each block of running text, white space evened out; headings, tables and code left out."""
    for block in _BLOCKS.split(text):
        if block.strip() and not _NOT_PROSE.match(block):
            yield [" ".join(sentence.split()) for sentence in sentences(_BULLET.sub("", block))]


def _of(passage: Passage) -> Iterator[Candidate]:
    place = 0
    for block in prose(passage.text):
        spoilt = spoil_their_paragraph(block)
        for index, sentence in enumerate(block):
            place += 1
            if not spoilt and quotable(sentence):
                after = block[index + 1] if index + 1 < len(block) else ""
                yield Candidate(sentence, passage, place, stems(sentence), follower=_follower(after))


def _follower(sentence: str) -> str:
    return sentence if sentence and leans_on_another(sentence) and not fault(sentence) else ""


def _running_lines(passages: Sequence[Passage]) -> set[tuple[int, str]]:
    """Lines that a source repeats on many pages. Two occurrences prove nothing: neighbouring passages overlap."""
    counts: dict[tuple[int, str], int] = {}
    for passage in passages:
        lines = {sentence for block in prose(passage.text) for sentence in block}
        for line in lines:
            counts[passage.source_id, line] = counts.get((passage.source_id, line), 0) + 1
    return {key for key, count in counts.items() if count >= _RUNNING_LINE}


def say_the_same(a: str, b: str, likeness: float) -> bool:
    """Nearly the same words, or close in meaning with the same figures. `likeness` is a cosine, 0 without a model."""
    first, second = set(words(a)), set(words(b))
    shared = len(first & second) / max(1, min(len(first), len(second)))
    union = len(first & second) / max(1, len(first | second))
    same_figures = _figures(a) == _figures(b)
    if union >= 0.8 or (shared >= 0.85 and min(len(first), len(second)) >= 8):
        return same_figures or union >= 0.9
    return same_figures and likeness >= (0.86 if _figures(a) else 0.92)


def _figures(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\d+(?:[.,]\d+)*", text))
