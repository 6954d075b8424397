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
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from tempfile import gettempdir

import numpy as np

from writer.documents.reader import IsolatedReader
from writer.domain.briefs import Brief
from writer.domain.drafts import count_words
from writer.domain.outlines import Outline, OutlineSection
from writer.domain.ports.sources import Embedder
from writer.domain.sources import Passage, passage_id
from writer.domain.text import words
from writer.embedding.choice import find_embedder
from writer.samples import SAMPLES
from writer.services.extractive.candidates import candidates
from writer.services.extractive.headings import cleaned
from writer.services.extractive.language import STOP_WORDS
from writer.services.extractive.planning import asked_by, plan, pool_of
from writer.services.extractive.relevance import FEATURES, embedded, relevance
from writer.services.knowledge.chunking import chunked, estimated_tokens

WORDS_A_SECTION = 190
CLAIMS_AN_ARTICLE = 5
MOST_ARTICLES = 60

SAMPLE_TOPIC = "How Brindle Bay heats its homes from the harbour"
SAMPLE_TRUTH = {
    "How it came about": ("Before the pipe", "Decision to build"),
    "How the plant works": ("How the harbour heats the town", "HOW A SEAWATER HEAT PUMP WORKS", "EFFICIENCY"),
    "Costs and who paid": ("What it cost and who paid", "Funding", "What households save"),
    "Faults and setbacks": ("Reliability and faults", "WHAT GOES WRONG", "The year of the trenches"),
    "What residents think of it": ("Satisfaction and comfort", "Living with it", "The year of the trenches"),
    "Criticism and objections": ("Objections", "Those who are not on the map", "The year of the trenches"),
    "Effects on the harbour, the air and the climate": ("EFFECT ON THE HARBOUR", "Effects on the climate and the air"),
    "Rules and permits": ("Permits and conditions",),
    "Plans for the coming years": ("Plans to 2030",),
    "Jobs and apprenticeships": (),
}


@dataclass(frozen=True)
class Case:
    """An article to be made: `truth` maps each heading to the passages that belong under it, a silenced one to none."""

    topic: str
    passages: Sequence[Passage]
    truth: Mapping[str, frozenset[str]]

    @property
    def outline(self) -> Outline:
        return Outline(self.topic, tuple(OutlineSection(f"s{n}", h) for n, h in enumerate(self.truth, start=1)))

    @property
    def brief(self) -> Brief:
        return Brief(self.topic[:300], words=max(100, WORDS_A_SECTION * len(self.truth)))


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


# The sets


def read(number: int, path: Path, embedder: Embedder | None) -> list[Passage]:
    kind = "markdown" if path.suffix == ".md" else "text"
    document = IsolatedReader().read(path, kind, path.name)
    title = document.title or path.stem
    count = embedder.count_tokens if embedder else estimated_tokens
    return [
        Passage(
            passage_id(number, c.ordinal), number, title, c.ordinal, c.text, c.heading_path, 0, c.start, c.end, c.digest
        )
        for c in chunked(document, count)
    ]


def without_headings(passages: Sequence[Passage]) -> list[Passage]:
    return [replace(passage, heading_path=()) for passage in passages]


def samples(embedder: Embedder | None, *, headings: bool) -> list[Case]:
    pool = [p for n, sample in enumerate(SAMPLES, start=1) for p in read(n, sample.path, embedder)]
    truth = {
        heading: frozenset(p.id for p in pool if set(p.heading_path) & set(parts))
        for heading, parts in SAMPLE_TRUTH.items()
    }
    return [Case(SAMPLE_TOPIC, pool if headings else without_headings(pool), truth)]


def guides(embedder: Embedder | None, *, tuning: bool) -> list[Case]:
    """Every guide with at least four parts; the longest part is silenced, so that a gap is not for want of trying."""
    folder = Path(str(resources.files("streamlit"))) / ".agents"
    found = []
    for path in sorted(folder.rglob("*.md")):
        if (zlib.crc32(path.name.encode()) % 2 == 0) is not tuning:
            continue
        passages = read(1, path, embedder)
        parts: dict[str, set[str]] = {}
        for passage in passages:
            if len(passage.heading_path) > 1 and cleaned(passage.heading_path[1]):
                parts.setdefault(cleaned(passage.heading_path[1]), set()).add(passage.id)
        quotable = {c.id for c in candidates(without_headings(passages))}
        truth = {heading: frozenset(ids) for heading, ids in parts.items() if ids & quotable}
        if len(truth) >= 4:
            found.append(silenced(passages[0].source_title, without_headings(passages), truth))
    return found


