"""The whole app with a scripted model whose price is known, so that what it costs is real arithmetic."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.data_folder import warmed
from tests.support.scripted_article import quick
from tests.support.scripted_server import ScriptedServer
from writer.bootstrap import App, build
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.sources import SourceState
from writer.settings import read_settings

ROUTE = "openai:gpt-4.1-mini"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(quick) as server:
        yield server


@pytest.fixture
def app(server: ScriptedServer, tmp_path: Path) -> Iterator[App]:
    """Without sources, from which a model may write all the same."""
    with opened(server, tmp_path) as app:
        yield app


@pytest.fixture(scope="module")
def sourced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with ScriptedServer(quick) as server, opened(server, tmp_path_factory.mktemp("sourced")) as app:
        app.sources.add_samples(LOCAL_ACTOR)
        for source in app.sources.listing(LOCAL_ACTOR):
            if source.state is not SourceState.READY and (job := app.jobs.for_source(source.id, LOCAL_ACTOR)):
                list(app.jobs.follow(job.id, LOCAL_ACTOR))
        yield app


@contextmanager
def opened(server: ScriptedServer, folder: Path) -> Iterator[App]:
    environ = {
        "HOME": str(folder),
        "WRITER_DATA_DIR": str(warmed(folder / "data")),
        "WRITER_ROUTES": ROUTE,
        "WRITER_OPENAI__API_KEY": "key",
        "WRITER_OPENAI__BASE_URL": server.url,
    }
    app = build(read_settings(environ))
    app.start()
    try:
        yield app
    finally:
        app.close()
