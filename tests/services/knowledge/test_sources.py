"""Taking sources in, finding passages in them, letting them go: the real stores, reader, model and indexes."""

import io

import pytest

from tests.documents.pdfs import encrypted_pdf, pdf_of, scanned_pdf
from tests.services.knowledge.conftest import HARBOUR
from tests.services.knowledge.studio import Studio
from writer.domain.actors import LOCAL_ACTOR as ME
from writer.domain.actors import Actor
from writer.domain.errors import NotFound, SourceRefused, StorageError, UserMistake
from writer.domain.jobs import JobState
from writer.domain.sources import SourceState
from writer.services.knowledge import ImportDesk, Sources

SOMEBODY_ELSE = Actor("somebody else")


def added(studio, text=HARBOUR, name="harbour.md", by=ME):
    source = studio.sources.add_file(name, io.BytesIO(text.encode()), by)
    assert studio.work() == []
    return studio.sources.get(source.id, by)


def test_a_file_is_queued_at_once_and_ready_when_its_job_is_done(studio, harbour):
    source = studio.sources.add_file("harbour.md", harbour, ME)
    assert source.state is SourceState.QUEUED

    assert studio.work() == []

    done = studio.sources.get(source.id, ME)
    assert (done.state, done.title, done.note) == (SourceState.READY, "The harbour", "")
    assert done.passages == len(studio.sources.passages(source.id, ME)) == 3
    assert studio.stores.sources.without_vector(source.id, studio.sources.status().model) == []
    assert studio.stores.jobs.latest_for_source(source.id).state is JobState.DONE


def test_a_file_that_is_replaced_while_it_is_read_is_not_called_broken(sqlite_studio):
    studio = sqlite_studio
    reader = studio.ingestion._reader

    class ReplacedMeanwhile:
        def read(self, path, kind, filename):
            if b"rises by two" not in path.read_bytes():
                studio.sources.upload("harbour.md", io.BytesIO(b"# Tides\n\nThe tide rises by two metres."), ME)
            return reader.read(path, kind, filename)

    studio.ingestion._reader = ReplacedMeanwhile()
    source = studio.sources.upload("harbour.md", io.BytesIO(HARBOUR.encode()), ME).source
    errors = studio.work()

    assert errors == ["A newer version of this source came in while the older one was being read."]
    now = studio.sources.get(source.id, ME)
    assert (now.state, now.note) == (SourceState.READY, "")
    assert "two metres" in studio.sources.passages(source.id, ME)[0].text


def test_a_question_finds_the_passage_that_answers_it_by_meaning_and_by_word(studio):
    added(studio)

    by_meaning = studio.sources.search("How high does the water get?", ME)
    by_word = studio.sources.search("wheat 1879", ME)

    assert by_meaning[0].passage.heading_path[-1] == "Tides"
    assert by_word[0].passage.heading_path[-1] == "Trade"
    assert all(0 <= hit.score <= 1 for hit in by_meaning + by_word)
    scores = [hit.score for hit in by_meaning]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("question", ["best pizza recipe in Naples", "football world cup winners", "", "   ", "?!"])
def test_what_no_source_speaks_about_finds_nothing_rather_than_padding(sqlite_studio, question):
    added(sqlite_studio)

    assert sqlite_studio.sources.search(question, ME) == []


def test_passages_cite_where_they_stand(sqlite_studio):
    source = added(sqlite_studio)

    first = sqlite_studio.sources.passages(source.id, ME)[0]

    assert first.id == f"S{source.id}.p1"
    assert first.heading_path == ("The harbour", "History")
    assert first.text.startswith("The harbour was built in 1802.")
    assert sqlite_studio.sources.passage(first.id, ME) == first


def test_a_pdf_keeps_its_page_numbers(sqlite_studio):
    pages = [[(12, f"Page {word} tells of the {word} basin and how it was dug.")] for word in ("first", "second")]
    source = sqlite_studio.sources.add_file("basins.pdf", io.BytesIO(pdf_of(pages)), ME)
    sqlite_studio.work()

    found = sqlite_studio.sources.search("second basin", ME)

    assert sqlite_studio.sources.get(source.id, ME).pages == 2
    assert found[0].passage.page in (1, 2)


def test_the_same_bytes_again_are_the_source_that_is_there(studio):
    source = added(studio)

    again = studio.sources.add_file("other name.md", io.BytesIO(HARBOUR.encode()), ME)

    assert again.id == source.id
    assert len(studio.sources.listing(ME)) == 1
    assert studio.stores.jobs.claim("test", 8, 60) == []


def test_two_people_may_have_the_same_document_and_never_see_each_others(studio):
    mine, theirs = added(studio), added(studio, by=SOMEBODY_ELSE)

    assert mine.id != theirs.id
    assert {hit.passage.source_id for hit in studio.sources.search("tide", ME)} == {mine.id}
    assert studio.sources.search("tide", ME, source_ids=[theirs.id]) == []
    for refused in (
        lambda: studio.sources.get(theirs.id, ME),
        lambda: studio.sources.passages(theirs.id, ME),
        lambda: studio.sources.passage(f"S{theirs.id}.p1", ME),
        lambda: studio.sources.delete(theirs.id, ME),
        lambda: studio.sources.retry(theirs.id, ME),
    ):
        with pytest.raises(NotFound):
            refused()
    assert studio.library.passages("local", [f"S{theirs.id}.p1"]) == {}


