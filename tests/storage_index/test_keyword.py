import sqlite3

import pytest

from tests.support.vectors import MODEL, add_source, put_passages, vector_of
from writer.domain.errors import StorageError
from writer.domain.ports.sources import StoredVector
from writer.storage import Stores
from writer.storage.index import FtsIndex
from writer.storage.index.keyword import matching, terms_of


@pytest.fixture
def keywords(store, tmp_path):
    return FtsIndex(tmp_path / "index", store)


def found(index, query, sources, limit=10):
    index.catch_up()
    return [passage_id for passage_id, _ in index.search(query, limit, sources)]


def test_words_are_found_in_any_form_and_case(store, keywords):
    source = add_source(store, ["The harbours were enlarged.", "Tea is grown in Assam."])

    assert found(keywords, "HARBOUR enlarging", [source]) == [f"S{source}.p1"]


@pytest.mark.parametrize(
    "query",
    [
        'c++ "',
        "it's",
        "foo-bar",
        "col:x",
        "NEAR(",
        "a AND",
        "OR",
        "*",
        '"',
        "'; DROP TABLE part; --",
        "text:tea",
        "^tea",
        "(",
        "\x00",
        "{a b}: c",
        "tea)",
        "🙂",
    ],
)
def test_no_query_is_syntax(store, keywords, query):
    source = add_source(store, ["Tea is grown in Assam.", "C is a language."])

    assert set(found(keywords, query, [source])) <= {f"S{source}.p1", f"S{source}.p2"}


def test_stop_words_do_not_match_unless_there_is_nothing_else():
    assert matching(terms_of("what is the price of tea")) == '"price" OR "tea"'
    assert matching(terms_of("to be or not to be")) == '"to" OR "be" OR "or" OR "not"'
    assert matching(terms_of(" ?! ")) == ""


def test_of_a_long_query_the_words_that_fewest_passages_have_decide(store, keywords):
    common = " ".join(f"common{n}" for n in range(40))
    texts = [f"{common} in passage {n}" for n in range(5)]
    source = add_source(store, [*texts, f"{common} and a porpoise"])
    keywords.catch_up()

    assert "porpoise" in keywords.telling_terms(f"{common} porpoise unheard", 3)
    assert "unheard" not in keywords.telling_terms(f"{common} porpoise unheard", 3)
    assert found(keywords, f"{common} porpoise", [source])[0] == f"S{source}.p6"


def test_only_the_sources_named_are_searched(store, keywords):
    ours = add_source(store, ["Tea from Assam."], owner="ada", title="Ours")
    add_source(store, ["Tea from Kenya."], owner="bob", title="Theirs")

    assert found(keywords, "tea", [ours]) == [f"S{ours}.p1"]
    assert found(keywords, "tea", []) == []


def test_a_passage_of_a_document_that_is_about_the_question_comes_before_one_that_mentions_it(store, keywords):
    about = add_source(
        store, ["Tides move the harbour.", "Tides are strong in spring.", "Tides and the moon."], title="Tides"
    )
    mention = add_source(
        store, ["Tides are strong, he said.", "Bread was dear.", "The mill stood still."], title="A diary"
    )

    assert found(keywords, "strong tides", [about, mention])[0] == f"S{about}.p2"


def test_scores_fall(store, keywords):
    source = add_source(store, ["tea", "tea and milk", "tea, milk and a long walk through the town"])
    keywords.catch_up()

    scores = [score for _, score in keywords.search("tea milk", 10, [source])]

    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0


def test_changed_and_deleted_sources_are_followed(store, keywords):
    kept = add_source(store, ["Tea from Assam."], title="One")
    gone = add_source(store, ["Tea from Kenya."], title="Two")
    assert len(found(keywords, "tea", [kept, gone])) == 2

    put_passages(store, kept, ["Coffee from Assam.", "Cocoa."])
    store.delete(gone)

    assert found(keywords, "tea kenya", [kept, gone]) == []
    assert found(keywords, "coffee", [kept]) == [f"S{kept}.p1"]


def test_the_words_of_a_deleted_source_are_gone_from_the_files(store, keywords, tmp_path):
    add_source(store, ["Something else entirely."], title="Kept")
    gone = add_source(store, ["The password of the vault is xylophonequartz."], title="Secret")
    keywords.catch_up()
    assert _in_files(tmp_path / "index", b"xylophonequartz")

    store.delete(gone)
    keywords.catch_up()

    assert not _in_files(tmp_path / "index", b"xylophonequartz")
    assert not _in_files(tmp_path / "index", b"xylophon")


