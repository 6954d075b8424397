"""An Embedder over an embedding service: texts in requests of bounded size, and the whole in bounded time."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import aclosing
from typing import Any, Protocol, TypeVar

from writer.domain.completions import Caller, CompletionRequest, Embedded, Message, Provider, Purpose, asking
from writer.domain.errors import ProviderError, ProviderTimeout, ProviderUnavailable, RequestRejected
from writer.providers.estimates import CHARACTERS_PER_TOKEN

TEXTS_PER_REQUEST = 32
"""Of passages of 254 tokens: Mistral takes 16,384 tokens in one request, Gemini 100 texts."""

_AT_ONCE = 4
_MAX_TOKENS = 2000
_SHORTEST_CUT = 400  # characters; a model that takes less than that is no use
_QUESTION_TEXTS = 2
_QUESTION_S = 15.0
_PASSAGES_S = 900.0
_TOO_LONG = ("context length", "maximum context", "too long", "too large", "too many tokens", "input length", "maximum")

T = TypeVar("T")


class Run(Protocol):
    """Runs a coroutine on the engine's event loop, for callers in other threads; raises TimeoutError."""

    def __call__(self, work: Coroutine[Any, Any, T], timeout: float | None = None) -> T: ...


class RemoteEmbedder:
    """`dimension` 0 is not known yet: `embed` then takes what comes. One or two texts are somebody's question, who is
    told within 15 seconds; more are work, which is patient. Calls are booked to who is asking, and to `caller` where
    nobody is known. Raises ProviderError."""

    def __init__(
        self, route: str, provider: Callable[[], Provider], run: Run, caller: Caller, dimension: int = 0
    ) -> None:
        self.model = route
        self.dimension = dimension
        self.max_tokens = _MAX_TOKENS
        self._provider = provider
        self._run = run
        self._caller = caller

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        if not texts:
            return []
        is_question = len(texts) <= _QUESTION_TEXTS
        whole_s = _QUESTION_S if is_question else _PASSAGES_S
        try:
            return self._run(self._all(texts, asking.get() or self._caller, patient=not is_question), whole_s)
        except TimeoutError:
            raise ProviderTimeout(self.model, f"no vectors came within {whole_s:.0f} seconds.") from None

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Estimated from bytes: letters outside ASCII are tokens of their own more often."""
        return [max(len(text.split()), -(-len(text.encode()) // CHARACTERS_PER_TOKEN)) for text in texts]

    async def _all(self, texts: Sequence[str], caller: Caller, *, patient: bool) -> list[bytes]:
        places = asyncio.Semaphore(_AT_ONCE)
        provider = self._provider()
        parts = [texts[start : start + TEXTS_PER_REQUEST] for start in range(0, len(texts), TEXTS_PER_REQUEST)]

        async def one(part: Sequence[str]) -> tuple[bytes, ...]:
            async with places:
                return await self._fitting(provider, part, caller, patient=patient)

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(part)) for part in parts]
        except ExceptionGroup as failed:
            raise next(error for error in _flat(failed) if isinstance(error, Exception)) from None
        return [vector for task in tasks for vector in task.result()]

    async def _fitting(
        self, provider: Provider, texts: Sequence[str], caller: Caller, *, patient: bool
    ) -> tuple[bytes, ...]:
        """Texts that are too long for the model are cut, never refused: their beginning says most."""
        longest = _MAX_TOKENS * CHARACTERS_PER_TOKEN
        while True:
            try:
                some = [text[:longest] or " " for text in texts]
                return await self._asked(provider, some, caller, patient=patient)
            except RequestRejected as error:
                longest = min(longest, max(map(len, texts))) // 2
                if longest < _SHORTEST_CUT or not any(words in str(error).lower() for words in _TOO_LONG):
                    raise

    async def _asked(
        self, provider: Provider, texts: Sequence[str], caller: Caller, *, patient: bool
    ) -> tuple[bytes, ...]:
        request = CompletionRequest(
            messages=tuple(Message("user", text) for text in texts),
            purpose=Purpose.EMBEDDING,
            caller=caller,
            max_output_tokens=0,
            patient=patient,
        )
        vectors: tuple[bytes, ...] = ()
        async with aclosing(provider.stream(request)) as events:
            async for event in events:
                if isinstance(event, Embedded):
                    vectors = event.vectors
        self._check(vectors)
        return vectors

    def _check(self, vectors: Sequence[bytes]) -> None:
        found = {len(vector) // 4 for vector in vectors}
        if not found:
            raise ProviderUnavailable(self.model, "the service sent no vectors.")
        if self.dimension and found != {self.dimension}:
            raise ProviderError(
                self.model,
                f"the service now sends vectors of {found.pop()} numbers, the index has {self.dimension}: so another "
                "model answers. Choose the search model again in Settings.",
            )


def _flat(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    inner = [_flat(one) if isinstance(one, BaseExceptionGroup) else [one] for one in group.exceptions]
    return [error for errors in inner for error in errors]
