"""A model on this machine, run in this process by transformers: safetensors only, never code from its folder."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from writer.domain.completions import CompletionRequest, Finished, StreamEvent
from writer.domain.ports.settings import ProviderAccount
from writer.providers.local.runtime import LocalRuntime
from writer.providers.local.tickets import Ticket


class HuggingFace:
    """`model` in the route is a folder, or the name of a model that has been downloaded. Loaded on the first call; all
    calls to it are written side by side. Each reply has chance of its own, from `seed`: asked the same again, a model
    says the same."""

    def __init__(
        self, account: ProviderAccount, model: str, runtime: LocalRuntime | None = None, *, seed: int = 0
    ) -> None:
        self.route = f"{account.name}:{model}"
        self._name = model
        self._known = account.models
        self._runtime = runtime or LocalRuntime()
        self._seed = seed

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        loop = asyncio.get_running_loop()
        events: asyncio.Queue[StreamEvent | Exception] = asyncio.Queue()

        def put(event: StreamEvent | Exception) -> None:
            # The loop may be gone by the time that the model's thread speaks again.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(events.put_nowait, event)

        ticket = Ticket(self.route, request, self._seed, put)
        try:
            self._runtime.ask(self._name, ticket)
            while True:
                event = await events.get()
                if isinstance(event, Exception):
                    raise event
                yield event
                if isinstance(event, Finished):
                    return
        finally:
            ticket.stopped.set()

    async def models(self) -> list[str]:
        """Those named in the account: folders cannot be guessed."""
        return sorted(self._known)
