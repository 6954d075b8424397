"""The embedder that search uses, which may become another one while Writer runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from writer.domain.errors import ConfigurationError, WriterError
from writer.domain.ports.sources import Embedder

NOTHING_SERVES = "There is no embedding model here: search finds words, not meanings."
_MAX_TOKENS = 256


class Serving:
    """An Embedder that passes on to whichever serves. Without one its model is "" and it embeds nothing.

    Tokens are counted by `counter`, the built-in model's tokenizer, whatever serves: passages are cut, and the texts
    that are embedded for them made, in the same way for every model. `failure` is why the last texts got no vectors, ""
    when they did."""

    def __init__(self, counter: Embedder | None = None) -> None:
        self._counter = counter
        self._current: Embedder | None = None
        self._look: Callable[[], object] = lambda: None
        self.failure = ""

    def serve(self, embedder: Embedder | None) -> None:
        self._current = embedder
        self.failure = ""

    def look_first(self, look: Callable[[], object]) -> None:
        """`look` is called before each use: another process may have made another model serve."""
        self._look = look

    @property
    def model(self) -> str:
        return self._current.model if self._current else ""

    @property
    def dimension(self) -> int:
        return self._current.dimension if self._current else 0

    @property
    def max_tokens(self) -> int:
        counter = self._counter or self._current
        return counter.max_tokens if counter else _MAX_TOKENS

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        self._look()
        if self._current is None:
            raise ConfigurationError(NOTHING_SERVES)
        return self.over(self._current).embed(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        counter = self._counter or self._current
        if counter is None:
            raise ConfigurationError(NOTHING_SERVES)
        return counter.count_tokens(texts)

    def now(self) -> Embedder:
        """What serves at this moment, and will not change."""
        self._look()
        return self.over(self._current) if self._current else self

    def over(self, embedder: Embedder) -> Embedder:
        """Another embedder with this one's way of counting."""
        return Counted(embedder, self._counter or embedder, self._note)

    def _note(self, failure: str) -> None:
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Counted:
    """`inner` embeds, `counter` counts; `noted` is told why texts got no vectors, "" when they did."""

    inner: Embedder
    counter: Embedder
    noted: Callable[[str], object]

    @property
    def model(self) -> str:
        return self.inner.model

    @property
    def dimension(self) -> int:
        return self.inner.dimension

    @property
    def max_tokens(self) -> int:
        return self.counter.max_tokens

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        try:
            vectors = self.inner.embed(texts)
        except WriterError as error:
            self.noted(str(error))
            raise
        self.noted("")
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self.counter.count_tokens(texts)


def pinned(embedder: Embedder) -> Embedder:
    """The model that serves now, for work whose vectors must all be of one model."""
    return embedder.now() if isinstance(embedder, Serving) else embedder
