import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Screen, said
from tests.support.scripted_server import ScriptedServer, failing
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR

KEY = "sk-canary-4711-0815-do-not-show"


@pytest.fixture
def settings_of_app(model: ScriptedServer) -> dict[str, str]:
    return {"WRITER_GEMINI__API_KEY": "from-the-environment-0001", "WRITER_GEMINI__BASE_URL": model.root}


def with_provider(screen: Screen, model: ScriptedServer) -> AppTest:
    at = screen("settings")
    at.selectbox(key="add:preset").set_value("openai").run()
    at.text_input(key="add:url:openai").set_value(model.url)
    at.text_input(key="add:key:openai").set_value(KEY)
    at.text_area(key="add:models:openai").set_value("scripted-1\nscripted-2")
    at.button(key="add:save").click().run()
    return at


def test_each_kind_of_service_says_what_to_do_first(screen: Screen) -> None:
    at = screen("settings")
    at.selectbox(key="add:preset").set_value("vllm").run()

    assert "only if it was started with" in said(at)


def test_a_saved_provider_is_listed_without_its_key(app: App, screen: Screen, model: ScriptedServer) -> None:
    at = with_provider(screen, model)

    account = next(a for a in app.providers.accounts(LOCAL_ACTOR) if a.name == "openai")
    assert account.key_set
    assert account.models == ("scripted-1", "scripted-2")
    assert "Key set" in said(at)
    fresh = screen("settings")
    assert KEY not in said(fresh) + str(fresh.main)


def test_a_provider_of_the_environment_says_so_and_cannot_be_deleted_here(screen: Screen) -> None:
    at = screen("settings")

    assert "From the environment" in said(at)
    assert "remove:gemini" not in {button.key for button in at.button}


def test_a_working_route_is_reported_with_a_sentence(app: App, screen: Screen, model: ScriptedServer) -> None:
    at = with_provider(screen, model)
    at.button(key="test:openai").click().run()

    assert "answered" in at.success[0].value


def test_a_refused_key_is_reported_with_a_sentence_without_the_key(
    app: App, screen: Screen, model: ScriptedServer
) -> None:
    at = with_provider(screen, model)
    model.script = failing(401, f"Incorrect API key provided: {KEY}")
    at.button(key="test:openai").click().run()

    assert at.error
    assert KEY not in at.error[0].value


def test_a_bad_address_is_answered_with_a_sentence(screen: Screen) -> None:
    at = screen("settings")
    at.selectbox(key="add:preset").set_value("openai").run()
    at.text_input(key="add:url:openai").set_value("ftp://example.org")
    at.button(key="add:save").click().run()

    assert "must look like https" in at.warning[0].value


def test_the_order_of_routes_is_kept(app: App, screen: Screen, model: ScriptedServer) -> None:
    at = with_provider(screen, model)
    at.multiselect(key="routes").set_value(["openai:scripted-2", "openai:scripted-1"]).run()
    at.button(key="save_routes").click().run()

    assert app.providers.routes(LOCAL_ACTOR) == ["openai:scripted-2", "openai:scripted-1"]


def test_what_the_installation_lacks_is_said_in_sentences(app: App, screen: Screen) -> None:
    at = screen("settings")

    for finding in app.doctor():
        assert finding.name in said(at)
