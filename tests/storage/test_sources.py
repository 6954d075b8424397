from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.storage.makers import OWNER, a_document, a_source, some_passages
from writer.domain.errors import NotFound
from writer.domain.ports.sources import SourceChange, StoredVector
from writer.domain.sources import NewSource, Source, SourceState
from writer.storage import Database, Stores
from writer.storage.rows import PassageRow, VectorRow

MODEL = "test-model"


def a_read_source(stores: Stores, passages: int = 3, title: str = "On tides", owner: str = OWNER) -> Source:
    source = stores.sources.add(owner, a_source(title))
    stores.sources.put_document(source.id, a_document(), some_passages(passages))
    return stores.sources.get(source.id)


def some_vectors(stores: Stores, source: Source) -> list[StoredVector]:
    return [
        StoredVector(passage.id, source.id, passage.ordinal.to_bytes(4, "little"))
        for passage in stores.sources.passages(source.id)
    ]


def test_a_source_reads_back_as_it_was_added(stores: Stores):
    new = NewSource("pdf", "T\x00itle", "tides.pdf", "digest", "blob", "A. Author", "2020", "https://x.test", "CC0")

    added = stores.sources.add(OWNER, new)

    assert stores.sources.get(added.id) == added
    assert (added.label, added.state, added.title) == (f"S{added.id}", SourceState.QUEUED, "Title")
    assert (added.authors, added.published, added.url, added.licence) == ("A. Author", "2020", "https://x.test", "CC0")


def test_sources_are_listed_newest_first_and_found_by_digest_of_their_owner(stores: Stores):
    first, second = stores.sources.add(OWNER, a_source("One")), stores.sources.add(OWNER, a_source("Two"))
    other = stores.sources.add("somebody else", a_source("One"))

    assert [source.id for source in stores.sources.listing(OWNER)] == [second.id, first.id]
    assert stores.sources.by_digest(OWNER, "digest of One") == first
    assert stores.sources.by_digest(OWNER, "digest of Three") is None
    assert stores.sources.all_ids() == [first.id, second.id, other.id]


def test_a_source_goes_through_its_states_and_says_why_it_failed(stores: Stores):
    source = stores.sources.add(OWNER, a_source())
    for state in (SourceState.READING, SourceState.EMBEDDING, SourceState.READY):
        stores.sources.set_state(source.id, state)
        assert stores.sources.get(source.id).state is state
    assert stores.sources.ready_ids(OWNER) == [source.id]

    stores.sources.set_state(source.id, SourceState.FAILED, "The file is empty.")

    assert stores.sources.get(source.id).note == "The file is empty."
    assert stores.sources.ready_ids(OWNER) == []


def test_passages_come_in_reading_order_with_what_their_source_is_called(stores: Stores):
    source = stores.sources.add(OWNER, a_source())
    document = replace(a_document("Tides rise and fall."), authors="A. Author", published="1999", pages=2)

    stores.sources.put_document(source.id, document, list(reversed(some_passages(12))))

    passages = stores.sources.passages(source.id)
    assert [passage.id for passage in passages] == [f"{source.label}.p{n}" for n in range(1, 13)]
    assert (passages[0].source_title, passages[0].published) == ("On tides", "1999")
    assert passages[0].heading_path == ("Chapter", "Part 1")
    now = stores.sources.get(source.id)
    assert (now.words, now.pages, now.passages, now.authors) == (4, 2, 12, "A. Author")


def test_the_files_own_title_is_taken_unless_a_person_chose_one(stores: Stores):
    source = stores.sources.add(OWNER, a_source("tides.txt"))

    stores.sources.put_document(source.id, a_document(title="The Tides"), [])
    assert stores.sources.get(source.id).title == "The Tides"
    stores.sources.set_title(source.id, "My tides")
    stores.sources.put_document(source.id, a_document(title="The Tides"), [])
    assert stores.sources.get(source.id).title == "My tides"


def test_passages_are_found_by_id_in_the_order_asked_for_and_only_for_their_owner(stores: Stores):
    mine, theirs = a_read_source(stores), a_read_source(stores, owner="somebody else")
    asked = [f"{mine.label}.p3", f"{theirs.label}.p1", f"{mine.label}.p1", "S999.p1", "nonsense", "a\x00b"]

    assert list(stores.sources.passages_by_id(OWNER, asked)) == [f"{mine.label}.p3", f"{mine.label}.p1"]
    assert stores.sources.passages_by_id(OWNER, []) == {}
    many = [f"{mine.label}.p{number}" for number in range(1, 3000)]
    assert list(stores.sources.passages_by_id(OWNER, many)) == [
        passage.id for passage in stores.sources.passages(mine.id)
    ]


