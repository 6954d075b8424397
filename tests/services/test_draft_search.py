"""The writer's own drafts found by meaning, over both databases and the real model."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from writer.domain.actors import Actor
from writer.domain.briefs import Brief
from writer.domain.drafts import Origin, Section, SectionState
from writer.domain.errors import StorageError
from writer.domain.ports.sources import Embedder
from writer.services.draft_search import DraftFollower, DraftSearch, paragraphs
from writer.storage import Stores
from writer.storage.index.words import spans

ANNA, BERT = Actor("anna"), Actor("bert")
TIDES = "The sea rises twice a day because the moon pulls at it. [[S1.p1]]"
GRAIN = "Wheat was weighed twice and stored in warehouses of brick."


@pytest.fixture
def search(stores: Stores, embedder: Embedder) -> DraftSearch:
    return DraftSearch(
        stores.drafts, stores.draft_index, embedder, lambda query, texts: spans(f'"{query.split()[0]}"', texts)
    )


def draft_of(stores: Stores, owner: str, *texts: str) -> str:
    draft = stores.drafts.create(owner, Brief(topic="The harbour"), "The harbour")
    save(stores, draft.id, *texts)
    return draft.id


def save(stores: Stores, draft_id: str, *texts: str) -> None:
    draft = stores.drafts.get(draft_id)
    sections = [Section(f"s{n}", f"Part {n}", text, SectionState.DONE) for n, text in enumerate(texts)]
    origin = Origin("person", draft.owner_id)
    stores.drafts.save(draft_id, draft.revision, origin, title=draft.title, sections=sections)


def test_a_paragraph_is_found_by_what_it_means_with_its_place(stores, search):
    draft_id = draft_of(stores, "anna", f"{GRAIN}\n\n{TIDES}")
    assert search.follow() == 1

    (hit,) = search.search("moon and ocean levels", ANNA)

    assert (hit.draft_id, hit.section_key, hit.heading) == (draft_id, "s0", "Part 0")
    assert f"{GRAIN}\n\n{TIDES}"[hit.start : hit.end] == TIDES
    assert hit.text == "The sea rises twice a day because the moon pulls at it."
    assert 0.3 <= hit.score <= 1
    assert [hit.text[slice(*span)] for span in hit.spans] == ["moon"]


def test_others_drafts_are_never_found(stores, search):
    draft_of(stores, "anna", TIDES)
    search.follow()

    assert search.search("moon and ocean levels", BERT) == []


def test_the_index_follows_edits_and_embeds_only_what_changed(stores, embedder, search):
    draft_id = draft_of(stores, "anna", GRAIN, TIDES)
    search.follow()
    before = stores.draft_index.vectors(draft_id, embedder.model)
    save(stores, draft_id, GRAIN, "The town council built a school for its children.")

    assert search.search("moon and ocean levels", ANNA) == []  # the old text is gone before the new is indexed
    assert search.follow() == 1
    assert search.follow() == 0

    after = stores.draft_index.vectors(draft_id, embedder.model)
    assert len(before.keys() & after.keys()) == 1
    assert [hit.section_key for hit in search.search("a place where pupils learn", ANNA)] == ["s1"]


def test_what_is_thrown_away_vanishes_at_once_and_comes_back_with_the_draft(stores, search):
    draft_id = draft_of(stores, "anna", TIDES)
    search.follow()

    stores.drafts.trash(draft_id)
    assert search.search("moon and ocean levels", ANNA) == []
    stores.drafts.untrash(draft_id)
    assert search.search("moon and ocean levels", ANNA)
    stores.drafts.trash(draft_id)
    stores.drafts.purge(0)
    assert search.search("moon and ocean levels", ANNA) == []
    assert stores.draft_index.of_owner("anna", search.model) == []


def test_following_ends_when_it_is_told_to_and_goes_on_later(stores, search):
    draft_of(stores, "anna", TIDES)

    assert search.follow(lambda: False) == 0
    assert search.follow() == 1


def test_without_a_model_nothing_is_found_and_nothing_fails(stores):
    search = DraftSearch(stores.drafts, stores.draft_index, None, lambda query, texts: [[] for _ in texts])
    draft_of(stores, "anna", TIDES)

    assert search.follow() == 0
    assert search.search("moon", ANNA) == []


@given(st.text(alphabet="ab .\n", max_size=3000))
def test_paragraphs_never_overlap_and_have_no_blank_ends(text):
    end = 0
    for start, last in paragraphs(text):
        assert end <= start < last
        assert text[start:last] == text[start:last].strip()
        end = last


def test_a_paragraph_is_shown_without_marks_and_citations(stores, search):
    draft_of(
        stores, "anna", "- The **sea** rises [twice](https://example.org) a day [[S1.p1, S2.p3]], as the *moon* pulls."
    )
    search.follow()

    (hit,) = search.search("moon and ocean levels", ANNA)

    assert hit.text == "The sea rises twice a day, as the moon pulls."
    assert [hit.text[slice(*span)] for span in hit.spans] == ["moon"]


class Pauses:
    """The thread's pauses: each waits until the test lets it go on, and says that the thread has come to it."""

    def __init__(self):
        self.reached = threading.Semaphore(0)
        self._go_on = threading.Semaphore(0)
        self._end = False

    def __call__(self, seconds):
        self.reached.release()
        assert self._go_on.acquire(timeout=60)
        return self._end

    def one_look(self):
        self._go_on.release()
        assert self.reached.acquire(timeout=60)

    def end(self):
        self._end = True
        self._go_on.release()


class Failing:
    def follow(self, go_on):
        raise StorageError("The disk is full.")


def test_the_thread_follows_when_nobody_waits_and_survives_what_fails(stores, search):
    draft_of(stores, "anna", TIDES)
    free, pauses = [False], Pauses()
    follower = DraftFollower([search, Failing()], lambda: free[0], pauses)
    follower.start()
    follower.start()
    assert pauses.reached.acquire(timeout=60)
    pauses.one_look()
    assert search.search("moon and ocean levels", ANNA) == []

    free[0] = True
    pauses.one_look()
    assert len(search.search("moon and ocean levels", ANNA)) == 1
    draft_of(stores, "anna", GRAIN)
    pauses.one_look()  # after a failure too
    assert search.search("bricks and wheat stores", ANNA)

    pauses.end()
    follower.close()
    follower.close()


def test_a_thread_that_was_told_to_end_looks_no_more(stores, search):
    draft_of(stores, "anna", TIDES)
    follower = DraftFollower(search, lambda: True)
    follower.start()

    follower.close()

    assert search.search("moon and ocean levels", ANNA) == []
