from collections.abc import Iterator

import pytest

from tests.pages.conftest import Screen, said
from tests.support.search_server import SearchServer, results, row, searching
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR

KEY = "BSA-canary-4711-do-not-show"


@pytest.fixture
def engine() -> Iterator[SearchServer]:
    with searching(results(row(1))) as server:
        yield server


@pytest.fixture
def settings_of_app(engine: SearchServer) -> dict[str, str]:
    return {"WRITER_FETCH_HOSTS": engine.host}


def test_an_instance_is_set_up_and_tested(app: App, engine: SearchServer, screen: Screen) -> None:
    at = screen("settings")
    assert not [button for button in at.button if button.key == "web_search:test"]
    at.selectbox(key="web_search:kind").set_value("searxng").run()
    at.text_input(key="web_search:address").set_value(engine.url)
    at.button(key="web_search:save").click().run()
    assert engine.requests == []

    at.button(key="web_search:test").click().run()

    assert app.web_search.setup(LOCAL_ACTOR).host == engine.host
    assert "SearXNG found pages" in said(at)
    assert len(engine.requests) == 1


def test_a_key_is_kept_and_never_shown_again(app: App, screen: Screen) -> None:
    at = screen("settings")
    at.selectbox(key="web_search:kind").set_value("brave").run()
    at.text_input(key="web_search:key:brave").set_value(KEY)
    at.button(key="web_search:save").click().run()

    again = screen("settings")
    assert app.web_search.setup(LOCAL_ACTOR).key_set
    assert again.text_input(key="web_search:key:brave").value == ""
    assert KEY not in said(again)


def test_off_is_off(app: App, screen: Screen) -> None:
    app.web_search.save("brave", LOCAL_ACTOR, key=KEY)
    at = screen("settings")
    at.selectbox(key="web_search:kind").set_value("").run()
    at.button(key="web_search:save").click().run()

    assert app.web_search.setup(LOCAL_ACTOR).kind == ""


def test_what_cannot_be_used_is_said(app: App, screen: Screen) -> None:
    at = screen("settings")
    at.selectbox(key="web_search:kind").set_value("searxng").run()
    at.text_input(key="web_search:address").set_value("ftp://nowhere")
    at.button(key="web_search:save").click().run()

    assert "address" in at.warning[0].value
    assert app.web_search.setup(LOCAL_ACTOR).kind == ""


def test_a_topic_on_the_sources_page_begins_a_research(app: App, screen: Screen) -> None:
    app.sources.add_samples(LOCAL_ACTOR)
    at = screen("sources")
    at.text_input(key="research:asked").set_value("Sauerkraut on ships")
    next(button for button in at.button if button.label == "Research this topic").click().run()

    (draft,) = app.drafts.listing(LOCAL_ACTOR)
    job = app.jobs.for_draft(draft.id, LOCAL_ACTOR, "research")
    assert job is not None
    assert draft.title == "Sauerkraut on ships"


def test_no_topic_is_answered_with_a_sentence(app: App, screen: Screen) -> None:
    app.sources.add_samples(LOCAL_ACTOR)
    at = screen("sources")
    next(button for button in at.button if button.label == "Research this topic").click().run()

    assert "the topic is empty" in at.warning[0].value
