"""Research as an owner has it: a real App whose web search is a scripted SearXNG on this machine."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.data_folder import warmed
from tests.support.search_server import SearchServer, results, row, searching
from tests.support.sites import serving
from writer.bootstrap import App, build
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.jobs import Job
from writer.settings import read_settings

HARBOUR = """# How the harbour heats homes

The harbour heat pump of Brindle Bay takes warmth from sea water. The harbour heat pump cost 48 million crowns.

## The heat pump

The heat pump in the harbour lifts sea water of seven degrees to eighty degrees for the district heating network.
"""

serve = pytest.fixture(serving)


@pytest.fixture
def engine() -> Iterator[SearchServer]:
    with searching(lambda request: results(row(1), row(2, publishedDate="2024-05-06"))) as server:
        yield server


@pytest.fixture
def open_app(tmp_path: Path) -> Iterator[Callable[..., App]]:
    """Builds an App on the test's folder; several times for one that comes back after another was closed."""
    built: list[App] = []

    def opened(**settings: str) -> App:
        names = {f"WRITER_{name.upper()}": value for name, value in settings.items()}
        app = build(read_settings({"HOME": str(tmp_path), "WRITER_DATA_DIR": str(warmed(tmp_path / "data")), **names}))
        app.start()
        built.append(app)
        return app

    yield opened
    for app in built:
        app.close()


@pytest.fixture
def app(open_app: Callable[..., App], engine: SearchServer) -> App:
    app = open_app(fetch_hosts=engine.host)
    source = app.sources.add_text("Harbour heat", HARBOUR, LOCAL_ACTOR)
    job = app.jobs.for_source(source.id, LOCAL_ACTOR)
    assert job is not None
    finished(app, job)
    return app


def finished(app: App, job: Job) -> Job:
    for _ in app.jobs.follow(job.id, LOCAL_ACTOR):
        pass
    return app.jobs.get(job.id, LOCAL_ACTOR)
