"""The Models page in a real browser: a download that is watched, paused, gone on with; every part in both themes."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Opened, Served, button, opened_at, settled
from tests.browser.test_every_page import violations
from tests.support import hub_server, ollama_server
from tests.support.data_folder import warmed
from tests.support.hub_server import Fault, HubSite, a_model
from tests.support.ollama_server import OllamaSite
from writer import bootstrap
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.ports.settings import ProviderAccount
from writer.settings import read_settings

NAME, WEIGHTS = "org/tiny", "model.safetensors"


@pytest.fixture(scope="module")
def hub() -> Iterator[HubSite]:
    with hub_server.serving(HubSite({NAME: a_model()})) as site:
        yield site


@pytest.fixture(scope="module")
def served_with_hub(tmp_path_factory: pytest.TempPathFactory, hub: HubSite) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served_with_hub")
    with ollama_server.serving(OllamaSite({"llama3.2": 2_000}, loaded={"llama3.2"})) as ollama:
        app = bootstrap.build(read_settings({"WRITER_DATA_DIR": str(warmed(folder / "data"))}))
        app.providers.save(ProviderAccount("ollama", "ollama", f"{ollama.url}/v1"), LOCAL_ACTOR)
        app.close()
        served = Served(folder, WRITER_HUB_URL=hub.url, WRITER_FETCH_HOSTS=f"localhost:{hub.port}")
        yield served
        served.stop()


@pytest.fixture
def visit_models(browser: Browser, served_with_hub: Served) -> Iterator[Opened]:
    yield from opened_at(browser, served_with_hub.url)


def clean(page: Page) -> None:
    settled(page)
    assert violations(Axe().run(page).response) == []


def parts(page: Page) -> Iterator[str]:
    """Each part of the page with something in it."""
    page.get_by_role("textbox", name="Its name on the hub").fill(NAME)
    page.get_by_role("button", name="Ask 127").click()
    expect(page.get_by_text("apache-2.0", exact=True)).to_be_visible()
    settled(page)
    yield "On this machine"
    page.get_by_role("tab", name="Local servers").click()
    button(page, "List its models").click()
    expect(page.get_by_text("Loaded", exact=True)).to_be_visible()
    settled(page)
    yield "Local servers"
    page.get_by_role("tab", name="What providers offer").click()
    button(page, "Ask all for their lists").click()
    expect(page.get_by_text("asked just now")).to_be_visible()
    settled(page)
    yield "What providers offer"


def test_a_download_is_watched_paused_gone_on_with_and_deleted(visit_models: Opened, hub: HubSite) -> None:
    page = visit_models("/models")
    page.get_by_role("textbox", name="Its name on the hub").fill(NAME)
    hub.faults.append(Fault(WEIGHTS, "stall", 60_000))
    page.get_by_role("button", name=f"Ask {hub.host}").click()
    button(page, "Download 200.2 kB").click()
    expect(page.get_by_text("60.1 kB of 200.2 kB")).to_be_visible()
    clean(page)

    button(page, "Pause").click()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    button(page, "Resume").click()
    expect(page.get_by_text("Downloaded", exact=True)).to_be_visible()
    assert hub.asked_for(WEIGHTS)[1].headers["range"] == "bytes=60000-"
    button(page, "Write with it").click()
    expect(page.get_by_text("Writes first", exact=True)).to_be_visible()

    button(page, "Delete").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No model is on this machine yet")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_servers_and_offers_are_accessible(visit_models: Opened, dark: bool) -> None:
    page = visit_models("/models", dark=dark)
    for part in parts(page):
        assert (part, violations(Axe().run(page).response)) == (part, [])


def test_a_phone_needs_no_sideways_scrolling(visit_models: Opened) -> None:
    page = visit_models("/models", width=390)
    for part in parts(page):
        wide = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth")
        assert (part, wide) <= (part, 0)
