"""A large collection for measuring searches, made in a minute: words as often as in real texts, real vectors mixed.

Word ranks follow Zipf's law: the words of the sample documents first, invented ones after them. Half the words of a
document come from a few that it keeps using, which gives it a subject. Each vector is a real one of a sentence with
another's and noise added, which leaves them as near to one another as real ones are.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from writer import samples
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.ports.sources import Embedder
from writer.domain.sources import SourceState, passage_id
from writer.domain.text import sentences
from writer.storage import Database
from writer.storage.rows import PassageRow, SourceRow, VectorRow

OF_EACH = 20
WORDS = 90
VOCABULARY = 50_000
FAVOURITES = 150
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in ("a", "e", "i", "o", "u", "al", "er")]


class Prose:
    """Passages without end, the same ones in every run with the same seed."""

    def __init__(self, seed: int) -> None:
        import numpy as np

        self._numbers: Any = np.random.default_rng(seed)
        self._words = np.array(_vocabulary(), dtype=object)
        self._sums = np.cumsum(1 / (np.arange(len(self._words)) + 2.7))

    def document(self) -> list[str]:
        import numpy as np

        shape = (OF_EACH, WORDS)
        own = self._drawn(FAVOURITES)[self._numbers.integers(FAVOURITES, size=shape)]
        chosen = np.where(self._numbers.random(shape) < 0.5, own, self._drawn(shape))
        return [" ".join(words) for words in chosen]

    def _drawn(self, size: Any) -> Any:
        import numpy as np

        return self._words[np.searchsorted(self._sums, self._numbers.random(size) * self._sums[-1])]


def sample_sentences() -> list[str]:
    files = sorted(Path(samples.__file__).parent.glob("*.md"))
    found = [sentence for file in files for sentence in sentences(file.read_text("utf-8"))]
    return [sentence for sentence in found if 6 <= len(sentence.split()) <= 60]


def questions() -> Iterator[str]:
    """Runs of words of passages that no document has, each another one: none is in a cache."""
    chance, prose = random.Random(3), Prose(seed=2)
    while True:
        for passage in prose.document():
            words = passage.split()
            start = chance.randrange(len(words) - 12)
            yield " ".join(words[start : start + chance.randint(6, 12)])


def fill(database: Database, embedder: Embedder, passages: int) -> None:
    """Straight into the tables: thousands of uploads would take an hour."""
    import numpy as np

    prose, noise, texts = Prose(seed=1), np.random.default_rng(1), sample_sentences()
    real = np.stack([np.frombuffer(vector, "<f4") for vector in embedder.embed(texts)])
    sources = range(1, passages // OF_EACH + 1)
    for start in range(0, len(sources), 250):
        some = sources[start : start + 250]
        with database.writing(durable=False) as session:
            session.execute(insert(SourceRow), [_source(id_) for id_ in some])
            session.execute(insert(PassageRow), [row for id_ in some for row in _passages(id_, prose.document())])
            session.execute(insert(VectorRow), [row for id_ in some for row in _vectors(id_, embedder, real, noise)])


def _vocabulary() -> list[str]:
    known = [word.lower() for text in sample_sentences() for word in text.split() if word.isalpha()]
    chance = random.Random(5)
    invented = ("".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(2 * VOCABULARY))
    words = [word for word, _ in Counter(known).most_common()]
    return list(dict.fromkeys([*words, *invented]))[:VOCABULARY]


def _source(id_: int) -> dict[str, Any]:
    return {
        **dict.fromkeys(("filename", "authors", "published", "url", "licence", "note", "blob", "origin", "stamp"), ""),
        "canonical_url": "",
        "id": id_,
        "owner_id": LOCAL_ACTOR.user,
        "kind": "text",
        "title": f"Document {id_}",
        "titled": True,
        "digest": f"{id_:064}",
        "state": SourceState.READY.value,
        "created_at": datetime.now(UTC),
        "words": OF_EACH * WORDS,
        "pages": 0,
        "passages": OF_EACH,
        "revision": 1,
        "last_passage": OF_EACH,
        "language": "",
    }


def _passages(source_id: int, texts: Sequence[str]) -> Iterator[dict[str, Any]]:
    for n, text in enumerate(texts, start=1):
        yield {
            **_whose(source_id),
            "id": passage_id(source_id, n),
            "ordinal": n,
            "page": 0,
            "start": 0,
            "end": len(text),
            "digest": f"{source_id}-{n}",
            "heading_path": [],
            "text": text,
        }


def _vectors(source_id: int, embedder: Embedder, real: Any, noise: Any) -> Iterator[dict[str, Any]]:
    import numpy as np

    for n in range(1, OF_EACH + 1):
        one, other = noise.integers(len(real), size=2)
        mixed = real[one] + 0.5 * real[other] + noise.normal(0, 0.03, real.shape[1])
        vector = (mixed / np.linalg.norm(mixed)).astype("<f4").tobytes()
        named = {"passage_id": passage_id(source_id, n), "model": embedder.model, "digest": ""}
        yield {**_whose(source_id), **named, "vector": vector}


def _whose(source_id: int) -> dict[str, Any]:
    return {"source_id": source_id, "owner_id": LOCAL_ACTOR.user}