def _in_files(folder, word):
    return any(word in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_second_process_applies_each_change_once(store, tmp_path):
    one, two = FtsIndex(tmp_path / "index", store), FtsIndex(tmp_path / "index", store)
    source = add_source(store, ["Tea from Assam."])

    one.catch_up()
    two.catch_up()

    assert found(two, "tea", [source]) == [f"S{source}.p1"]
    with sqlite3.connect(tmp_path / "index" / "keywords.sqlite3") as connection:
        assert connection.execute("SELECT count(*) FROM part").fetchone() == (1,)
    connection.close()


@pytest.mark.parametrize("damage", [b"this is no database at all, not even close" * 50, b""])
def test_a_damaged_or_emptied_file_is_made_anew(store, keywords, tmp_path, damage):
    source = add_source(store, ["Tea from Assam."])
    keywords.catch_up()
    file = tmp_path / "index" / "keywords.sqlite3"
    for path in file.parent.iterdir():
        path.unlink()
    file.write_bytes(damage)

    assert found(FtsIndex(tmp_path / "index", store), "tea", [source]) == [f"S{source}.p1"]


def test_a_file_that_vanishes_while_in_use_is_made_anew(store, keywords, tmp_path):
    source = add_source(store, ["Tea from Assam."])
    keywords.catch_up()
    for path in (tmp_path / "index").iterdir():
        path.unlink()

    assert found(keywords, "tea", [source]) == [f"S{source}.p1"]


def test_rebuild_says_how_many_passages_it_holds(store, keywords):
    add_source(store, ["one", "two"], title="A")
    add_source(store, ["three"], title="B")

    assert keywords.rebuild() == 3


def test_it_stands_beside_postgres_too(stores: Stores, tmp_path):
    index = FtsIndex(tmp_path / "index", stores.sources)
    source = add_source(stores.sources, ["Tea from Assam.", "Rain in Kenya."])

    assert found(index, "rains", [source]) == [f"S{source}.p2"]


def test_damage_that_shows_only_while_reading_is_a_storage_error_once_and_then_repaired(store, keywords, tmp_path):
    source = add_source(store, [f"Tea number {n} from Assam and many other places." for n in range(400)])
    keywords.catch_up()
    file = tmp_path / "index" / "keywords.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray(file.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    file.write_bytes(content)

    with pytest.raises(StorageError):
        found(keywords, "tea", [source])

    assert len(found(keywords, "tea", [source])) == 10


def test_a_file_in_place_of_its_folder_gives_way(store, tmp_path):
    add_source(store, ["tides of the sea"])
    (tmp_path / "in the way").write_text("not a folder")
    keywords = FtsIndex(tmp_path / "in the way", store)

    keywords.catch_up()

    assert keywords.search("tides", 5, store.all_ids())


def test_a_folder_that_cannot_be_made_is_a_storage_error(store, tmp_path):
    add_source(store, ["tides of the sea"])
    (tmp_path / "index").symlink_to(tmp_path / "nothing" / "there")

    with pytest.raises(StorageError, match="cannot be used"):
        FtsIndex(tmp_path / "index", store).catch_up()


def test_of_most_or_few_sources_only_those_asked_for_are_found(store, keywords):
    sources = [add_source(store, [f"Tea from hill {n}." for n in range(6)], title=str(title)) for title in range(8)]
    keywords.catch_up()

    for among in (sources, sources[1:], sources[:5], sources[6:], [sources[2]], [10_000]):
        matches = keywords.matches("tea hill", 100, among)
        held = set(among) & set(sources)
        assert set(matches.documents) == held
        assert len(matches.passages) == 6 * len(held)
        assert len(keywords.matches("tea hill", 1, among).documents) == min(1, len(held))


def test_new_vectors_alone_change_no_words(store, keywords):
    source = add_source(store, ["Tea is grown in Assam."])
    assert found(keywords, "tea", [source]) == [f"S{source}.p1"]

    put_again = [StoredVector(f"S{source}.p1", source, vector_of("other"))]
    store.put_vectors(MODEL, put_again)

    assert store.changes(0)[-1].action == "vectors"
    assert found(keywords, "tea", [source]) == [f"S{source}.p1"]
