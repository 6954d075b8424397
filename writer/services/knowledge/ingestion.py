"""Turns a stored file into passages that can be found: the handlers of the two steps of an "ingest" job."""

import asyncio
import logging
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import partial

from writer.domain.collections import Cut, CutOf
from writer.domain.errors import (
    ConfigurationError,
    JobStopped,
    NotFound,
    ProviderError,
    SourceRefused,
    StorageError,
    WriterError,
)
from writer.domain.jobs import JsonObject, NewStep, StepOutcome
from writer.domain.ports.sources import BlobStore, DocumentReader, Embedder, KeywordIndex, SourceStore
from writer.domain.sources import Document, NewPassage, Source, SourceState
from writer.services.jobs.context import Handler, StepContext
from writer.services.jobs.runner import RunnerPolicy, retry_after
from writer.services.knowledge.chunking import chunked, estimated_tokens
from writer.services.knowledge.search import DenseIndex
from writer.services.knowledge.vectors import PassageVectors

JOB_KIND = "ingest"
READ, EMBED = "read", "embed"
STEPS = (NewStep(READ, READ, 0, "Reading"), NewStep(EMBED, EMBED, 1, "Indexing"))
NO_MODEL = "Found by its words only: no embedding model is installed."
_ATTEMPTS = RunnerPolicy().max_attempts
_DELETED: JsonObject = {"skipped": "the source was deleted"}

logger = logging.getLogger(__name__)


