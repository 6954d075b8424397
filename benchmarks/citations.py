"""What the check of citations finds and costs: `python -m benchmarks.citations [--scifact FOLDER]`.

FOLDER (or WRITER_SCIFACT) holds the SciFact collection as corpus.jsonl and claims_train.jsonl; without it the sample
documents alone are used, and no AUC is measured.
"""

import argparse
import hashlib
import json
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from benchmarks.plants import Plant, altered, respelled
from benchmarks.report import at_least, at_most
from writer.documents.assembly import placed
from writer.documents.reader import IsolatedReader
from writer.domain.citations import cited_ids, only_known
from writer.domain.claims import ClaimStatus
from writer.domain.ports.sources import Embedder
from writer.domain.sources import Block, Document, NewPassage, Passage, passage_id
from writer.embedding.choice import find_embedder
from writer.services.claims.checker import Checker, Cited
from writer.services.claims.segments import sentences_of
from writer.services.claims.source_text import source_text
from writer.services.claims.stems import Rarity
from writer.services.knowledge.chunking import chunked

SAMPLES = Path("writer/samples")
PLANTED = 300
CITED, WORDS = 40, 2000
SEED = 7


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="What the check of citations finds and costs")
    parser.add_argument("--scifact", type=Path, default=os.environ.get("WRITER_SCIFACT"))
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        embedder = find_embedder(Path(folder) / "models")
        if embedder is None:
            raise SystemExit("No embedding model is installed: nothing to measure.")
        embedder.embed(["The model is loaded before the clock runs."])
        samples = sample_passages(embedder)
        speed(samples, embedder)
        neighbours()
        planted("sample documents", samples, embedder)
        if asked.scifact is None:
            print("     name a folder with SciFact (--scifact or WRITER_SCIFACT) for the AUC and for foreign sentences")
            return
        shelf = Shelf(Path(asked.scifact), embedder)
        planted("SciFact's abstracts", shelf.some_passages(), embedder)
        separation(shelf, embedder)


def sample_passages(embedder: Embedder) -> list[Passage]:
    reader = IsolatedReader()
    found: list[Passage] = []
    paths = [path for path in sorted(SAMPLES.iterdir()) if path.suffix in (".md", ".txt") and path.stem != "README"]
    for number, path in enumerate(paths, start=1):
        document = reader.read(path, "markdown" if path.suffix == ".md" else "text", path.name)
        found += passages_of(number, document.title or path.stem, document, embedder)
    return found


def passages_of(source_id: int, title: str, document: Document, embedder: Embedder) -> list[Passage]:
    return [_passage(source_id, title, new) for new in chunked(document, embedder.count_tokens)]


def _passage(source_id: int, title: str, new: NewPassage) -> Passage:
    return Passage(
        passage_id(source_id, new.ordinal),
        source_id,
        title,
        new.ordinal,
        new.text,
        new.heading_path,
        new.page,
        new.start,
        new.end,
        new.digest,
    )


def verdicts_of(cited: Sequence[Cited], rarity: Rarity, embedder: Embedder) -> list[tuple[ClaimStatus, float]]:
    found = Checker(embedder).verdicts(cited, rarity)
    return [(verdict.status, verdict.score or 0.0) for verdict in found]


def citing(text: str, passages: Iterable[Passage]) -> Cited:
    (sentence,) = sentences_of(text) if len(sentences_of(text)) == 1 else (sentences_of(text)[0],)
    return Cited(sentence, tuple(passages))


# Speed


def speed(samples: Sequence[Passage], embedder: Embedder) -> None:
    """Neither the article's sentences nor its passages' were embedded before: the vectors that are remembered do not
    help. Cutting, rules, words and vectors are all in the time."""
    rarity = Rarity(passage.text for passage in samples)
    article, passages = an_article(samples)
    began = time.perf_counter()
    sentences = sentences_of(article)
    cited = [Cited(one, tuple(passages[id_] for id_ in one.passage_ids)) for one in sentences]
    found = Checker(embedder).verdicts(cited, rarity)
    took = time.perf_counter() - began
    checked = sum(verdict.score is not None for verdict in found)
    print(f"     {len(article.split())} words, {checked} sentences with citations")
    at_most(f"check of an article of {WORDS} words with {CITED} citations, warm", took, 1, " s")


