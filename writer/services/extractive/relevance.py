"""How well each candidate answers each heading, compared among all headings: the gate of the source brief.

A sentence is judged by itself, by the passage it stands in, and by that passage's place in its document, and always
against the other headings too: what fits two headings about equally well belongs under neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from writer.domain.ports.sources import Embedder
from writer.domain.text import words
from writer.services.extractive.candidates import Candidate
from writer.services.extractive.language import Weights, stem, stems
from writer.services.extractive.roles import role_fit, share_of_role_words, shared_role

Matrix = NDArray[np.float64]

FEATURES = (
    "bias", "lead in passage meaning", "lead in meaning", "passage stands out",
    "lead in passage words", "words stand out", "role", "document heading",
)  # fmt: skip
# Fitted on the tuning half of benchmarks/extractive.py (`--fit`), which shares no document with the held-out half.
# "role" was raised by hand and "document heading" set by hand: the tuning data have few headings with a rhetorical
# role, and hide the documents' own headings.
WITH_MODEL = np.array([-1.02, 8.07, 0.86, 0.4, 1.18, 0.34, 0.3, 4.0])
WITHOUT_MODEL = np.array([-1.44, 0.0, 0.0, 0.0, 4.0, 0.92, 0.7, 4.0])
GATE, GATE_WITHOUT_MODEL = 0.65, 0.7
_LEAD_OF_AN_ONLY_HEADING = 0.15
_SAME_ROLE = 0.6
_USUAL_LIKENESS = 0.45
_DOUBT = 0.35


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

    @property
    def gate(self) -> float:
        return GATE_WITHOUT_MODEL if self.vectors is None else GATE

    def likeness(self, first: int, second: int) -> float:
        return 0.0 if self.vectors is None else float(self.vectors[first] @ self.vectors[second])


def embedded(embedder: Embedder, texts: Sequence[str]) -> Matrix:
    """Rows are rounded, so that a last bit that differs between two runs cannot tip a gate."""
    unique = sorted(set(texts))
    by_text = dict(zip(unique, embedder.embed(unique), strict=True)) if unique else {}
    rows = [np.frombuffer(by_text[text], dtype="<f4") for text in texts]
    return np.round(np.array(rows, dtype=np.float64).reshape(len(texts), embedder.dimension), 5)


def relevance(pool: Sequence[Candidate], asked: Sequence[Asked], topic: str, embedder: Embedder | None) -> Relevance:
    if not pool:
        empty = np.zeros((0, len(asked)))
        return Relevance(empty, np.zeros((0, len(asked), len(FEATURES))), None)
    passages = _passages_of(pool)
    weights = Weights([*(c.terms for c in pool), stems(topic)])
    role = np.array([[role_fit(section.heading, c.text) for section in asked] for c in pool])
    around = _passage_words(pool, asked, passages, weights)
    path = _path_fit(pool, asked, topic, weights, embedder)
    vectors = embedded(embedder, [c.text for c in pool]) if embedder else None
    meaning = np.zeros((2, *around.shape))
    if embedder is not None and vectors is not None:
        meaning = _meaning(vectors, asked, topic, embedder, passages)
    columns = (
        np.ones_like(around), _lead(meaning[0]), _lead(meaning[1]), _stands_out(meaning[0]),
        _lead(around), _stands_out(around), role, path,
    )  # fmt: skip
    features = np.stack(columns, axis=2)
    fitted = WITH_MODEL if embedder else WITHOUT_MODEL
    return Relevance(np.round(1 / (1 + np.exp(-(features @ fitted))), 6), features, vectors)


def _lead(scores: Matrix) -> Matrix:
    """By how much each heading is ahead of the best of the others (negative when it is behind)."""
    if scores.shape[1] < 2:
        return np.full_like(scores, _LEAD_OF_AN_ONLY_HEADING)
    ordered = np.sort(scores, axis=1)
    best, second = ordered[:, -1:], ordered[:, -2:-1]
    return scores - np.where(scores == best, second, best)


def _passages_of(pool: Sequence[Candidate]) -> NDArray[np.int64]:
    numbers = {id_: n for n, id_ in enumerate(dict.fromkeys(c.id for c in pool))}
    return np.array([numbers[c.id] for c in pool])


def _stands_out(scores: Matrix) -> Matrix:
    """How far above the usual for its heading, in standard deviations: some headings are near everything."""
    spread: Matrix = (scores - scores.mean(axis=0)) / (scores.std(axis=0) + 1e-6)
    return spread


def _passage_words(
    pool: Sequence[Candidate], asked: Sequence[Asked], passages: NDArray[np.int64], weights: Weights
) -> Matrix:
    """The share of a heading's words that the whole passage has."""
    there: dict[int, set[str]] = {}
    for candidate, passage in zip(pool, passages, strict=True):
        there.setdefault(int(passage), set()).update(candidate.terms)
    wanted = [stems(section.text) for section in asked]
    return np.array([[weights.overlap(terms, there[int(p)]) for terms in wanted] for p in passages])


