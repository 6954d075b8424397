"""What is told of search: what serves it, and what a new indexing did."""

from dataclasses import dataclass

from writer.domain.ports.sources import Embedder, SourceStore
from writer.services.knowledge.serving import Serving


@dataclass(frozen=True, slots=True)
class SearchStatus:
    """`sentence` is for people: what serves searches now. `model` is "" when words alone do."""

    passages: int
    vectors: int
    model: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Reindexed:
    """`passages` and `vectors` are in the indexes now; `embedded` passages had no vector and have one now."""

    passages: int
    vectors: int
    embedded: int


def search_status(sources: SourceStore, embedder: Embedder | None) -> SearchStatus:
    if embedder is None or not embedder.model:
        return SearchStatus(sources.counts("")[0], 0, "", "Search by words only: no embedding model is installed.")
    passages, vectors = sources.counts(embedder.model)
    failure = embedder.failure if isinstance(embedder, Serving) else ""
    english = " (English)" if embedder.model.startswith("sentence-transformers/") else ""
    sentence = f"Search by words alone for now. {failure}" if failure else f"Search by words and by meaning{english}."
    if vectors < passages:
        sentence += f" {passages - vectors:,} of {passages:,} passages are found by their words only so far."
    return SearchStatus(passages, vectors, embedder.model, sentence)
