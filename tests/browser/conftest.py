"""A real Chromium against the real app: served as a person would serve it, with a data folder of its own."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.support.data_folder import warmed
from tests.support.furnished import Furnished, furnish
from tests.support.scripted_server import ScriptedServer

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
SETTLED = "() => document.querySelector('[data-testid=stApp]')?.getAttribute('data-test-script-state') === 'notRunning'"
START_S = 60
PATIENCE_MS = 30_000  # a machine with other work to do must not fail a test
OWN_PROBE = re.compile(r"/[a-z]+/_stcore/(?:health|host-config)$")  # Streamlit looks for itself below a page's address


expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="there is no Chromium on this machine: apt install chromium"))


SHOWN_IN_WORDS = re.compile(r"/api/drafts/\w+/text$")  # a save that fails or meets a newer text: the editor says so


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


class Served:
    """The app in a process of its own. What it says goes to `log`."""

    def __init__(self, folder: Path, furnished: Furnished | None = None, **settings: str) -> None:
        """In `folder`, below which `data` may hold what was `furnished`."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.data = warmed(folder / "data")
        self.log = folder / "server.log"
        self._furnished = furnished
        inherited = {
            k: v for k, v in os.environ.items() if not k.startswith(("WRITER_", "OPENAI_", "GEMINI_", "GOOGLE_"))
        }
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", f"--server.port={port}"]
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**inherited, "WRITER_DATA_DIR": str(self.data), **settings},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait_until_healthy()

    def _wait_until_healthy(self) -> None:
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1).close()
                return
            except OSError:
                assert self._process.poll() is None, self.log.read_text()
                time.sleep(0.05)  # nothing tells us; the port is asked again
        raise AssertionError(self.log.read_text())

    @property
    def furnished(self) -> Furnished:
        assert self._furnished, "this module has no pytest.mark.furnished"
        return self._furnished

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)


def serve(request: pytest.FixtureRequest, folders: pytest.TempPathFactory, **settings: str) -> Iterator[Served]:
    """With sources and drafts where the module is marked `furnished`, else empty."""
    folder = folders.mktemp("served")
    app = Served(folder, furnish(folder / "data") if request.node.get_closest_marker("furnished") else None, **settings)
    yield app
    app.stop()


@pytest.fixture(scope="module")
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Without any provider: what a person has on the first day."""
    yield from serve(request, tmp_path_factory)


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture(scope="module")
def served_with_model(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, model: ScriptedServer
) -> Iterator[Served]:
    yield from serve(
        request,
        tmp_path_factory,
        WRITER_OPENAI__API_KEY="sk-scripted-0123456789",
        WRITER_OPENAI__BASE_URL=model.url,
        WRITER_ROUTES="openai:scripted-1",
    )


class Watched:
    """What a page must never do: errors on the console, requests to anybody else, exceptions on the screen."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.problems: list[str] = []
        self._url = url
        context.on("page", self._watch)

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.problems.append(f"page error: {error}"))
        page.on("console", self._said)
        page.on("request", lambda request: self._asked(request.url))

    def _said(self, message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        if message.type == "error" and not OWN_PROBE.search(url) and not SHOWN_IN_WORDS.search(url):
            self.problems.append(f"console: {message.text} {message.location}")

    def _asked(self, url: str) -> None:
        if not url.startswith((self._url, "data:", "blob:")):
            self.problems.append(f"request to somebody else: {url}")


Opened = Callable[..., Page]


def opened_at(browser: Browser, url: str) -> Iterator[Opened]:
    contexts: list[tuple[BrowserContext, Watched]] = []

    def open_page(path: str = "/", *, dark: bool = False, width: int = 1280, beside: Page | None = None) -> Page:
        """`beside` opens a second tab of the same browser window."""
        if beside is None:
            context = browser.new_context(
                viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light"
            )
            context.set_default_timeout(PATIENCE_MS)
            contexts.append((context, Watched(context, url)))
        page = (beside.context if beside else context).new_page()
        page.goto(url + path)
        page.get_by_role("heading", level=1).wait_for()
        settled(page)
        return page

    yield open_page
    for context, watched in contexts:
        for page in context.pages:
            assert page.get_by_test_id("stException").count() == 0, page.get_by_test_id("stException").all_inner_texts()
        context.close()
        assert watched.problems == []


@pytest.fixture
def visit(browser: Browser, served: Served) -> Iterator[Opened]:
    """Opens a page of the app without providers; the test fails when the page misbehaved."""
    yield from opened_at(browser, served.url)


@pytest.fixture
def visit_with_model(browser: Browser, served_with_model: Served) -> Iterator[Opened]:
    yield from opened_at(browser, served_with_model.url)


def settled(page: Page) -> None:
    """Wait until no script run is in progress."""
    page.wait_for_function(SETTLED)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def go(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()
    page.get_by_role("link", name=name, exact=True).and_(page.locator("[aria-current=page]")).wait_for()
    settled(page)