def an_article(samples: Sequence[Passage]) -> tuple[str, dict[str, Passage]]:
    told = [
        (sentence, passage)
        for passage in samples
        for sentence in source_text(passage).sentences
        if 8 <= len(sentence.split()) <= 40
    ]
    chosen = told[:: max(1, len(told) // CITED)][:CITED]
    lines = [f"{respelled(s, random.Random(n))} [[{p.id}]]." for n, (s, p) in enumerate(chosen)]
    filler = "What follows from this for a town of middling size is a matter of weighing one thing against another."
    while sum(len(line.split()) for line in lines) < WORDS:
        lines.insert(len(lines) * 7 % max(1, len(lines)), filler)
    return "\n\n".join(" ".join(lines[n : n + 5]) for n in range(0, len(lines), 5)), {p.id: p for p in samples}


# Invented ids


def neighbours(texts: int = 2000) -> None:
    rng, kept, valid_in_all = random.Random(SEED), 0, 0
    for _ in range(texts):
        tokens = [[f"S{rng.randint(1, 9)}.p{rng.randint(1, 30)}" for _ in range(rng.randint(1, 3))] for _ in range(6)]
        invented = {id_ for token in tokens for id_ in token if rng.random() < 0.4}
        text = " ".join(f"A sentence {n} [[{', '.join(token)}]]." for n, token in enumerate(tokens))
        valid = [id_ for id_ in cited_ids(text) if id_ not in invented]
        left = set(cited_ids(only_known(text, frozenset(valid).__contains__).text))
        seen = {id_ for sentence in sentences_of(text) for id_ in sentence.passage_ids}
        kept += sum(id_ in left and id_ in seen for id_ in valid)
        valid_in_all += len(valid)
    at_least("valid citations beside invented ones that survive", 100 * kept / valid_in_all, 100, " %")


# Planted faults


def planted(name: str, passages: Sequence[Passage], embedder: Embedder) -> None:
    rng = random.Random(SEED)
    plants = list(islice(_plants(passages, rng), PLANTED))
    rarity = Rarity(passage.text for passage in passages)
    for kind in ("number", "date", "quotation"):
        faulty = [plant for plant in plants if plant.kind == kind]
        if faulty:
            found = verdicts_of([citing(p.faulty, [p.passage]) for p in faulty], rarity, embedder)
            caught = sum(status is ClaimStatus.NOT_FOUND for status, _ in found)
            at_least(f"{name}: altered {kind}s found, of {len(faulty)}", 100 * caught / len(faulty), 98, " %")
    sound = verdicts_of([citing(p.sound, [p.passage]) for p in plants], rarity, embedder)
    alarms = sum(status is not ClaimStatus.SUPPORTED for status, _ in sound)
    at_most(f"{name}: false alarms on {len(plants)} copies and respellings", 100 * alarms / len(plants), 5, " %")


def _plants(passages: Sequence[Passage], rng: random.Random) -> Iterator[Plant]:
    """Sentences in turn over the passages; each once with a changed number or date, and once as a changed quotation."""
    told = [(s, p) for p in passages for s in source_text(p).sentences if 8 <= len(s.split()) <= 60]
    rng.shuffle(told)
    for sentence, passage in chain(told, told):  # the second time with other faults
        yield from altered(sentence, passage, rng)


# SciFact


class Shelf:
    """The abstracts as passages, cut as the app cuts them, and the claims of the held-out half."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self._embedder = embedder
        self.documents = [json.loads(line) for line in (folder / "corpus.jsonl").read_text("utf-8").splitlines()]
        claims = [json.loads(line) for line in (folder / "claims_train.jsonl").read_text("utf-8").splitlines()]
        self.claims = [claim for claim in claims if _held_out(claim["id"])]
        self._by_id = {document["_id"]: n for n, document in enumerate(self.documents, start=1)}
        self.rarity = Rarity(" ".join([document["title"], *document["sents"]]) for document in self.documents)

    def passages(self, document_id: str) -> list[Passage]:
        number = self._by_id[document_id]
        document = self.documents[number - 1]
        text, blocks = placed([Block("paragraph", " ".join(document["sents"]))])
        return passages_of(number, document["title"], Document("", blocks, text), self._embedder)

    def some_passages(self, count: int = 400) -> list[Passage]:
        chosen = random.Random(SEED).sample(self.documents, count)
        return [passage for document in chosen for passage in self.passages(document["_id"])]

    def nearest_by_words(self) -> dict[str, str]:
        """Claim → the document that shares most words with it and that it does not cite."""
        index = sqlite3.connect(":memory:")
        index.execute("CREATE VIRTUAL TABLE texts USING fts5(id UNINDEXED, text, tokenize='porter unicode61')")
        rows = [(d["_id"], " ".join([d["title"], *d["sents"]])) for d in self.documents]
        index.executemany("INSERT INTO texts VALUES (?, ?)", rows)
        found: dict[str, str] = {}
        for claim in self.claims:
            words = " OR ".join(f'"{word}"' for word in claim["claim"].replace('"', " ").split() if len(word) > 3)
            ranked = index.execute("SELECT id FROM texts WHERE texts MATCH ? ORDER BY rank LIMIT 20", (words,))
            found[claim["claim"]] = next(id_ for (id_,) in ranked if id_ not in claim["cited_doc_ids"])
        index.close()
        return found


def _held_out(claim_id: str) -> bool:
    """The other half is for choosing weights and thresholds."""
    return int(hashlib.sha256(str(claim_id).encode()).hexdigest(), 16) % 2 == 1


def separation(shelf: Shelf, embedder: Embedder) -> None:
    pairs = dict(_pairs(shelf))
    scores = {name: _scores(shelf, some, embedder) for name, some in pairs.items()}
    supported = scores.pop("supported")
    print(f"     held-out half of SciFact's train claims: {len(supported)} supported")
    wrong = "a source on the same subject that the annotators found without evidence"
    at_least(f"AUC of the score, supported / {wrong}"[:78], auc(supported, scores.pop("without evidence")), 0.89)
    for name, values in scores.items():
        print(f"     AUC supported / {name:<60} {auc(supported, values):.3f}  ({len(values)} pairs)")


def _pairs(shelf: Shelf) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    label: dict[str, list[tuple[str, str]]] = {"SUPPORT": [], "CONTRADICT": [], "": []}
    for claim in shelf.claims:
        for document in claim["cited_doc_ids"]:
            evidence = claim["evidence"].get(document)
            label[evidence[0]["label"] if evidence else ""].append((claim["claim"], document))
    yield "supported", label["SUPPORT"]
    yield "without evidence", label[""]
    others = [claim["cited_doc_ids"][0] for claim in shelf.claims]
    shifted = [*others[17:], *others[:17]]
    yield (
        "the source of another claim",
        [
            (claim["claim"], other)
            for claim, other in zip(shelf.claims, shifted, strict=True)
            if other not in claim["cited_doc_ids"]
        ],
    )
    yield (
        "the uncited source nearest by words (it may hold unlabelled evidence)",
        list(shelf.nearest_by_words().items()),
    )
    yield "a source that contradicts the claim", label["CONTRADICT"]


def _scores(shelf: Shelf, pairs: Sequence[tuple[str, str]], embedder: Embedder) -> list[float]:
    cited = [citing(claim, shelf.passages(document)) for claim, document in pairs]
    return [score for _, score in verdicts_of(cited, shelf.rarity, embedder)]


def auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The chance that a supported claim scores above one of the others; ties count half."""
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    return wins / (len(positive) * len(negative))


if __name__ == "__main__":
    main()
