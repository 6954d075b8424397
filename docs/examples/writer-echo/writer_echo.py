"""A provider that repeats what it is told: the smallest complete plugin."""

import asyncio
from collections.abc import AsyncGenerator

from writer.domain.completions import CompletionRequest, Finished, StopReason, StreamEvent, TextDelta, Tokens
from writer.domain.errors import RequestRejected
from writer.domain.ports.settings import ProviderAccount
from writer.providers.plugins import Plugin
from writer.providers.presets import Preset


class Echo:
    def __init__(self, account: ProviderAccount, model: str) -> None:
        if model not in PRESET.models:
            raise RequestRejected(
                f"{account.name}:{model}", f"no such model; choose one of {', '.join(PRESET.models)}."
            )
        self.route = f"{account.name}:{model}"
        self._loud = model == "loud"

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        said = request.messages[-1].content
        for word in (said.upper() if self._loud else said).split(" "):
            await asyncio.sleep(0)  # a real one waits for its service here, and is stopped here
            yield TextDelta(f"{word} ")
        yield Finished(Tokens(estimated=True), self.route, StopReason.STOP)


PRESET = Preset(
    name="echo",
    title="Echo (example)",
    needs_key=False,
    models=("quiet", "loud"),
    hint="Repeats the last message. Needs nothing.",
    adapter="echo",
)
plugin = Plugin(PRESET, Echo)
