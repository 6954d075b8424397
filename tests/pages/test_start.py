"""What is said when the served app cannot start."""

import pytest
from starlette.applications import Starlette
from starlette.types import Message

from pages._shared.start import StartInWords
from writer.domain.errors import StorageError


async def started(error: Exception) -> str:
    """What the server is told."""

    async def failing(_: object):
        raise error
        yield

    heard: list[Message] = []

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    async def send(message: Message) -> None:
        heard.append(message)

    app = StartInWords(Starlette(lifespan=lambda app: Context(failing(app))))
    with pytest.raises(type(error)):
        await app({"type": "lifespan", "app": None, "state": {}}, receive, send)
    (message,) = heard
    assert message["type"] == "lifespan.startup.failed"
    return message["message"]


class Context:
    def __init__(self, steps) -> None:
        self._steps = steps

    async def __aenter__(self) -> None:
        await anext(self._steps)

    async def __aexit__(self, *_: object) -> None: ...


async def test_a_start_that_a_damaged_database_prevents_ends_with_one_sentence():
    assert await started(StorageError("The database file is damaged.")) == "The database file is damaged."


async def test_what_nobody_expected_keeps_its_traceback():
    assert "Traceback" in await started(RuntimeError("unforeseen"))