@pytest.mark.parametrize("passage_id", ["", "S1", "S1.p1; DROP TABLE passages", "S0.p0", "S99999999999999999999.p1"])
def test_an_id_that_names_no_passage_is_not_found(sqlite_studio, passage_id):
    with pytest.raises(NotFound, match="no such passage"):
        sqlite_studio.sources.passage(passage_id, ME)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("locked.pdf", encrypted_pdf(), "password-protected"),
        ("scan.pdf", scanned_pdf(), "no text layer"),
        ("broken.pdf", b"%PDF-1.7 and nothing else", "broken"),
        ("blank.txt", b" \n \n ", "holds no text"),
    ],
)
def test_a_document_that_cannot_be_read_fails_with_its_reason_and_can_be_tried_again(
    sqlite_studio, name, content, says
):
    source = sqlite_studio.sources.add_file(name, io.BytesIO(content), ME)

    (error,) = sqlite_studio.work()

    failed = sqlite_studio.sources.get(source.id, ME)
    assert failed.state is SourceState.FAILED
    assert says in error
    assert failed.note == error
    assert sqlite_studio.sources.retry(source.id, ME).state is SourceState.QUEUED
    assert sqlite_studio.work() == [error]


def test_adding_a_failed_file_again_tries_again(sqlite_studio):
    first = sqlite_studio.sources.add_file("scan.pdf", io.BytesIO(scanned_pdf()), ME)
    sqlite_studio.work()

    again = sqlite_studio.sources.add_file("scan.pdf", io.BytesIO(scanned_pdf()), ME)

    assert (again.id, again.state) == (first.id, SourceState.QUEUED)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.txt", b"", "is empty"),
        ("photo.txt", b"\x89PNG\r\n\x1a\n" + bytes(50), "PNG image"),
        ("letter.pages", b"PK\x03\x04", "Writer reads PDF"),
        ("big.txt", b"x" * 6_000_001, "larger than 6 MB"),
    ],
)
def test_what_can_never_be_a_source_is_refused_at_the_door_and_leaves_nothing(sqlite_studio, name, content, says):
    with pytest.raises(SourceRefused, match=says):
        sqlite_studio.sources.add_file(name, io.BytesIO(content), ME)

    assert sqlite_studio.sources.listing(ME) == []
    assert not list((sqlite_studio.folder / "blobs").glob("*"))


def test_pasted_text_is_a_source_with_the_title_given_or_its_first_line(sqlite_studio):
    named = sqlite_studio.sources.add_text("My notes", "# Harbour\n\nThe harbour was built in 1802.", ME)
    unnamed = sqlite_studio.sources.add_text("  ", "Tides rise by four metres.\nThe moon decides.", ME)
    sqlite_studio.work()

    assert sqlite_studio.sources.get(named.id, ME).title == "My notes"
    assert sqlite_studio.sources.get(unnamed.id, ME).title == "Tides rise by four metres."


def test_no_text_at_all_is_a_mistake_said_in_a_sentence(sqlite_studio):
    with pytest.raises(UserMistake, match="no text to add"):
        sqlite_studio.sources.add_text("Title", " \n…!", ME)


