"""Questions on a whole App: real runner, real sockets, the OpenAI adapter; only the model is scripted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.data_folder import warmed
from tests.support.scripted_server import Reply, ScriptedServer
from writer.bootstrap import App, build
from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.domain.jobs import Job
from writer.domain.questions import Question
from writer.domain.scopes import EVERYTHING, Scope
from writer.domain.sources import Source
from writer.services.jobs import RunnerPolicy
from writer.settings import read_settings

ROUTE = "openai:scripted-1"
TIDES = "# Tides\n\nThe barrage at Rance cost 95 million francs. It was opened in 1966 by President de Gaulle."
WIND = "# Wind\n\nThe wind farm off Anholt has 111 turbines. They stand in water 14 to 17 metres deep."


class House:
    def __init__(self, app: App, model: ScriptedServer) -> None:
        self.app = app
        self.model = model

    def source(self, title: str, text: str, by: Actor = LOCAL_ACTOR) -> Source:
        taken = self.app.sources.add_text(title, text, by)
        job = self.app.jobs.for_source(taken.id, by)
        assert job is not None
        self.followed(job.id, by)
        return self.app.sources.get(taken.id, by)

    def ask(self, text: str, scope: Scope = EVERYTHING, route: str = ROUTE, by: Actor = LOCAL_ACTOR) -> Question:
        """Asked, and its job is over."""
        question = self.app.questions.ask(text, by, scope, route)
        self.followed(question.job_id, by)
        return self.app.questions.get(question.id, by)

    def followed(self, job_id: str, by: Actor = LOCAL_ACTOR) -> Job:
        for _ in self.app.jobs.follow(job_id, by):
            pass
        return self.app.jobs.get(job_id, by)

    def job(self, question: Question) -> Job:
        job = self.app.questions.job(question)
        assert job is not None
        return job


@pytest.fixture
def model() -> Iterator[ScriptedServer]:
    with ScriptedServer(Reply()) as server:
        yield server


def settings_for(folder: Path, model: ScriptedServer, database_url: str = "") -> dict[str, str]:
    return {
        "WRITER_DATA_DIR": str(warmed(folder)),
        "WRITER_OPENAI__API_KEY": "sk-scripted-0123456789",
        "WRITER_OPENAI__BASE_URL": model.url,
        "WRITER_ROUTES": ROUTE,
        **({"WRITER_DATABASE_URL": database_url} if database_url else {}),
    }


@pytest.fixture
def house(tmp_path: Path, model: ScriptedServer) -> Iterator[House]:
    app = build(read_settings(settings_for(tmp_path / "data", model)), RunnerPolicy(max_attempts=1))
    app.start()
    yield House(app, model)
    app.close()


@pytest.fixture
def anywhere(tmp_path: Path, model: ScriptedServer, database_url: str) -> Iterator[House]:
    """The same on either engine."""
    app = build(read_settings(settings_for(tmp_path / "data", model, database_url)), RunnerPolicy(max_attempts=1))
    app.start()
    yield House(app, model)
    app.close()
