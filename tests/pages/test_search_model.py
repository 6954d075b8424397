import pytest

from tests.pages.conftest import Screen, said
from tests.support.furnished import Furnished, finished
from tests.support.scripted_server import ScriptedServer
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.ports.settings import ProviderAccount
from writer.embedding.weights import DEFAULT_MODEL, INT8_MODEL
from writer.services.knowledge.search_model import is_remote


@pytest.fixture
def provider(app: App, model: ScriptedServer) -> str:
    app.providers.save(ProviderAccount("mine", "openai-compatible", model.url), LOCAL_ACTOR)
    return "mine:embedder"


def test_the_model_that_serves_is_named_and_can_be_tried(screen: Screen) -> None:
    at = screen("settings")
    at.button(key="search_model:test").click().run()

    assert "Built in, exact" in said(at)
    assert "384 numbers" in at.success[0].value


def test_another_built_in_model_is_chosen_reindexed_and_what_is_left_over_freed(
    furnished: Furnished, app: App, screen: Screen
) -> None:
    at = screen("settings")
    at.radio(key="search_model:pick").set_value(INT8_MODEL).run()
    at.button(key="search_model:use").click().run()
    assert "no vector of" in at.info[0].value
    assert app.search_model.status(LOCAL_ACTOR).serving == DEFAULT_MODEL

    at.button(key="search_model:reindex").click().run()
    job = app.search_model.status(LOCAL_ACTOR).job
    assert job is not None
    finished(app, job)

    assert app.search_model.status(LOCAL_ACTOR).serving == INT8_MODEL
    assert app.sources.search("harbour pipe", LOCAL_ACTOR)
    at = screen("settings")
    at.button(key="search_model:free").click().run()
    assert app.search_model.status(LOCAL_ACTOR).unused_bytes == 0


def test_a_providers_model_serves_only_after_the_box_is_ticked(
    app: App, screen: Screen, provider: str, model: ScriptedServer
) -> None:
    at = screen("settings")
    at.radio(key="search_model:pick").set_value("A provider's model").run()
    at.text_input(key="search_model:name").set_value("embedder").run()
    at.button(key="search_model:use").click().run()
    assert "Tick the box" in at.warning[0].value
    assert not model.requests

    at.checkbox(key="search_model:agreed").check().run()
    at.button(key="search_model:use").click().run()

    status = app.search_model.status(LOCAL_ACTOR)
    assert status.serving == provider
    assert is_remote(status.serving)
    assert {asked.path for asked in model.requests} == {"/v1/embeddings"}


def test_the_sources_page_says_when_passages_lack_vectors(furnished: Furnished, app: App, screen: Screen) -> None:
    assert not screen("sources").info
    app.search_model.choose(INT8_MODEL, LOCAL_ACTOR)

    at = screen("sources")

    assert "no vector of" in at.info[0].value
    at.button(key="notice:reindex").click().run()
    job = app.search_model.status(LOCAL_ACTOR).job
    assert job is not None
    finished(app, job)
    assert app.search_model.status(LOCAL_ACTOR).is_complete