def silenced(topic: str, passages: Sequence[Passage], truth: Mapping[str, frozenset[str]]) -> Case:
    """Takes everything about the middle heading out of the pool, and leaves the heading in the outline."""
    quiet = list(truth)[len(truth) // 2]
    kept = [
        p for p in passages if p.id not in truth[quiet] or any(p.id in ids for h, ids in truth.items() if h != quiet)
    ]
    left = {p.id for p in kept}
    return Case(topic, kept, {h: frozenset() if h == quiet else ids & left for h, ids in truth.items()})


@dataclass
class Claims:
    """Claims with the abstracts that are evidence for them."""

    abstracts: dict[str, tuple[str, str]]
    evidence: dict[str, frozenset[str]] = field(default_factory=dict)


def claims(folder: Path, embedder: Embedder, *, tuning: bool) -> list[Case]:
    rows = (json.loads(line) for line in (folder / "corpus.jsonl").read_text().splitlines())
    abstracts = {row["_id"]: (row["title"], " ".join(row["sents"])) for row in rows}
    train, test = _train_claims(folder), _test_claims(folder)
    seen = {doc for docs in train.values() for doc in docs}
    evidence = train if tuning else {claim: docs for claim, docs in test.items() if not docs & seen}
    return list(_articles(Claims(abstracts, evidence), embedder))[:MOST_ARTICLES]


def _train_claims(folder: Path) -> dict[str, frozenset[str]]:
    rows = (json.loads(line) for line in (folder / "claims_train.jsonl").read_text().splitlines())
    return {row["claim"]: frozenset(row["evidence"]) for row in rows if row["evidence"]}


def _test_claims(folder: Path) -> dict[str, frozenset[str]]:
    text = {row["_id"]: row["text"] for row in map(json.loads, (folder / "queries.jsonl").read_text().splitlines())}
    found: dict[str, set[str]] = {}
    for line in (folder / "qrels.tsv").read_text().splitlines()[1:]:
        query, doc, score = line.split("\t")
        if int(score) > 0:
            found.setdefault(text[query], set()).add(doc)
    return {claim: frozenset(docs) for claim, docs in found.items()}


def _articles(data: Claims, embedder: Embedder) -> Iterator[Case]:
    """Greedy: a claim that is left and those nearest to it, whose abstracts differ."""
    left = sorted(data.evidence)
    vectors = dict(zip(left, embedded(embedder, left), strict=True))
    while len(left) >= CLAIMS_AN_ARTICLE:
        first = left[0]
        near = sorted(left, key=lambda c: (-round(float(vectors[c] @ vectors[first]), 4), c))
        group: list[str] = []
        for claim in near:
            if len(group) < CLAIMS_AN_ARTICLE and not any(data.evidence[claim] & data.evidence[g] for g in group):
                group.append(claim)
        left = [claim for claim in left if claim not in group]
        yield _article(group, data)


def _article(group: Sequence[str], data: Claims) -> Case:
    docs = sorted({doc for claim in group for doc in data.evidence[claim]})
    passages, truth = (
        [],
        {claim: frozenset(passage_id(docs.index(d) + 1, 1) for d in data.evidence[claim]) for claim in group},
    )
    for number, doc in enumerate(docs, start=1):
        title, text = data.abstracts[doc]
        passages.append(Passage(passage_id(number, 1), number, title, 1, text, (), 0, 0, len(text), doc))
    counts = Counter(w for claim in group for w in dict.fromkeys(words(claim)) if w not in STOP_WORDS and len(w) > 2)
    topic = " ".join(word for word, _ in counts.most_common(2))
    return silenced(topic, passages, {claim.rstrip("."): ids for claim, ids in truth.items()})


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