def test_five_megabytes_of_pasted_text_become_a_source(wordless_studio):
    text = "The council met on Tuesday. It decided to spend more on libraries and on the repair of bridges.\n\n"

    source = wordless_studio.sources.add_text("Minutes", text * (5_000_000 // len(text)), ME)

    assert wordless_studio.work() == []
    assert wordless_studio.sources.get(source.id, ME).passages > 4000
    assert wordless_studio.sources.search("bridges repair", ME)


@pytest.mark.parametrize(
    "text", ["x" * 300_000, "word " * 60_000, "a\n" * 50_000, "\ud83d half an emoji and NUL \x00 words"]
)
def test_odd_text_becomes_passages_of_bounded_length(sqlite_studio, text):
    source = sqlite_studio.sources.add_text("Odd", text, ME)

    assert sqlite_studio.work() == []

    passages = sqlite_studio.sources.passages(source.id, ME)
    assert passages
    assert max(len(passage.text) for passage in passages) < 4000


def test_deleting_a_source_deletes_passages_vectors_words_and_the_file(studio):
    kept = added(studio, "# Kept\n\nBread is baked from wheat and water in the old mill.", "kept.md")
    gone = added(studio)
    assert list((studio.folder / "blobs").iterdir())

    studio.sources.delete(gone.id, ME)

    store, model = studio.stores.sources, studio.sources.status().model
    assert [source.id for source in studio.sources.listing(ME)] == [kept.id]
    assert [vector.source_id for vector in store.vectors(model)] == [kept.id]
    assert store.counts(model) == (1, 1)
    assert studio.sources.search("tide moon pilots", ME) == []
    assert len(list((studio.folder / "blobs").iterdir())) == 1
    assert not any(b"warehouses" in path.read_bytes() for path in (studio.folder / "index").iterdir())


@pytest.mark.parametrize("after", [0, 1])
def test_a_source_deleted_while_its_job_runs_ends_the_job_quietly(studio, harbour, after):
    source = studio.sources.add_file("harbour.md", harbour, ME)
    for _ in range(after):
        (step,) = studio.stores.jobs.claim("test", 1, 60)
        assert studio.run(step) == []
    (step,) = studio.stores.jobs.claim("test", 1, 60)

    studio.sources.delete(source.id, ME)

    assert studio.run(step) == []
    assert studio.work() == []
    assert studio.sources.listing(ME) == []


def test_a_file_that_vanished_from_the_blobs_fails_with_a_sentence(sqlite_studio, harbour):
    source = sqlite_studio.sources.add_file("harbour.md", harbour, ME)
    for blob in (sqlite_studio.folder / "blobs").iterdir():
        blob.unlink()

    (error,) = sqlite_studio.work()

    assert "missing" in error
    assert sqlite_studio.sources.get(source.id, ME).note == error


def test_without_a_model_words_serve_and_the_status_says_so(wordless_studio):
    source = added(wordless_studio)

    found = wordless_studio.sources.search("price of wheat", ME)

    assert found[0].passage.heading_path[-1] == "Trade"
    assert "words only" in source.note
    status = wordless_studio.sources.status()
    assert (status.model, status.vectors) == ("", 0)
    assert "words only" in status.sentence


def test_reindex_embeds_what_has_no_vector_and_rebuilds_both_indexes(
    sqlite_studio, sqlite_stores, tmp_path, wordless_studio
):
    added(wordless_studio)

    counts = sqlite_studio.sources.reindex()

    assert (counts.passages, counts.vectors, counts.embedded) == (3, 3, 3)
    assert sqlite_studio.sources.search("How high does the water get?", ME)


def test_a_source_whose_process_died_before_it_had_a_job_gets_one_at_the_next_start(sqlite_studio, harbour):
    source = added(sqlite_studio)
    new = sqlite_studio.stores.sources.add("local", _like(source))

    assert sqlite_studio.sources.adopt_orphans() == 1
    assert sqlite_studio.sources.adopt_orphans() == 0
    assert sqlite_studio.stores.jobs.latest_for_source(new.id) is not None


def _like(source):
    from writer.domain.sources import NewSource

    return NewSource("markdown", "Orphan", "orphan.md", "0" * 64, blob=source.blob)


def test_samples_are_added_once(sqlite_studio, tmp_path):
    folder = tmp_path / "samples"
    folder.mkdir()
    (folder / "README.md").write_text("about the samples")
    (folder / "tides.md").write_text("# Tides\n\nThe moon moves the sea twice a day.")
    studio = sqlite_studio
    sources = Sources(
        studio.stores.sources,
        studio.blobs,
        studio.stores.jobs,
        studio.search,
        studio.keywords,
        studio.vectors,
        None,
        intake=studio.intake,
        desk=ImportDesk(studio.stores.sources, studio.stores.jobs, wake=lambda: None),
        samples=folder,
    )

    first, second = sources.add_samples(ME), sources.add_samples(ME)

    assert [source.id for source in first] == [source.id for source in second]
    assert len(first) == 1


def test_the_overview_shows_every_source_and_the_openings_of_its_parts(sqlite_studio):
    one = added(sqlite_studio)
    two = added(
        sqlite_studio, "# Mills\n\nThe old mill turns.\n\n## Wind\n\nThe wind drives the sails of the mill.", "m.md"
    )

    found = sqlite_studio.library.overview("local", (), 4)

    assert {passage.source_id for passage in found} == {one.id, two.id}
    assert sqlite_studio.library.overview("local", (one.id,), 2)[0].heading_path[-1] == "History"
    assert sqlite_studio.library.overview("somebody else", (), 4) == []


def test_a_retry_after_a_failed_embedding_does_not_read_again(sqlite_stores, tmp_path, embedder):
    class Failing:
        """The real model, but for one failure."""

        model, dimension, max_tokens = embedder.model, embedder.dimension, embedder.max_tokens
        count_tokens = embedder.count_tokens
        failures = 1

        def embed(self, texts):
            if self.failures:
                self.failures -= 1
                raise StorageError("The disk is full.")
            return embedder.embed(texts)

    with Studio(sqlite_stores, tmp_path, Failing()) as studio:
        source = studio.sources.add_file("harbour.md", io.BytesIO(HARBOUR.encode()), ME)
        assert studio.work() == ["The disk is full."]
        assert studio.sources.get(source.id, ME).state is SourceState.FAILED
        assert studio.sources.passages(source.id, ME)

        assert studio.sources.retry(source.id, ME).state is SourceState.QUEUED

        waiting = studio.stores.jobs.claim("test", 8, 60)
        assert [step.key for step in waiting] == ["embed"]
        assert studio.run(waiting[0]) == []
        assert studio.sources.get(source.id, ME).state is SourceState.READY
