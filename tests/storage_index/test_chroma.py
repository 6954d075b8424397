"""The Chroma index against what is known to go wrong with it."""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.support.vectors import DIMENSION, MODEL, add_source, put_passages, vector_of
from writer.domain.citations import source_id_of
from writer.domain.errors import StorageError
from writer.storage.index import ChromaFolder, ChromaIndex, ExactIndex, collection_name

WAIT = 60
ROOT = Path(__file__).parents[2]


def ids(found):
    return [passage_id for passage_id, _ in found]


def held(index):
    """What the open collection holds: id → vector. Chroma normalises anew, so the last bits are its own."""
    everything = index._collection.get(include=["embeddings"])
    return dict(zip(everything["ids"], everything["embeddings"], strict=True))


def holds_all(index, store):
    wanted = {vector.passage_id: np.frombuffer(vector.vector, "<f4") for vector in store.vectors(MODEL)}
    found = held(index)
    return found.keys() == wanted.keys() and all(np.allclose(found[id_], wanted[id_], atol=1e-5) for id_ in wanted)


def test_it_holds_what_sql_holds_and_finds_what_exact_search_finds(store, opened_index):
    sources = [add_source(store, [f"{title} {n}" for n in range(150)], title=title) for title in "abc"]
    index = opened_index()
    assert index.wait_until_current(WAIT)

    assert holds_all(index, store)
    exact = ExactIndex(store, MODEL, DIMENSION)
    for question in ("a 3", "b 77", "unknown"):
        for among in (sources, sources[:1]):
            assert ids(index.nearest(vector_of(question), 5, among)) == ids(
                exact.nearest(vector_of(question), 5, among)
            )


def test_before_it_is_open_exact_search_answers(store, opened_index):
    source = add_source(store, ["a", "b"])
    index = opened_index(start=False)

    assert ids(index.nearest(vector_of("b"), 1, [source])) == [f"S{source}.p2"]
    assert "exact search" in index.state


def test_an_empty_database_opens_nothing_and_fills_later(store, opened_index, tmp_path):
    index = opened_index()
    source = add_source(store, ["a"])
    index.catch_up()

    assert index.wait_until_current(WAIT)
    assert ids(index.nearest(vector_of("a"), 1, [source])) == [f"S{source}.p1"]


def test_what_was_added_since_is_found_before_the_index_has_it(store, opened_index):
    add_source(store, ["a"], title="A")
    index = opened_index()
    assert index.wait_until_current(WAIT)

    new = add_source(store, ["b"], title="B")

    assert ids(index.nearest(vector_of("b"), 1, [new])) == [f"S{new}.p1"]


def test_a_restart_goes_on_from_the_last_change(store, opened_index):
    add_source(store, ["a"], title="A")
    first = opened_index()
    assert first.wait_until_current(WAIT)
    first.close()
    add_source(store, ["b"], title="B")

    again = opened_index()

    assert again.wait_until_current(WAIT)
    assert holds_all(again, store)


def test_a_deleted_source_leaves_no_vector_and_no_byte_of_one(store, opened_index, tmp_path):
    add_source(store, [f"kept {n}" for n in range(30)], title="Kept")
    gone = add_source(store, [f"secret {n}" for n in range(30)], title="Secret")
    index = opened_index()
    assert index.wait_until_current(WAIT)
    secrets = [vector_of("secret 7"), held(index)[f"S{gone}.p8"].astype("<f4").tobytes()]
    assert any(_in_files(tmp_path / "chroma", secret) for secret in secrets)

    store.delete(gone)
    index.catch_up()

    assert index.wait_until_current(WAIT)
    assert not any(_in_files(tmp_path / "chroma", secret) for secret in secrets)
    assert holds_all(index, store)


def test_a_source_that_was_read_again_has_its_new_vectors_only(store, opened_index, tmp_path):
    source = add_source(store, ["one", "two", "three"])
    index = opened_index()
    assert index.wait_until_current(WAIT)

    put_passages(store, source, ["one", "changed"])
    index.catch_up()

    assert index.wait_until_current(WAIT)
    assert holds_all(index, store)
    assert not _in_files(tmp_path / "chroma", vector_of("three"))


