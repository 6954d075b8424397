"""The articles that `benchmarks.extractive` asks for, each with its truth."""

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path

from writer.documents.reader import IsolatedReader
from writer.domain.briefs import Brief
from writer.domain.outlines import Outline, OutlineSection
from writer.domain.ports.sources import Embedder
from writer.domain.sources import Passage, passage_id
from writer.domain.text import words
from writer.samples import SAMPLES
from writer.services.extractive.candidates import candidates
from writer.services.extractive.headings import cleaned
from writer.services.extractive.language import STOP_WORDS
from writer.services.extractive.relevance import embedded
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
