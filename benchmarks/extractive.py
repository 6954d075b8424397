"""How often the source brief puts an extract under the wrong heading. `python -m benchmarks.extractive --help`.

Every set has a truth that our gate had no part in. The authors' own headings are hidden from the drafter and then asked
for as an outline; an extract is *off-heading* when its author put it under another one. In each article one heading is
silenced (nothing about it is left in the pool): it must come out as a gap.

- samples    the sample collection, one outline over five documents, which source parts answer which heading named below
- guides     the technical guides that come with Streamlit: one article for each, its own headings
- claims     SciFact (`--scifact FOLDER`): claims as headings, abstracts as sources; off-heading = the abstract is not
             evidence for the claim. Neighbouring claims share an article, so that they are easily confused.

`guides` and `claims` are split: the gate was fitted on the tuning half (`--fit`), what is printed is the held-out half
with no document in common. The first attempt (a gate on the cosine alone, central sentences first) runs beside it
on the same candidates.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir

import numpy as np

from benchmarks.extractive_sets import WORDS_A_SECTION, Case, claims, guides, samples
from writer.domain.drafts import count_words
from writer.domain.ports.sources import Embedder
from writer.embedding.choice import find_embedder
from writer.services.extractive.candidates import candidates
from writer.services.extractive.planning import asked_by, plan, pool_of
from writer.services.extractive.relevance import FEATURES, embedded, relevance


@dataclass
class Score:
    quotes: int = 0
    off: int = 0
    sections: int = 0
    sections_off: int = 0
    answerable: int = 0
    silenced: int = 0
    wrong_gaps: int = 0
    right_gaps: int = 0

    def add(self, wanted: frozenset[str], found: Sequence[str]) -> None:
        off = sum(id_ not in wanted for id_ in found)
        self.quotes += len(found)
        self.off += off
        self.sections += bool(found)
        self.sections_off += off > 0
        self.answerable += bool(wanted)
        self.silenced += not wanted
        self.wrong_gaps += bool(wanted) and not found
        self.right_gaps += not wanted and not found

    def line(self, name: str) -> str:
        figures = (
            share(self.off, self.quotes),
            share(self.sections_off, self.sections),
            share(self.answerable - self.wrong_gaps, self.answerable),
            share(self.right_gaps, self.silenced),
        )
        return f"{name:26} {self.quotes:6}" + "".join(f"{figure:>14}" for figure in figures)


COLUMNS = ("off-heading", "sections hit", "covered", "right gaps")
HEADER = f"{'':26} {'quotes':>6}" + "".join(f"{column:>14}" for column in COLUMNS)


def share(part: int, whole: int) -> str:
    return f"{part}/{whole} {part / whole:.0%}" if whole else "n/a"


# The two drafters: what each quotes under each heading, as passage ids


def ours(case: Case, embedder: Embedder | None) -> dict[str, list[str]]:
    made = plan(case.brief, case.outline, case.passages, embedder)
    home = {(c.id, c.text): c.id for c in pool_of(case.brief, case.passages)}
    return {
        row.heading: [next(p for (p, text) in home if p in row.passage_ids and q.startswith(text)) for q in row.owned]
        for row in made.sections
    }


def first_attempt(case: Case, embedder: Embedder | None) -> dict[str, list[str]]:
    """Central sentences (LexRank) above two fixed cosines, as unlike each other as may be (MMR)."""
    if embedder is None:
        return {heading: [] for heading in case.truth}
    pool = candidates(case.passages)
    vectors = embedded(embedder, [c.text for c in pool])
    central = _lexrank(vectors @ vectors.T)
    found = {}
    for heading in case.truth:
        with_topic, alone = embedded(embedder, [f"{case.topic}: {heading}", heading])
        passing = [n for n in range(len(pool)) if vectors[n] @ with_topic >= 0.45 and vectors[n] @ alone >= 0.22]
        picked = _mmr(passing, vectors, vectors @ with_topic + central, [count_words(c.text) for c in pool])
        found[heading] = [pool[n].id for n in picked]
    return found


def _lexrank(likeness: np.ndarray) -> np.ndarray:
    links = np.where(likeness > 0.3, likeness, 0.0)
    steps = links / np.maximum(links.sum(axis=1, keepdims=True), 1e-9)
    rank = np.full(len(steps), 1 / max(1, len(steps)))
    for _ in range(30):
        rank = 0.15 / len(steps) + 0.85 * rank @ steps
    return np.asarray(rank / max(rank.max(), 1e-9))


def _mmr(passing: Sequence[int], vectors: np.ndarray, worth: np.ndarray, lengths: Sequence[int]) -> list[int]:
    picked: list[int] = []
    left = list(passing)
    while left and len(picked) < 8:
        best = max(left, key=lambda n: worth[n] - max((float(vectors[n] @ vectors[m]) for m in picked), default=0.0))
        left.remove(best)
        if sum(lengths[m] for m in picked) + lengths[best] <= WORDS_A_SECTION or not picked:
            picked.append(best)
    return picked


# Fitting and reporting


def fit(sets: Sequence[Sequence[Case]], embedder: Embedder | None) -> np.ndarray:
    """Logistic regression with a little ridge; each set counts the same, and within it each article. The documents'
    headings are hidden, so that their weight stays 0."""
    rows, labels, weights = [], [], []
    for case, size in ((case, len(cases)) for cases in sets for case in cases):
        pool = pool_of(case.brief, case.passages)
        features = relevance(pool, asked_by(case.outline), case.topic, embedder).features
        truth = np.array([[c.id in ids for ids in case.truth.values()] for c in pool], dtype=float)
        rows.append(features.reshape(-1, len(FEATURES)))
        labels.append(truth.reshape(-1))
        weights.append(np.full(truth.size, 1 / max(1, truth.size * size)))
    x, y, w = np.concatenate(rows), np.concatenate(labels), np.concatenate(weights)
    w /= w.sum()
    fitted = np.zeros(x.shape[1])
    for _ in range(60):  # Newton's method
        p = 1 / (1 + np.exp(-x @ fitted))
        gradient = x.T @ (w * (p - y)) + 1e-4 * fitted
        curvature = (x * (w * p * (1 - p))[:, None]).T @ x + 1e-4 * np.eye(len(fitted))
        fitted -= np.linalg.solve(curvature, gradient)
    return fitted


def score(
    cases: Sequence[Case], drafter: Callable[[Case, Embedder | None], dict[str, list[str]]], embedder: Embedder | None
) -> Score:
    total = Score()
    for case in cases:
        found = drafter(case, embedder)
        for heading, ids in case.truth.items():
            total.add(ids, found[heading])
    return total


def report(name: str, cases: Sequence[Case], embedder: Embedder) -> None:
    print(f"\n{name}: {len(cases)} articles, {sum(len(c.truth) for c in cases)} headings\n{HEADER}")
    first, now = score(cases, first_attempt, embedder), score(cases, ours, embedder)
    for label, found in (
        ("first attempt", first),
        ("built-in", now),
        ("built-in, keywords only", score(cases, ours, None)),
    ):
        print(found.line(label))
    if first.quotes and now.quotes and first.off:
        rate = (now.off / now.quotes) / (first.off / first.quotes)
        print(f"off-heading share, built-in / first attempt: {rate:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--scifact",
        type=Path,
        help="folder with SciFact's corpus.jsonl, queries.jsonl, qrels.tsv and claims_train.jsonl",
    )
    parser.add_argument(
        "--fit", action="store_true", help="fit the gate on the tuning half and print its weights and figures"
    )
    parser.add_argument(
        "--models",
        type=Path,
        default=Path(gettempdir()) / "writer-benchmark-models",
        help="where the embedder keeps its graph",
    )
    chosen = parser.parse_args()
    embedder = find_embedder(chosen.models)
    if embedder is None:
        raise SystemExit("There is no embedding model on this machine; the comparison needs one.")
    sets = {"guides": guides(embedder, tuning=chosen.fit)}
    if chosen.scifact:
        sets["claims"] = claims(chosen.scifact, embedder, tuning=chosen.fit)
    if chosen.fit:
        for name, model in (("WITH_MODEL", embedder), ("WITHOUT_MODEL", None)):
            print(name, dict(zip(FEATURES, np.round(fit(list(sets.values()), model), 2).tolist(), strict=True)))
    else:
        seen = {f"samples, headings {w}": samples(embedder, headings=w == "visible") for w in ("visible", "hidden")}
        sets = {**seen, **sets}
    for name, cases in sets.items():
        report(name if "samples" in name else f"{name} ({'tuning' if chosen.fit else 'held out'})", cases, embedder)


if __name__ == "__main__":
    main()
