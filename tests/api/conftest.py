"""The API on a real App: SQLite in the test's folder, the embedded runner, the built-in drafter, no mock anywhere."""

from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from tests.support.data_folder import warmed
from writer.api import create_api
from writer.bootstrap import App, build
from writer.domain.actors import LOCAL_ACTOR
from writer.settings import read_settings

HERE = "http://localhost"
TIDES = """# Tides

Tides are the rise and fall of sea levels. They are caused by the gravity of the moon and the sun.
The moon pulls the water on the near side of the earth towards it, which makes a bulge of water.

## Spring tides

When the sun and the moon stand in one line, their pulls add up, and the tides are higher than usual.
Such tides are called spring tides, and they come twice in each lunar month, at new moon and at full moon.

## Neap tides

When the sun and the moon stand at a right angle, their pulls work against each other. The range of these
neap tides is the smallest of the lunar month, and they follow about seven days after the spring tides.
"""


@dataclass
class Written:
    """An App that holds one source and one finished article."""

    app: App
    client: TestClient
    source_id: int
    job_id: str
    draft_id: str

    def path(self, pattern: str) -> str:
        return pattern.format(draft=self.draft_id, job=self.job_id, source=self.source_id)


@contextmanager
def opened(folder):
    app = build(read_settings({"HOME": str(folder), "WRITER_DATA_DIR": str(warmed(folder / "data"))}))
    app.start()
    try:
        yield app
    finally:
        app.close()


@pytest.fixture
def app(tmp_path):
    with opened(tmp_path) as app:
        yield app


@pytest.fixture
def client(app):
    with TestClient(create_api(app), base_url=HERE) as client:
        yield client


def add_tides(app, client):
    source = client.post("/sources", files={"file": ("tides.md", TIDES.encode(), "text/markdown")}).json()
    list(app.jobs.follow(app.jobs.for_source(source["id"], LOCAL_ACTOR).id, LOCAL_ACTOR))
    return source["id"]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("written")) as app, TestClient(create_api(app), base_url=HERE) as client:
        source_id = add_tides(app, client)
        job = client.post("/articles", json={"topic": "How tides work", "words": 300}).json()
        list(app.jobs.follow(job["id"], LOCAL_ACTOR))
        yield Written(app, client, source_id, job["id"], job["draft_id"])
