"""Vectors from OpenAI and every service that speaks its embeddings, through the same client as its completions."""

from collections.abc import AsyncGenerator

from writer.domain.completions import CompletionRequest, Embedded, Finished, StopReason, StreamEvent, Tokens
from writer.providers.estimates import UNTOLD
from writer.providers.openai_compatible import OpenAICompatible
from writer.providers.translation import translated
from writer.providers.unit_vectors import unit_vectors


class OpenAIEmbeddings(OpenAICompatible):
    """A Provider whose requests hold one text in each message, and whose reply is one Embedded."""

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[StreamEvent, None]:
        client = await self._client()
        texts = [message.content for message in request.messages]
        with translated(self.route, self._errors, self._key):
            # Left alone, the SDK asks for base64, which not every compatible service knows.
            reply = await client.embeddings.create(model=self._model, input=texts, encoding_format="float")
            rows = [item.embedding for item in sorted(reply.data or (), key=lambda item: item.index or 0)]
        yield Embedded(unit_vectors(self.route, rows, len(texts)))
        used = getattr(reply.usage, "prompt_tokens", None)
        yield Finished(Tokens(input=used) if used else UNTOLD, self.route, StopReason.STOP)
