"""How well each candidate answers each heading, compared among all headings: the gate of the source brief.

A sentence is judged by itself, by the passage it stands in, and by that passage's place in its document, and always
against the other headings too: what fits two headings about equally well belongs under neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from writer.domain.ports.sources import Embedder
from writer.services.extractive.candidates import Candidate
from writer.services.extractive.language import Weights, stems
from writer.services.extractive.roles import role_fit

Matrix = NDArray[np.float64]

FEATURES = (
    "bias", "meaning", "meaning with topic", "passage meaning", "passage meaning with topic", "words", "passage words",
    "lead in meaning", "lead in passage meaning", "lead in words", "role", "document heading",
)  # fmt: skip
# Fitted on the tuning half of benchmarks/extractive.py (`--fit`), which shares no document with the held-out half.
# "document heading" is set by hand: the tuning data hide the documents' headings.
WITH_MODEL = np.array([-4.4, 3.0, 1.0, 3.0, 1.0, 1.0, 1.0, 6.0, 8.0, 1.0, 0.4, 4.0])
WITHOUT_MODEL = np.array([-3.2, 0.0, 0.0, 0.0, 0.0, 2.5, 2.0, 0.0, 0.0, 2.0, 0.6, 4.0])
GATE = 0.55


@dataclass(frozen=True, slots=True)
class Asked:
    """What one section asks of the sources: its heading, and the points under it."""

    key: str
    heading: str
    points: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return ". ".join((self.heading, *self.points))


@dataclass(frozen=True, slots=True)
class Relevance:
    """`odds` and `likeness` are candidates × headings; `vectors` holds one unit row per candidate, or none at all.

    `odds` is the estimated chance, in [0, 1], that a reader would leave the candidate under the heading.
    """

    odds: Matrix
    features: Matrix
    vectors: Matrix | None

    def likeness(self, first: int, second: int) -> float:
        return 0.0 if self.vectors is None else float(self.vectors[first] @ self.vectors[second])


def embedded(embedder: Embedder, texts: Sequence[str]) -> Matrix:
    """Rows are rounded, so that a last bit that differs between two runs cannot tip a gate."""
    unique = sorted(set(texts))
    by_text = dict(zip(unique, embedder.embed(unique), strict=True)) if unique else {}
    rows = [np.frombuffer(by_text[text], dtype="<f4") for text in texts]
    return np.round(np.array(rows, dtype=np.float64).reshape(len(texts), embedder.dimension), 5)


def relevance(
    pool: Sequence[Candidate],
    asked: Sequence[Asked],
    topic: str,
    embedder: Embedder | None,
    *,
    see_headings: bool = True,
) -> Relevance:
    if not pool:
        empty = np.zeros((0, len(asked)))
        return Relevance(empty, np.zeros((0, len(asked), len(FEATURES))), None)
    passages = _passages_of(pool)
    weights = Weights([*(c.terms for c in pool), stems(topic)])
    lexical = _lexical(pool, asked, passages, weights)
    role = np.array([[role_fit(section.heading, c.text) for section in asked] for c in pool])
    path = _path_fit(pool, asked, weights, embedder) if see_headings else np.zeros((len(pool), len(asked)))
    vectors = embedded(embedder, [c.text for c in pool]) if embedder else None
    dense = (
        _dense(vectors, asked, topic, embedder, passages)
        if embedder and vectors is not None
        else [np.zeros_like(role)] * 4
    )
    features = _features(dense, lexical, role, path)
    fitted = WITH_MODEL if embedder else WITHOUT_MODEL
    return Relevance(np.round(1 / (1 + np.exp(-(features @ fitted))), 6), features, vectors)


def _features(dense: Sequence[Matrix], lexical: Sequence[Matrix], role: Matrix, path: Matrix) -> Matrix:
    leads = [_lead(dense[0] + dense[1]), _lead(dense[2] + dense[3]), _lead(lexical[0] + lexical[1])]
    return np.stack([np.ones_like(role), *dense, *lexical, *leads, role, path], axis=2)


def _lead(scores: Matrix) -> Matrix:
    """By how much each heading is ahead of the best of the others (negative when it is behind)."""
    if scores.shape[1] < 2:
        return np.zeros_like(scores)
    ordered = np.sort(scores, axis=1)
    best, second = ordered[:, -1:], ordered[:, -2:-1]
    return scores - np.where(scores == best, second, best)


def _passages_of(pool: Sequence[Candidate]) -> NDArray[np.int64]:
    numbers = {id_: n for n, id_ in enumerate(dict.fromkeys(c.id for c in pool))}
    return np.array([numbers[c.id] for c in pool])


def _lexical(
    pool: Sequence[Candidate], asked: Sequence[Asked], passages: NDArray[np.int64], weights: Weights
) -> list[Matrix]:
    there: dict[int, set[str]] = {}
    for candidate, passage in zip(pool, passages, strict=True):
        there.setdefault(int(passage), set()).update(candidate.terms)
    wanted = [stems(section.text) for section in asked]
    own = np.array([[weights.overlap(terms, c.terms) for terms in wanted] for c in pool])
    around = np.array([[weights.overlap(terms, there[int(p)]) for terms in wanted] for p in passages])
    return [own, around]


def _dense(
    vectors: Matrix, asked: Sequence[Asked], topic: str, embedder: Embedder, passages: NDArray[np.int64]
) -> list[Matrix]:
    alone = _headings(embedder, asked)
    with_topic = embedded(embedder, [f"{topic}: {section.heading}" for section in asked])
    around = _unit(np.stack([vectors[passages == p].mean(axis=0) for p in range(passages.max() + 1)]))[passages]
    return [vectors @ alone.T, vectors @ with_topic.T, around @ alone.T, around @ with_topic.T]


def _headings(embedder: Embedder, asked: Sequence[Asked]) -> Matrix:
    """The heading counts twice as much as its points together."""
    rows = []
    for section in asked:
        vectors = embedded(embedder, [section.heading, *section.points])
        rows.append(2 * vectors[0] + (vectors[1:].mean(axis=0) if len(vectors) > 1 else 0))
    return _unit(np.stack(rows))


def _unit(rows: Matrix) -> Matrix:
    lengths: Matrix = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Matrix = rows / np.maximum(lengths, 1e-9)
    return unit


def _path_fit(pool: Sequence[Candidate], asked: Sequence[Asked], weights: Weights, embedder: Embedder | None) -> Matrix:
    """Likeness of the heading that the author of the source put over the passage, less its lead over the other
    headings of the outline; 0 where the source has no headings."""
    paths = sorted({p for c in pool for p in headings_over(c)})
    if not paths:
        return np.zeros((len(pool), len(asked)))
    table = np.array([[weights.overlap(stems(path), stems(a.text)) for a in asked] for path in paths])
    same = np.array(
        [[float(path.casefold() in {t.casefold() for t in (a.heading, *a.points)}) for a in asked] for path in paths]
    )
    if embedder:
        table = np.maximum(table, embedded(embedder, paths) @ _headings(embedder, asked).T)
    scores = dict(zip(paths, np.maximum(table, same) + 0.5 * _lead(np.maximum(table, same)) - 0.45, strict=True))
    rows = [
        np.max([scores[p] for p in over], axis=0) if (over := headings_over(c)) else np.zeros(len(asked)) for c in pool
    ]
    return np.array(rows)


def headings_over(candidate: Candidate) -> tuple[str, ...]:
    """The passage's two innermost headings, without the document's own title."""
    path = [h for h in candidate.passage.heading_path if h.casefold() != candidate.passage.source_title.casefold()]
    return tuple(path[-2:])
