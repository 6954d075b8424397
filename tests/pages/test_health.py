import pytest

from tests.pages.conftest import Screen, said
from tests.support.scripted_server import ScriptedServer
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.storage.reliability import Openings

ROUTE = "openai:gpt-4.1-mini"


@pytest.fixture
def settings_of_app(model: ScriptedServer) -> dict[str, str]:
    return {"WRITER_OPENAI__API_KEY": "key", "WRITER_OPENAI__BASE_URL": model.url, "WRITER_ROUTES": ROUTE}


def test_all_that_is_needed_is_told_and_nobody_is_asked(app: App, screen: Screen, model: ScriptedServer) -> None:
    at = screen("health")

    told = said(at)
    for name in ("Data folder", "Disk", "Database", "Migrations", "Search index", "Queue", "Embedding model"):
        assert f"**{name}**" in told
    assert "No route had to rest" in told
    assert "In use" in told
    assert {metric.label for metric in at.metric} == {"Steps running", "Steps waiting", "Longest wait"}
    assert at.success
    assert model.requests == []


def test_a_route_that_had_to_rest_is_shown_with_why(app: App, screen: Screen) -> None:
    Openings(app.database).opened(ROUTE, 30, "503 from the service")

    told = said(screen("health"))
    assert "rested 30 s" in told
    assert "503 from the service" in told


def test_looking_again_shows_what_is_so_now(app: App, screen: Screen) -> None:
    at = screen("health")
    app._runner.close()
    at.button(key="again").click().run()

    assert "Nothing that runs jobs was heard of" in said(at)
    assert app.providers.routes(LOCAL_ACTOR) == [ROUTE]
