"""Vectors from Google Gemini, through the same client as its completions."""

from collections.abc import AsyncGenerator

from writer.domain.completions import CompletionRequest, Embedded, Finished, StopReason, StreamEvent
from writer.providers.estimates import UNTOLD
from writer.providers.gemini import Gemini
from writer.providers.translation import translated
from writer.providers.unit_vectors import unit_vectors


class GeminiEmbeddings(Gemini):
    """A Provider whose requests hold one text in each message, and whose reply is one Embedded.

    Gemini never says how many tokens it read."""

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        client = await self._client()
        # Each text as a content of its own: texts in one content would come back as one vector.
        contents = [{"parts": [{"text": message.content}]} for message in request.messages]
        with translated(self.route, self._errors, self._key):
            reply = await client.aio.models.embed_content(model=self._model, contents=contents)
            rows = [embedding.values or () for embedding in reply.embeddings or ()]
        yield Embedded(unit_vectors(self.route, rows, len(contents)))
        yield Finished(UNTOLD, self.route, StopReason.STOP)
