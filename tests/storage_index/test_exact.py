import pytest

from tests.support.vectors import DIMENSION, MODEL, add_source, put_passages, vector_of
from writer.storage.index import ExactIndex


def test_the_nearest_come_first_with_their_cosine(stores):
    index = ExactIndex(stores.sources, MODEL, DIMENSION)
    source = add_source(stores.sources, [f"text {n}" for n in range(50)])

    best = index.nearest(vector_of("text 7"), 5, [source])

    assert best[0][0] == f"S{source}.p8"
    assert abs(best[0][1] - 1) < 1e-5
    assert [score for _, score in best] == sorted((score for _, score in best), reverse=True)
    assert all(0 <= score <= 1 for _, score in best)


def test_changes_show_at_once(store):
    index = ExactIndex(store, MODEL, DIMENSION)
    kept, gone = add_source(store, ["a", "b"], title="A"), add_source(store, ["c"], title="B")
    assert index.nearest(vector_of("c"), 1, [kept, gone])[0][0] == f"S{gone}.p1"

    store.delete(gone)
    put_passages(store, kept, ["c"])

    assert index.nearest(vector_of("c"), 3, [kept, gone]) == [(f"S{kept}.p3", pytest.approx(1))]


def test_only_the_sources_named_are_searched(store):
    index = ExactIndex(store, MODEL, DIMENSION)
    one, two = add_source(store, ["a"], title="A"), add_source(store, ["b"], title="B")

    assert [id_ for id_, _ in index.nearest(vector_of("b"), 9, [one])] == [f"S{one}.p1"]
    assert index.nearest(vector_of("b"), 9, []) == []
    assert index.nearest(vector_of("b"), 9, [two + 40]) == []


def test_cosines_are_given_for_passages_that_have_a_vector(store):
    index = ExactIndex(store, MODEL, DIMENSION)
    source = add_source(store, ["a", "b"])

    found = index.cosines(vector_of("a"), [f"S{source}.p1", "S99.p9"])

    assert list(found) == [f"S{source}.p1"]


def test_an_empty_database_has_nothing_near(store):
    assert ExactIndex(store, MODEL, DIMENSION).nearest(vector_of("a"), 3, [1]) == []