def _in_files(folder, needle):
    return any(needle in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def _break_sqlite(folder):
    (database,) = folder.glob("index-*/chroma.sqlite3")
    database.write_bytes(b"SQLite format 3\x00" + random.Random(1).randbytes(5000))


def _cut_sqlite(folder):
    (database,) = folder.glob("index-*/chroma.sqlite3")
    database.write_bytes(database.read_bytes()[:6000])


def _remove_all(folder):
    shutil.rmtree(folder)


def _remove_database(folder):
    (database,) = folder.glob("index-*/chroma.sqlite3")
    database.unlink()


def _break_segments(folder):
    for file in folder.glob("index-*/*/*.bin"):
        file.write_bytes(random.Random(2).randbytes(max(100, file.stat().st_size // 2)))


def _break_state(folder):
    (folder / "state.json").write_text("{not json")


def _point_elsewhere(folder):
    state = json.loads((folder / "state.json").read_text())
    (folder / "state.json").write_text(json.dumps(state | {"folder": "../../etc"}))


def _forget_rows(folder):
    state = json.loads((folder / "state.json").read_text())
    state["applied"]["count"] += 5
    (folder / "state.json").write_text(json.dumps(state))


@pytest.mark.parametrize(
    "damage",
    [
        _break_sqlite,
        _cut_sqlite,
        _remove_all,
        _remove_database,
        _break_segments,
        _break_state,
        _point_elsewhere,
        _forget_rows,
    ],
)
def test_a_damaged_or_missing_folder_is_rebuilt_and_searches_go_on_meanwhile(store, opened_index, tmp_path, damage):
    source = add_source(store, [f"text {n}" for n in range(1200)])  # enough for files of its own beside the database
    first = opened_index()
    assert first.wait_until_current(WAIT)
    first.close()
    damage(tmp_path / "chroma")

    index = opened_index()

    assert ids(index.nearest(vector_of("text 5"), 1, [source])) == [f"S{source}.p6"]
    assert index.wait_until_current(WAIT)
    assert holds_all(index, store)
    assert ids(index.nearest(vector_of("text 5"), 1, [source])) == [f"S{source}.p6"]
    assert len(list((tmp_path / "chroma").glob("index-*"))) == 1


def test_the_folder_may_vanish_while_the_index_is_open(store, opened_index, tmp_path):
    source = add_source(store, ["a", "b"])
    index = opened_index()
    assert index.wait_until_current(WAIT)
    shutil.rmtree(tmp_path / "chroma")
    new = add_source(store, ["c"], title="C")

    assert ids(index.nearest(vector_of("b"), 1, [source])) == [f"S{source}.p2"]
    assert ids(index.nearest(vector_of("c"), 1, [source, new])) == [f"S{new}.p1"]


def test_a_second_owner_of_the_folder_gets_exact_search_and_a_sentence(store, opened_index):
    source = add_source(store, ["a", "b"])
    first = opened_index()
    assert first.wait_until_current(WAIT)
    second = opened_index()

    assert not second.wait_until_current(0.5)
    assert ids(second.nearest(vector_of("b"), 1, [source])) == [f"S{source}.p2"]
    with pytest.raises(StorageError, match="Another process"):
        second.rebuild()
    assert holds_all(first, store)


def test_rebuild_makes_the_index_anew_and_counts(store, opened_index):
    add_source(store, [f"text {n}" for n in range(450)])
    index = opened_index(start=False)

    assert index.rebuild() == 450
    assert holds_all(index, store)


def test_chroma_never_embeds_by_itself(store, opened_index):
    add_source(store, ["a"])
    index = opened_index()
    assert index.wait_until_current(WAIT)

    with pytest.raises(RuntimeError, match="never by Chroma"):
        index._collection.query(query_texts=["what is a"], n_results=1)
    with pytest.raises(RuntimeError, match="never by Chroma"):
        index._collection.update(ids=["S1.p1"], documents=["other"])


def test_a_second_process_is_kept_out_and_let_in_once_the_first_has_ended(opened_index, store, tmp_path):
    add_source(store, ["a"])
    index = opened_index()
    assert index.wait_until_current(WAIT)
    ask = "import sys; from pathlib import Path; from writer.storage.index import ChromaFolder as F; "
    ask += f"sys.exit(F(Path({str(tmp_path / 'chroma')!r}), 'any').acquire())"

    assert subprocess.run([sys.executable, "-c", ask], cwd=ROOT, check=False).returncode == 0
    index.close()
    assert subprocess.run([sys.executable, "-c", ask], cwd=ROOT, check=False).returncode == 1


def test_a_file_in_place_of_the_folder_gives_way(store, opened_index, tmp_path):
    source = add_source(store, ["a", "b"])
    (tmp_path / "chroma").write_text("not a folder")

    index = opened_index()

    assert index.wait_until_current(WAIT)
    assert ids(index.nearest(vector_of("b"), 1, [source])) == [f"S{source}.p2"]


def test_a_folder_that_cannot_be_made_is_a_storage_error_when_asked_to_rebuild(store, opened_index, tmp_path):
    (tmp_path / "chroma").symlink_to(tmp_path / "nothing" / "there")

    with pytest.raises(StorageError, match="cannot be used"):
        opened_index(start=False).rebuild()


class Refusing(ExactIndex):
    """Exact search over everything, which must not be needed."""

    def nearest(self, vector, limit, source_ids):
        raise AssertionError("all vectors were searched")


def test_what_the_index_does_not_know_yet_is_searched_beside_it_without_reading_all_vectors(store, tmp_path):
    kept, changed, gone = (add_source(store, [f"{name} {n}" for n in range(30)], title=name) for name in "abc")
    home = ChromaFolder(tmp_path / "chroma", collection_name(MODEL, DIMENSION))
    index = ChromaIndex(home, store, MODEL, Refusing(store, MODEL, DIMENSION), first_look=0)  # nothing follows
    index.rebuild()

    put_passages(store, changed, ["b 1", "b new"])
    new = add_source(store, ["d 1"], title="d")
    store.delete(gone)

    exact, among = ExactIndex(store, MODEL, DIMENSION), [kept, changed, new]
    for question in ("a 3", "b 1", "b 2", "b new", "c 5", "d 1"):
        wanted = exact.nearest(vector_of(question), 8, among)
        found = index.nearest(vector_of(question), 8, among)
        assert ids(found) == ids(wanted)
        assert [cosine for _, cosine in found] == pytest.approx([cosine for _, cosine in wanted], abs=1e-4)
    index.close()


def test_few_or_most_of_the_sources_are_asked_and_only_those_answer(store, opened_index):
    sources = [add_source(store, [f"same {n}" for n in range(20)], title=str(title)) for title in range(8)]
    index = opened_index()
    assert index.wait_until_current(WAIT)
    exact = ExactIndex(store, MODEL, DIMENSION)

    for among in (sources, sources[1:], sources[:5], sources[6:], [sources[2]], [10_000], []):
        wanted = exact.nearest(vector_of("same 7"), 12, among)
        found = index.nearest(vector_of("same 7"), 12, among)
        assert [cosine for _, cosine in found] == pytest.approx([cosine for _, cosine in wanted], abs=1e-4)
        assert {source_id_of(id_) for id_ in ids(found)} <= set(among)
