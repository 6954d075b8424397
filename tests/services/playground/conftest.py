"""The playground of a whole App: real runner, real sockets, the OpenAI adapter; only the models are scripted."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.support.data_folder import warmed
from tests.support.scripted_server import Asked, Reply, ScriptedServer
from writer.bootstrap import App, build
from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.domain.jobs import Job
from writer.domain.playground import Comparison, Contender
from writer.domain.prompt_library import PromptText
from writer.settings import read_settings

FIRST, SECOND, THIRD = (Contender(f"openai:scripted-{number}") for number in (1, 2, 3))
PRICED = Contender("openai:gpt-5-mini", 1.0)


def by_model(asked: Asked) -> Reply:
    return Reply(f"{asked.model} says {asked.prompt}.")


class House:
    def __init__(self, app: App, model: ScriptedServer) -> None:
        self.app = app
        self.model = model

    def begun(
        self,
        user: str = "hello",
        contenders: Sequence[Contender] = (FIRST, SECOND),
        *,
        by: Actor = LOCAL_ACTOR,
        blind: bool = False,
        values: dict[str, str] | None = None,
        system: str = "",
    ) -> Comparison:
        prompt = PromptText(user, system)
        return self.app.playground.compare(prompt, contenders, by, values=values, blind=blind)

    def compared(
        self, user: str = "hello", contenders: Sequence[Contender] = (FIRST, SECOND), **more: object
    ) -> Comparison:
        """Begun, and over."""
        return self.over(self.begun(user, contenders, **more))  # type: ignore[arg-type]  # handed on as they are

    def over(self, comparison: Comparison) -> Comparison:
        self.job_over(comparison)
        return self.app.playground.get(comparison.id, LOCAL_ACTOR)

    def heard(self, comparison: Comparison, text: str) -> None:
        """All replies have come to this text."""
        for _ in self.app.jobs.follow(comparison.job_id, LOCAL_ACTOR):
            if {reply.text for reply in self.app.playground.replies(comparison)} == {text}:
                return
        raise AssertionError(self.app.playground.replies(comparison))

    def job_over(self, comparison: Comparison, by: Actor = LOCAL_ACTOR) -> Job:
        for _ in self.app.jobs.follow(comparison.job_id, by):
            pass
        return self.app.jobs.get(comparison.job_id, by)


@pytest.fixture
def model() -> Iterator[ScriptedServer]:
    with ScriptedServer(by_model) as server:
        yield server


def settings_for(folder: Path, model: ScriptedServer, database_url: str = "") -> dict[str, str]:
    return {
        "WRITER_DATA_DIR": str(warmed(folder)),
        "WRITER_OPENAI__API_KEY": "sk-scripted-0123456789",
        "WRITER_OPENAI__BASE_URL": model.url,
        "WRITER_ROUTES": "openai:scripted-1",
        **({"WRITER_DATABASE_URL": database_url} if database_url else {}),
    }


@pytest.fixture
def house(tmp_path: Path, model: ScriptedServer) -> Iterator[House]:
    yield from _opened(settings_for(tmp_path / "data", model), model)


@pytest.fixture
def anywhere(tmp_path: Path, model: ScriptedServer, database_url: str) -> Iterator[House]:
    """The same on either engine."""
    yield from _opened(settings_for(tmp_path / "data", model, database_url), model)


def _opened(settings: dict[str, str], model: ScriptedServer) -> Iterator[House]:
    app = build(read_settings(settings))
    app.start()
    yield House(app, model)
    app.close()