def _meaning(
    vectors: Matrix, asked: Sequence[Asked], topic: str, embedder: Embedder, passages: NDArray[np.int64]
) -> Matrix:
    """Likeness of the whole passage and of the sentence to each heading, once what the topic alone accounts for is
    taken off all of them: every sentence of the pool is near the topic, which hides what it adds."""
    about = embedded(embedder, [topic])[0]
    headings = _beyond(_headings(embedder, asked), about)
    means = _unit(np.stack([vectors[passages == p].mean(axis=0) for p in range(passages.max() + 1)]))
    return np.stack([_beyond(means, about)[passages] @ headings.T, _beyond(vectors, about) @ headings.T])


def _beyond(rows: Matrix, about: Matrix) -> Matrix:
    return _unit(rows - np.outer(rows @ about, about))


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


def _path_fit(
    pool: Sequence[Candidate], asked: Sequence[Asked], topic: str, weights: Weights, embedder: Embedder | None
) -> Matrix:
    """Likeness of the heading that the author of the source put over the passage, and its lead over the other headings
    of the outline; 0 where the source has no headings."""
    paths = sorted({path for candidate in pool for path in headings_over(candidate)})
    if not paths:
        return np.zeros((len(pool), len(asked)))
    table = _heading_likeness(paths, asked, topic, weights, embedder)
    scores = dict(zip(paths, table + 0.5 * _lead(table) - _USUAL_LIKENESS, strict=True))
    rows = [[scores[path] for path in headings_over(candidate)] or [np.zeros(len(asked))] for candidate in pool]
    return np.array([np.max(row, axis=0) for row in rows])


def _heading_likeness(
    paths: Sequence[str], asked: Sequence[Asked], topic: str, weights: Weights, embedder: Embedder | None
) -> Matrix:
    """The best of each heading's wordings: the same words, the same role, or a like meaning."""
    texts = [text for section in asked for text in (section.heading, *section.points)]
    table = np.array([[_alike(path, text, set(stems(topic)), weights) for text in texts] for path in paths])
    if embedder:
        about = embedded(embedder, [topic])[0]
        near = _beyond(embedded(embedder, paths), about) @ _beyond(embedded(embedder, texts), about).T
        table = np.maximum(table, near)
    owners = np.array([n for n, section in enumerate(asked) for _ in range(1 + len(section.points))])
    return np.stack([table[:, owners == n].max(axis=1) for n in range(len(asked))], axis=1)


def _alike(path: str, text: str, about: set[str], weights: Weights) -> float:
    """One word in common is weak evidence, however short the headings are."""
    if [stem(w) for w in words(path)] == [stem(w) for w in words(text)]:
        return 1.0
    first = [term for term in stems(path) if term not in about]
    second = [term for term in stems(text) if term not in about]
    shared = (weights.overlap(first, second) + weights.overlap(second, first)) / 2
    sure = 1 - _DOUBT ** len(set(first) & set(second))
    in_topic = bool(set(stems(text))) and set(stems(text)) <= about
    role = max(share_of_role_words(text), float(in_topic)) if shared_role(path, text) else 0.0
    return max(shared * sure, _SAME_ROLE * role)


def headings_over(candidate: Candidate) -> tuple[str, ...]:
    """The passage's two innermost headings, without the document's own title."""
    path = [h for h in candidate.passage.heading_path if h.casefold() != candidate.passage.source_title.casefold()]
    return tuple(path[-2:])
