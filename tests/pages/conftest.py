"""Each page with Streamlit's own test driver, over a real App in a fresh data folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from tests.support.data_folder import warmed
from tests.support.furnished import Furnished, furnish
from tests.support.scripted_article import quick
from tests.support.scripted_server import ScriptedServer
from writer import bootstrap
from writer.bootstrap import App
from writer.settings import read_settings

ENTRY = Path(__file__).parents[2] / "streamlit_app.py"
Screen = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def components_looked_for_once() -> Iterator[None]:
    """Streamlit's test driver reads the metadata of every installed package at each run, to find components there."""
    found = manifest_scanner.scan_component_manifests()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda: found)
        yield


@pytest.fixture
def settings_of_app() -> dict[str, str]:
    """Overridden where a test's App has a provider."""
    return {}


@pytest.fixture
def furnished(tmp_path: Path) -> Furnished:
    """The App's folder has sources and drafts in it."""
    return furnish(tmp_path)


@pytest.fixture
def app(
    tmp_path: Path, settings_of_app: dict[str, str], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[App]:
    """The App that the pages will find."""
    if "furnished" in request.fixturenames:
        request.getfixturevalue("furnished")
    built = bootstrap.build(read_settings({"WRITER_DATA_DIR": str(warmed(tmp_path)), **settings_of_app}))
    monkeypatch.setattr(bootstrap, "_shared", built)
    st.cache_resource.clear()
    built.start()
    yield built
    built.close()
    st.cache_resource.clear()


@pytest.fixture
def model() -> Iterator[ScriptedServer]:
    with ScriptedServer(quick) as server:
        yield server


@pytest.fixture
def screen(app: App) -> Screen:
    """Opens the app's entry, then one of its pages."""

    def opened(page: str = "write", **query: str) -> AppTest:
        at = AppTest.from_file(ENTRY, default_timeout=30)
        if page != "write":
            at = at.run().switch_page(f"pages/{page}.py")
        for name, value in query.items():
            at.query_params[name] = value
        return at.run()

    return opened


def said(at: AppTest) -> str:
    """Everything the page shows as text."""
    elements = [*at.markdown, *at.caption, *at.warning, *at.error, *at.success, *at.header, *at.title]
    return "\n".join(str(element.value) for element in elements)