def test_vectors_belong_to_a_model_and_come_in_passage_order(stores: Stores):
    source, other = a_read_source(stores, 11), a_read_source(stores, 1)
    vectors = some_vectors(stores, source)
    assert len(stores.sources.without_vector(source.id, MODEL)) == 11

    stores.sources.put_vectors(MODEL, list(reversed(vectors)))
    stores.sources.put_vectors("other model", vectors[:2])

    assert stores.sources.vectors(MODEL) == vectors
    assert stores.sources.vectors(MODEL, [source.id, other.id]) == vectors
    assert stores.sources.vectors(MODEL, [other.id]) == []
    assert stores.sources.vectors(MODEL, []) == []
    assert stores.sources.counts(MODEL) == (12, 11)
    assert stores.sources.without_vector(source.id, MODEL) == []
    assert len(stores.sources.without_vector(source.id, "other model")) == 9


def test_a_vector_that_is_put_again_is_replaced(stores: Stores):
    source = a_read_source(stores, 1)
    (vector,) = some_vectors(stores, source)
    stores.sources.put_vectors(MODEL, [vector])

    stores.sources.put_vectors(MODEL, [replace(vector, vector=b"new!")])

    assert [stored.vector for stored in stores.sources.vectors(MODEL)] == [b"new!"]


def test_passages_that_are_gone_take_their_vectors_with_them_and_the_same_ones_keep_theirs(stores: Stores):
    source = a_read_source(stores, 5)
    stores.sources.put_vectors(MODEL, some_vectors(stores, source))

    stores.sources.put_document(source.id, a_document(), some_passages(2))

    assert stores.sources.counts(MODEL) == (2, 2)


def test_deleting_a_source_leaves_no_passage_and_no_vector(stores: Stores, database: Database):
    gone, kept = a_read_source(stores), a_read_source(stores, 2, "Other")
    for source in (gone, kept):
        stores.sources.put_vectors(MODEL, some_vectors(stores, source))

    stores.sources.delete(gone.id)

    with pytest.raises(NotFound):
        stores.sources.get(gone.id)
    with database.reading() as session:
        for row in (PassageRow, VectorRow):
            assert session.scalar(select(func.count()).where(row.source_id == gone.id)) == 0
            assert session.scalar(select(func.count()).where(row.source_id == kept.id)) == 2


def test_the_feed_tells_indexes_what_changed_in_order(stores: Stores):
    assert stores.sources.last_change() == 0
    source = a_read_source(stores)
    stores.sources.put_vectors(MODEL, some_vectors(stores, source))
    stores.sources.delete(source.id)

    feed = stores.sources.changes(0)

    assert feed == [SourceChange(n, source.id, what) for n, what in enumerate(("put", "vectors", "delete"), start=1)]
    assert stores.sources.changes(1, limit=1) == [feed[1]]
    assert stores.sources.changes(3) == []
    assert stores.sources.last_change() == 3


def test_the_id_of_a_deleted_source_is_never_given_again(stores: Stores):
    first = stores.sources.add(OWNER, a_source())
    stores.sources.delete(first.id)

    assert stores.sources.add(OWNER, a_source()).id > first.id


def test_vectors_for_a_source_that_was_deleted_meanwhile_are_refused_as_a_whole(stores: Stores):
    gone, kept = a_read_source(stores), a_read_source(stores, title="Other")
    vectors = [*some_vectors(stores, kept), *some_vectors(stores, gone)]
    stores.sources.delete(gone.id)

    with pytest.raises(NotFound):
        stores.sources.put_vectors(MODEL, vectors)

    assert stores.sources.counts(MODEL) == (3, 0)


def test_vectors_of_passages_that_were_replaced_meanwhile_are_refused(stores: Stores):
    source = a_read_source(stores, 5)
    vectors = some_vectors(stores, source)
    stores.sources.put_document(source.id, a_document(), some_passages(2))

    with pytest.raises(NotFound):
        stores.sources.put_vectors(MODEL, vectors)


@pytest.mark.parametrize("id_", [0, -1, 999, 2**31, 2**63, 10**30])
def test_an_unknown_id_is_not_found_however_large(stores: Stores, id_: int):
    with pytest.raises(NotFound):
        stores.sources.get(id_)


def test_changing_an_unknown_source_is_not_found(stores: Stores, tmp_path: Path):
    with pytest.raises(NotFound):
        stores.sources.set_state(999, SourceState.READY)
    with pytest.raises(NotFound):
        stores.sources.set_title(999, "Title")
    with pytest.raises(NotFound):
        stores.sources.put_document(999, a_document(), [])
    with pytest.raises(NotFound):
        stores.sources.delete(999)
    assert stores.sources.passages(999) == []
