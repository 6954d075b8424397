"""Models of several kinds with random weights, and tickets whose events are kept."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tests.providers.conftest import a_request, build_tiny_model
from writer.domain.completions import Finished, StreamEvent, TextDelta
from writer.domain.ports.local_models import LocalChoice
from writer.providers.local import devices
from writer.providers.local.memory import estimated
from writer.providers.local.tickets import Ticket
from writer.providers.local.weights import read_weights

ALONE = LocalChoice(together=1)


@dataclass
class Reply:
    events: list[StreamEvent | Exception] = field(default_factory=list)
    ticket: Ticket | None = None

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))

    @property
    def finished(self) -> Finished:
        last = self.events[-1]
        assert isinstance(last, Finished), last
        return last

    @property
    def outcome(self) -> tuple[str, Finished]:
        return self.text, self.finished


def a_ticket(
    prompt: str = "Write a line.", *, seed: int = 0, on: Callable[[Any], None] | None = None, **changes
) -> Reply:
    reply = Reply()

    def put(event: StreamEvent | Exception) -> None:
        reply.events.append(event)
        if on is not None:
            on(event)

    asked = {"temperature": 0.0, "max_output_tokens": 14} | changes
    reply.ticket = Ticket("huggingface:tiny", a_request(prompt, **asked), seed, put)
    return reply


def loaded_from(folder: Path, choice: LocalChoice = ALONE, **changes: Any) -> Any:
    from writer.providers.local.loading import load

    weights = read_weights(folder)
    return load(weights, estimated(weights, replace(choice, **changes), devices.offers(), None))


def written(loaded: Any, *replies: Reply, together: int = 4, free: int = 0) -> list[Reply]:
    """All of them asked at once; the replies once everything is written."""
    from writer.providers.local.writing import SideBySide

    writing = SideBySide(with_rows(loaded, together), lambda _: free)
    for reply in replies:
        assert reply.ticket is not None
        writing.take(reply.ticket)
    finish(writing)
    return list(replies)


def with_rows(loaded: Any, together: int) -> Any:
    choice = replace(loaded.estimate.choice, together=together)
    return replace(loaded, estimate=replace(loaded.estimate, choice=choice))


def finish(writing: Any) -> None:
    for _ in range(2000):
        if not writing.writing:
            return
        writing.turn()
    raise AssertionError("it never ended")


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    """Several threads for numbers this few only wait for each other."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny(tiny_model: Path) -> Any:
    return loaded_from(tiny_model)


@pytest.fixture(scope="session")
def roomy_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_tiny_model(tmp_path_factory.mktemp("roomy"), context=2048)