class Ingestion:
    """A source that was deleted while its job runs ends the job quietly. What cannot be read is FAILED, with the reason
    as its note, and the step fails with the same sentence: resuming the job tries again."""

    def __init__(
        self,
        sources: SourceStore,
        blobs: BlobStore,
        reader: DocumentReader,
        embedder: Embedder | None,
        keywords: KeywordIndex,
        vectors: DenseIndex | None,
        cut_of: CutOf = lambda source_id: Cut(),
    ) -> None:
        self._sources = sources
        self._blobs = blobs
        self._reader = reader
        self._embedder = embedder
        self._keywords = keywords
        self._vectors = vectors
        self._cut_of = cut_of

    def handlers(self) -> Mapping[str, Handler]:
        return {READ: self.read, EMBED: self.embed}

    async def read(self, context: StepContext) -> StepOutcome:
        source_id = _source_id(context)
        try:
            return StepOutcome(await asyncio.to_thread(self._read, source_id))
        except WriterError as error:
            return await asyncio.to_thread(self._ended, source_id, error)

    async def embed(self, context: StepContext) -> StepOutcome:
        source_id = _source_id(context)
        try:
            note = await self._embed(source_id, context)
            return StepOutcome(await asyncio.to_thread(self._finish, source_id, note))
        except ProviderError:  # of a service for vectors: the runner comes again, and the source says that it waits
            raise
        except WriterError as error:
            return await asyncio.to_thread(self._ended, source_id, error)

    def cut_anew(self, source_id: int, attempt: int, *, embed_all: bool) -> str:
        """Reads a source again because it is to be cut otherwise; found as it was until the new passages are there.
        Where its file cannot be read nothing changes but its note, which is returned. Raises ProviderError where a
        later attempt may get the vectors that are missing; until then the new passages are found by their words."""
        source = self._sources.get(source_id)
        try:
            self._put_passages(source)
        except (SourceRefused, NotFound) as error:
            note = f"It could not be cut anew, and stays as it was. {error}"
            self._sources.set_state(source_id, source.state, note)
            return note
        try:
            note = self._embedded(source_id, embed_all=embed_all)
        except (ConfigurationError, ProviderError) as error:
            again = retry_after(error, attempt, _ATTEMPTS) is not None
            note = _waiting(error) if again else words_only(error)
            if again:
                self._finish(source_id, note)
                raise
        self._finish(source_id, note)
        return note

    def _read(self, source_id: int) -> JsonObject:
        source = self._sources.get(source_id)
        self._sources.set_state(source_id, SourceState.READING)
        passages = self._put_passages(source)
        self._sources.set_state(source_id, SourceState.EMBEDDING)
        return {"source_id": source_id, "passages": len(passages)}

    def _put_passages(self, source: Source) -> list[NewPassage]:
        try:
            with self._blobs.path(source.blob) as path:
                document = self._reader.read(path, source.kind, source.filename)
        except (SourceRefused, NotFound, FileNotFoundError) as error:  # the older file goes when a newer one comes
            self._stop_if_renewed(source, error)
            raise
        passages = self._passages(document, source.id)
        if not passages:
            raise SourceRefused(f"“{source.title}” holds no text that can be cited.")
        self._stop_if_renewed(source)
        self._sources.put_document(source.id, document, passages)
        return passages

    def _stop_if_renewed(self, source: Source, cause: Exception | None = None) -> None:
        if self._sources.get(source.id).digest != source.digest:
            raise JobStopped("A newer version of this source came in while the older one was being read.") from cause

    def _passages(self, document: Document, source_id: int) -> list[NewPassage]:
        """Again where the source came into another collection while it was being cut."""
        cut = self._cut_of(source_id)
        found = cut_into_passages(document, cut, self._embedder)
        return found if self._cut_of(source_id) == cut else self._passages(document, source_id)

    def _embedded(self, source_id: int, *, embed_all: bool) -> str:
        """A note for the source, "" when all went well."""
        if self._embedder is None or not self._embedder.model:
            return NO_MODEL
        vectors = PassageVectors(self._sources, self._embedder, self._cut_of)
        vectors.fill(vectors.all(source_id) if embed_all else vectors.missing(source_id))
        return ""

    async def _embed(self, source_id: int, context: StepContext) -> str:
        """A note for the source, "" when all went well. Stop ends it after the batches in hand, which are stored."""
        if self._embedder is None or not self._embedder.model:
            return NO_MODEL
        stopped = threading.Event()
        try:
            await asyncio.to_thread(self._fill, source_id, context, stopped)
        except asyncio.CancelledError:
            stopped.set()
            raise
        except (ConfigurationError, ProviderError) as error:
            logger.warning("passages were not embedded", extra={"source_id": source_id, "error": str(error)})
            if retry_after(error, context.step.attempt, _ATTEMPTS) is not None:
                await asyncio.to_thread(self._waits, source_id, error)
                raise
            return words_only(error)
        return ""

    def _fill(self, source_id: int, context: StepContext, stopped: threading.Event) -> None:
        """Again where another model came to serve meanwhile."""
        assert self._embedder is not None
        while not stopped.is_set():
            vectors = PassageVectors(self._sources, self._embedder, self._cut_of)
            batches = vectors.missing(source_id)
            total = sum(map(len, batches))
            _show_progress(context, 0, total=total)
            vectors.fill(batches, partial(_show_progress, context, total=total), stopped.is_set)
            if vectors.model == self._embedder.model:
                return

    def _waits(self, source_id: int, error: WriterError) -> None:
        self._sources.set_state(source_id, SourceState.EMBEDDING, _waiting(error))

    def _finish(self, source_id: int, note: str) -> JsonObject:
        self._keywords.catch_up()
        if self._vectors is not None:
            self._vectors.catch_up()
        self._sources.set_state(source_id, SourceState.READY, note)
        return {"source_id": source_id, "note": note}

    def _ended(self, source_id: int, error: WriterError) -> StepOutcome:
        """Quietly when the source is gone; else the source says why it failed, and the error goes on."""
        if isinstance(error, JobStopped):
            raise error
        try:
            self._sources.set_state(source_id, SourceState.FAILED, str(error))
        except NotFound:
            return StepOutcome(_DELETED)
        except StorageError:
            logger.warning("a source's failure could not be stored", extra={"source_id": source_id})
        raise error


def cut_into_passages(document: Document, cut: Cut, embedder: Embedder | None) -> list[NewPassage]:
    """Counted by the model's tokenizer where there is one, and never longer than it can read."""
    if embedder is not None:
        with suppress(ConfigurationError):
            return chunked(document, embedder.count_tokens, cut.within(embedder.max_tokens - 2))
    return chunked(document, estimated_tokens, cut)


def words_only(error: WriterError) -> str:
    return f"Found by its words only. {error}"


def _waiting(error: WriterError) -> str:
    return f"Its passages wait for their vectors, which are asked for again by themselves. {error}"


def _source_id(context: StepContext) -> int:
    if context.job.source_id is None:
        raise WriterError("This job was started without a source.")
    return context.job.source_id


def _show_progress(context: StepContext, done: int, *, total: int) -> None:
    context.show.restart()
    context.show(f"{done:,} of {total:,} passages")
