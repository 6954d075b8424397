"""Choosing a search model, re-indexing for it while the one before serves, and what each passage costs."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from tests.services.knowledge.conftest import HARBOUR
from tests.services.knowledge.studio import Studio
from tests.support.scripted_embeddings import vector
from writer.documents.reader import IsolatedReader
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.errors import ConfigurationError, ProviderUnavailable, UserMistake
from writer.domain.jobs import JobState
from writer.domain.ports.sources import Embedder
from writer.services.knowledge.ingestion import Ingestion
from writer.services.knowledge.reindexing import Reindexing
from writer.services.knowledge.search import HybridSearch
from writer.services.knowledge.search_model import BuiltIn, Choice, SearchModels
from writer.services.knowledge.serving import Serving
from writer.services.knowledge.vectors import BATCH, PassageVectors
from writer.storage.index import ChromaFolder, ChromaIndex, ExactIndex, collection_name
from writer.storage.index.switching import SwitchingIndex

SMALL, LARGE, FAR = "small", "large", "far:away"
DIMENSIONS = {SMALL: 32, LARGE: 64, FAR: 48}


@dataclass
class ByWords:
    """An embedder whose vectors say which words a text has; counts what it is asked."""

    model: str
    dimension: int
    max_tokens: int = 256
    asked: list[str] = field(default_factory=list)
    failing: bool = False

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        if self.failing:
            raise ProviderUnavailable(self.model, "the connection to the service failed or was cut.")
        self.asked += texts
        rows = [np.array(vector(text, self.dimension)) for text in texts]
        return [(row / np.linalg.norm(row)).astype("<f4").tobytes() for row in rows]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


class Shelf:
    def __init__(self) -> None:
        self.models = {name: ByWords(name, dimension) for name, dimension in DIMENSIONS.items()}

    def built_in(self) -> list[BuiltIn]:
        return [BuiltIn(name, name.title(), "") for name in (SMALL, LARGE)]

    def open(self, choice: Choice) -> Embedder:
        if choice.model not in self.models:
            raise ConfigurationError(f"“{choice.model}” is no search model.")
        return self.models[choice.model]


class Library:
    """A studio whose search model can be changed."""

    def __init__(self, studio: Studio, default: str = SMALL, shelf: Shelf | None = None) -> None:
        self.studio = studio
        self.shelf = shelf or Shelf()
        self.serving = Serving()
        self.index = SwitchingIndex(self._index)
        self.woken = 0
        self.now = 0.0
        stores = studio.stores
        self.models = SearchModels(
            stores.settings,
            stores.sources,
            stores.jobs,
            self.shelf,
            self.serving,
            self.index,
            default=default,
            wake=self._wake,
            clock=lambda: self.now,
        )
        ingestion = Ingestion(stores.sources, studio.blobs, IsolatedReader(), self.serving, studio.keywords, self.index)
        studio.handlers |= {**ingestion.handlers(), **Reindexing(self.models).handlers()}
        self.search = HybridSearch(stores.sources, studio.keywords, self.index, self.serving)

    def _wake(self) -> None:
        self.woken += 1

    def _index(self, model: str, dimension: int) -> ChromaIndex:
        sources = self.studio.stores.sources
        home = ChromaFolder(self.studio.folder / "switching", collection_name(model, dimension))
        return ChromaIndex(home, sources, model, ExactIndex(sources, model, dimension), first_look=0)

    def add(self, text: str = HARBOUR, name: str = "harbour.md") -> int:
        source = self.studio.sources.add_file(name, io.BytesIO(text.encode()), LOCAL_ACTOR)
        assert self.studio.work() == []
        return source.id

    def by_meaning(self, query: str) -> list[str]:
        return self.search.by_meaning("local", query, 5)


@pytest.fixture
def library(studio: Studio) -> Library:
    return Library(studio)


@pytest.fixture
def sqlite_library(sqlite_studio: Studio) -> Library:
    return Library(sqlite_studio)


def test_a_chosen_model_serves_only_once_every_passage_has_its_vector(library: Library) -> None:
    library.add()
    before = library.by_meaning("grain is weighed twice")
    assert before

    status = library.models.choose(LARGE, LOCAL_ACTOR)

    assert (status.serving, status.chosen, status.ready) == (SMALL, LARGE, 0)
    assert not status.is_complete
    assert library.by_meaning("grain is weighed twice") == before

    job = library.models.reindex(LOCAL_ACTOR)
    assert library.models.reindex(LOCAL_ACTOR).id == job.id
    assert library.studio.work() == []

    status = library.models.status(LOCAL_ACTOR)
    assert library.studio.stores.jobs.job(job.id).state is JobState.DONE
    assert (status.serving, status.ready) == (LARGE, status.passages)
    assert status.is_complete
    assert library.serving.dimension == DIMENSIONS[LARGE]
    assert library.by_meaning("grain is weighed twice")[0] == before[0]


def test_reindexing_goes_on_where_it_was_stopped(library: Library) -> None:
    many = "\n\n".join(f"# Part {n}\n\nBasin number {n} was dug in {1800 + n} by hand." for n in range(3 * BATCH))
    library.add(many)
    library.models.choose(LARGE, LOCAL_ACTOR)
    told: list[int] = []

    library.models.fill(lambda done, total: told.append(done), stopped=lambda: len(told) > 1)

    kept = library.models.status(LOCAL_ACTOR)
    assert 0 < kept.ready < kept.passages
    assert kept.serving == SMALL
    asked = len(library.shelf.models[LARGE].asked)
    library.models.reindex(LOCAL_ACTOR)
    assert library.studio.work() == []
    again = library.models.status(LOCAL_ACTOR)
    assert again.is_complete
    assert len(library.shelf.models[LARGE].asked) - asked == again.passages - kept.ready


def test_a_chosen_model_serves_at_once_where_there_is_nothing_to_index(sqlite_library: Library) -> None:
    assert sqlite_library.models.choose(LARGE, LOCAL_ACTOR).serving == LARGE

    sqlite_library.add()

    assert sqlite_library.models.status(LOCAL_ACTOR).is_complete


def test_what_comes_in_while_another_model_is_prepared_is_found_at_once_and_has_both_at_the_end(
    sqlite_library: Library,
) -> None:
    sqlite_library.add()
    sqlite_library.models.choose(LARGE, LOCAL_ACTOR)

    sqlite_library.add("The lighthouse keeper polishes the lamp every morning.", "lamp.txt")

    assert sqlite_library.by_meaning("lighthouse lamp")
    sqlite_library.models.reindex(LOCAL_ACTOR)
    sqlite_library.studio.work()
    assert sqlite_library.models.status(LOCAL_ACTOR).is_complete
    assert sqlite_library.by_meaning("lighthouse lamp")


def test_a_service_is_never_used_without_a_word_that_texts_go_there(sqlite_library: Library) -> None:
    with pytest.raises(UserMistake, match="are sent to that service"):
        sqlite_library.models.choose(FAR, LOCAL_ACTOR)

    assert sqlite_library.shelf.models[FAR].asked == []
    assert sqlite_library.models.choose(FAR, LOCAL_ACTOR, may_send_texts=True).serving == FAR


def test_a_model_that_does_not_answer_is_not_chosen(sqlite_library: Library) -> None:
    sqlite_library.shelf.models[FAR].failing = True

    with pytest.raises(UserMistake, match=r"nothing was changed.*connection"):
        sqlite_library.models.choose(FAR, LOCAL_ACTOR, may_send_texts=True)
    with pytest.raises(UserMistake, match="is no search model"):
        sqlite_library.models.choose("nonsense", LOCAL_ACTOR)

    assert sqlite_library.models.status(LOCAL_ACTOR).chosen == SMALL


def test_a_test_says_how_long_it_took_and_how_many_numbers_came(sqlite_library: Library) -> None:
    report = sqlite_library.models.test(FAR, LOCAL_ACTOR)

    assert (report.ok, report.dimension) == (True, DIMENSIONS[FAR])
    assert "48 numbers" in report.sentence


def test_search_falls_back_to_words_and_says_why_when_the_service_is_gone(sqlite_library: Library) -> None:
    sqlite_library.models.choose(FAR, LOCAL_ACTOR, may_send_texts=True)
    sqlite_library.add()
    sqlite_library.shelf.models[FAR].failing = True

    hits = sqlite_library.search.hits("local", "grain weighed twice", 5)

    assert hits
    assert "connection to the service failed" in sqlite_library.models.status(LOCAL_ACTOR).failure
    sqlite_library.shelf.models[FAR].failing = False
    sqlite_library.search.hits("local", "grain weighed twice", 5)
    assert sqlite_library.models.status(LOCAL_ACTOR).failure == ""


def test_a_source_waits_for_a_service_that_is_gone_and_says_so(sqlite_library: Library) -> None:
    sqlite_library.models.choose(FAR, LOCAL_ACTOR, may_send_texts=True)
    sqlite_library.shelf.models[FAR].failing = True
    source = sqlite_library.studio.sources.add_file("harbour.md", io.BytesIO(HARBOUR.encode()), LOCAL_ACTOR)

    sqlite_library.studio.work()

    waiting = sqlite_library.studio.sources.get(source.id, LOCAL_ACTOR)
    assert waiting.state.value == "embedding"
    assert "asked for again by themselves" in waiting.note


def test_vectors_of_models_that_are_not_used_can_be_dropped(library: Library) -> None:
    library.add()
    library.models.choose(LARGE, LOCAL_ACTOR)
    library.models.reindex(LOCAL_ACTOR)
    library.studio.work()
    passages = library.models.status(LOCAL_ACTOR).passages
    assert library.models.status(LOCAL_ACTOR).unused_bytes == 4 * DIMENSIONS[SMALL] * passages

    assert library.models.free(LOCAL_ACTOR) == 4 * DIMENSIONS[SMALL] * passages

    assert library.models.status(LOCAL_ACTOR).unused_bytes == 0
    assert library.by_meaning("grain is weighed twice")


def test_the_choice_outlives_a_restart_and_another_process_follows_it(sqlite_library: Library) -> None:
    other = Library(sqlite_library.studio, shelf=sqlite_library.shelf)
    sqlite_library.models.choose(LARGE, LOCAL_ACTOR)
    assert Library(sqlite_library.studio).serving.model == LARGE

    other.now += 10
    other.serving.embed(["A question."])

    assert other.serving.model == LARGE


def test_another_default_of_the_environment_does_not_take_search_away(sqlite_library: Library) -> None:
    sqlite_library.add()

    restarted = Library(sqlite_library.studio, default=LARGE)

    status = restarted.models.status(LOCAL_ACTOR)
    assert (status.serving, status.chosen, status.ready) == (SMALL, LARGE, 0)
    assert restarted.by_meaning("grain is weighed twice")


def test_the_same_text_is_embedded_once_for_its_owner(library: Library) -> None:
    library.add(HARBOUR, "harbour.md")
    asked = len(library.shelf.models[SMALL].asked)

    library.add(HARBOUR + "\n\nOne more line, so that the file is another.\n", "copy of harbour.md")

    new = library.shelf.models[SMALL].asked[asked:]
    held = library.studio.stores.sources.vectors(SMALL)
    assert len(new) < asked
    assert len(held) == library.models.status(LOCAL_ACTOR).passages


def test_all_vectors_of_a_run_are_of_the_model_that_served_when_it_began(sqlite_library: Library) -> None:
    work = PassageVectors(sqlite_library.studio.stores.sources, sqlite_library.serving)

    sqlite_library.models.choose(LARGE, LOCAL_ACTOR)

    assert work.model == SMALL
