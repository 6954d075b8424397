"""Each page with Streamlit's own test driver, over a real App in a fresh data folder."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.support.scripted_article import quick
from tests.support.scripted_server import ScriptedServer
from tests.support.search_model import linked, warmed
from writer import bootstrap
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.briefs import Brief
from writer.domain.drafts import Draft
from writer.domain.jobs import Job, JobState
from writer.domain.sources import SourceState
from writer.samples import brief_fields
from writer.settings import read_settings

ENTRY = Path(__file__).parents[2] / "streamlit_app.py"
Screen = Callable[..., AppTest]


@pytest.fixture
def settings_of_app() -> dict[str, str]:
    """Overridden where a test's App has a provider."""
    return {}


@dataclass(frozen=True)
class Furnished:
    """A data folder with the sample collection, a draft whose outline waits, and a finished draft."""

    folder: Path
    outlined_id: str
    written_id: str

    def outlined(self, app: App) -> Draft:
        return app.drafts.open(self.outlined_id, LOCAL_ACTOR)

    def written(self, app: App) -> Draft:
        return app.drafts.open(self.written_id, LOCAL_ACTOR)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    """Made once; each test that asks for it gets an App over a copy of the folder."""
    folder = tmp_path_factory.mktemp("furnished")
    app = bootstrap.build(read_settings({"WRITER_DATA_DIR": str(warmed(folder))}))
    app.start()
    fill_library(app)
    outlined = outline_of(app)
    written = outline_of(app, words=700)
    assert written.outline is not None
    job = finished(app, app.articles.approve(written.id, written.outline, LOCAL_ACTOR))
    assert job.state is JobState.DONE, job.error
    app.close()
    return Furnished(folder, outlined.id, written.id)


@pytest.fixture
def app(
    tmp_path: Path, settings_of_app: dict[str, str], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[App]:
    """The App that the pages will find."""
    if "furnished" in request.fixturenames:
        folder = request.getfixturevalue("furnished").folder
        shutil.copytree(folder, tmp_path, copy_function=linked, dirs_exist_ok=True)
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


def fill_library(app: App) -> None:
    for source in app.sources.add_samples(LOCAL_ACTOR):
        job = app.jobs.for_source(source.id, LOCAL_ACTOR)
        assert job is not None
        finished(app, job)
    assert all(source.state is SourceState.READY for source in app.sources.listing(LOCAL_ACTOR))


def finished(app: App, job: Job) -> Job:
    """Waits until the job is over or waits for its writer."""
    for _ in app.jobs.follow(job.id, LOCAL_ACTOR):
        pass
    return app.jobs.get(job.id, LOCAL_ACTOR)


def outline_of(app: App, **changes: object) -> Draft:
    """A new draft from the sample brief, whose outline waits for approval."""
    draft = app.articles.start(Brief(**{**brief_fields(), **changes}), LOCAL_ACTOR)
    job = app.jobs.for_draft(draft.id, LOCAL_ACTOR)
    assert job is not None
    assert finished(app, job).state is JobState.WAITING
    return app.drafts.open(draft.id, LOCAL_ACTOR)


def said(at: AppTest) -> str:
    """Everything the page shows as text."""
    elements = [*at.markdown, *at.caption, *at.warning, *at.error, *at.success, *at.header, *at.title]
    return "\n".join(str(element.value) for element in elements)
