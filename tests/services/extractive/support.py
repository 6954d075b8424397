"""A library in memory, an embedder without a model, and passages made by hand."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from writer.domain.briefs import Brief
from writer.domain.completions import Caller
from writer.domain.drafting import Drafted, SectionContract, WrittenBody
from writer.domain.drafts import Section
from writer.domain.outlines import ArticlePlan, Outline, OutlineSection
from writer.domain.sources import Passage, passage_id
from writer.services.extractive import ExtractiveDrafter
from writer.services.extractive.language import stems

CALLER = Caller("ann")


class WordHashes:
    """Texts that share stems are near each other. Deterministic, and quick to load: there is no model."""

    model = "word-hashes"
    dimension = 1024
    max_tokens = 254

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        return [self._vector(text).astype("<f4").tobytes() for text in texts]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def _vector(self, text: str) -> np.ndarray:
        vector = np.full(self.dimension, 1e-3)
        for term in stems(text):
            vector[int.from_bytes(hashlib.sha256(term.encode()).digest()[:4], "big") % self.dimension] += 1
        return vector / np.linalg.norm(vector)


class Shelf:
    """The Library port over passages in memory, nearest by shared words."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = list(passages)

    def nearest(self, owner_id: str, question: str, limit: int, source_ids: Sequence[int]) -> list[Passage]:
        wanted = set(stems(question))
        scored = [(len(wanted & set(stems(f"{p.text} {' '.join(p.heading_path)}"))), p) for p in self._passages]
        found = [p for score, p in sorted(scored, key=lambda pair: -pair[0]) if score]
        return [p for p in found if not source_ids or p.source_id in source_ids][:limit]

    def passages(self, owner_id: str, ids: Sequence[str]) -> dict[str, Passage]:
        return {p.id: p for p in self._passages if p.id in ids}

    def overview(self, owner_id: str, source_ids: Sequence[int], limit: int) -> list[Passage]:
        return [p for p in self._passages if not source_ids or p.source_id in source_ids][:limit]


@dataclass
class Shown:
    text: str = ""
    restarts: int = 0

    def __call__(self, delta: str) -> None:
        self.text += delta

    def restart(self) -> None:
        self.text = ""
        self.restarts += 1


@dataclass
class Article:
    outline: Outline
    plan: ArticlePlan
    drafted: dict[str, Drafted] = field(default_factory=dict)

    def text(self, heading: str) -> str:
        return self.drafted[heading].text

    @property
    def whole(self) -> str:
        return "\n\n".join(drafted.text for drafted in self.drafted.values())


def passage(
    text: str, *heading_path: str, source: int = 1, ordinal: int = 1, page: int = 0, title: str = "Report"
) -> Passage:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Passage(passage_id(source, ordinal), source, title, ordinal, text, heading_path, page, 0, len(text), digest)


def outline_of(*headings: str, title: str = "Bees in the town") -> Outline:
    return Outline(title, tuple(OutlineSection(f"s{n}", heading) for n, heading in enumerate(headings, start=1)))


def contract(
    brief: Brief, outline: Outline, plan: ArticlePlan, key: str, passages: Sequence[Passage]
) -> SectionContract:
    row = next(row for row in plan.sections if row.key == key)
    own = tuple(p for p in passages if p.id in row.passage_ids)
    return SectionContract(brief, outline, plan, row, None, None, own)


async def written(
    drafter: ExtractiveDrafter, brief: Brief, passages: Sequence[Passage], outline: Outline | None = None
) -> Article:
    """The whole way from the brief to the sections, as the engine goes it."""
    outline = outline or await drafter.outline(brief, passages, CALLER, Shown())
    plan = await drafter.plan(brief, outline, {s.key: passages for s in outline.sections}, CALLER)
    article = Article(outline, plan)
    for row in plan.sections:
        asked = contract(brief, outline, plan, row.key, passages)
        article.drafted[row.heading] = await drafter.section(asked, CALLER, Shown())
    return article


def body_of(brief: Brief, article: Article, passages: Sequence[Passage]) -> WrittenBody:
    sections = tuple(
        Section(row.key, row.heading, article.text(row.heading), gap=article.drafted[row.heading].gap)
        for row in article.plan.sections
    )
    return WrittenBody(brief, article.outline, article.plan, sections, tuple(passages))
