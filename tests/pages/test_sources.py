import io

from tests.pages.conftest import Screen, said
from tests.support.furnished import Furnished, finished
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.sources import SourceState


def test_without_sources_one_action_adds_samples(app: App, screen: Screen) -> None:
    at = screen("sources")
    assert "No sources yet" in said(at)
    at.button(key="samples").click().run()

    assert len(app.sources.listing(LOCAL_ACTOR)) == 5


def test_uploaded_files_become_sources(app: App, screen: Screen) -> None:
    at = screen("sources")
    at.file_uploader[0].upload("notes.md", b"# Notes\n\nThe harbour holds heat all winter long.")
    at.file_uploader[0].upload("more.txt", b"The pipe was laid in the autumn of 2021.")
    at.run()

    assert {source.filename for source in app.sources.listing(LOCAL_ACTOR)} == {"notes.md", "more.txt"}


def test_a_renamed_binary_is_refused_with_a_sentence_and_the_others_are_taken(app: App, screen: Screen) -> None:
    at = screen("sources")
    at.file_uploader[0].upload("photo.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200))
    at.file_uploader[0].upload("good.md", b"# Good\n\nThis is a text that can be read.")
    at.run()

    assert "photo" in at.warning[0].value
    assert [source.filename for source in app.sources.listing(LOCAL_ACTOR)] == ["good.md"]


def test_pasted_text_becomes_a_source(app: App, screen: Screen) -> None:
    at = screen("sources")
    at.text_input(key="sources:title").set_value("Board notes")
    at.text_area(key="sources:text").set_value("The board met twice. The price was agreed.")
    at.form_submit_button[0].click().run()

    (source,) = app.sources.listing(LOCAL_ACTOR)
    assert source.title == "Board notes"


def test_empty_pasted_text_is_refused_with_a_sentence(app: App, screen: Screen) -> None:
    at = screen("sources")
    at.form_submit_button[0].click().run()

    assert "There is no text to add" in at.warning[0].value


def test_a_failed_source_says_why_and_can_be_tried_again(app: App, screen: Screen) -> None:
    broken = app.sources.add_file("broken.pdf", io.BytesIO(b"%PDF-1.7\nnothing of a document follows"), LOCAL_ACTOR)
    job = app.jobs.for_source(broken.id, LOCAL_ACTOR)
    assert job is not None
    finished(app, job)
    at = screen("sources")

    now = app.sources.get(broken.id, LOCAL_ACTOR)
    assert now.state is SourceState.FAILED
    assert now.note
    assert at.button(key=f"retry:{broken.id}").label == "Retry"


def test_a_search_shows_passages_with_scores_and_where_they_are(app: App, screen: Screen, furnished: Furnished) -> None:
    at = screen("sources")
    at.text_input(key="sources:query").set_value("How much did the heat pump cost?").run()

    assert not at.exception
    assert [b.key for b in at.button if str(b.key).startswith("open:")]


def test_the_filter_offers_what_there_is_and_narrows_the_search(app: App, screen: Screen, furnished: Furnished) -> None:
    first = app.sources.listing(LOCAL_ACTOR)[0]
    app.collections.tag([first.id], ["kept apart"], LOCAL_ACTOR)
    at = screen("sources")
    at.text_input(key="sources:query").set_value(first.title).run()
    assert at.multiselect(key="search:Tags").options == ["kept apart"]

    at.multiselect(key="search:Tags").set_value(["kept apart"]).run()

    assert "Only in 1 source" in said(at)
    opened = [str(b.key).removeprefix("open:") for b in at.button if str(b.key).startswith("open:")]
    assert opened
    assert {id_.split(".")[0] for id_ in opened} == {first.label}


def test_more_like_a_hit_shows_other_passages_and_leads_back(app: App, screen: Screen, furnished: Furnished) -> None:
    at = screen("sources")
    at.text_input(key="sources:query").set_value("How much did the heat pump cost?").run()
    like = next(b for b in at.button if str(b.key).startswith("like:"))
    passage = str(like.key).removeprefix("like:")

    like.click().run()
    assert not at.exception
    assert "Passages elsewhere" in said(at)
    assert f"open:{passage}" not in {str(b.key) for b in at.button}

    at.button(key="search:back").click().run()
    assert f"open:{passage}" in {str(b.key) for b in at.button}


def test_deleting_asks_first_and_then_takes_the_passages_along(app: App, screen: Screen, furnished: Furnished) -> None:
    source = app.sources.listing(LOCAL_ACTOR)[0]
    at = screen("sources")
    at.button(key=f"delete:{source.id}").click().run()

    assert "Its passages and its place in the index go with it" in said(at)
    assert source.id in {s.id for s in app.sources.listing(LOCAL_ACTOR)}


def test_a_source_can_be_read_in_place(app: App, screen: Screen, furnished: Furnished) -> None:
    source = app.sources.listing(LOCAL_ACTOR)[0]
    at = screen("sources")
    at.button(key=f"read:{source.id}").click().run()

    assert not at.exception
    assert len(at.get("bidi_component")) == 1
