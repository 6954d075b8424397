"""Takes documents in: new ones, ones that are here already, and new versions of ones that are here."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import BinaryIO, cast

from writer.domain.errors import NotFound, WriterError
from writer.domain.imports import ImportOutcome, Origin, Taken
from writer.domain.jobs import JobState, NewJob
from writer.domain.ports.jobs import JobLedger
from writer.domain.ports.sources import BlobStore, SourceStore
from writer.domain.sources import NewSource, Source, SourceState
from writer.services.knowledge.ingestion import JOB_KIND, STEPS
from writer.services.knowledge.titles import tidy, title_from
from writer.services.knowledge.uploads import MAX_FILE_BYTES, Upload, received

Sniff = Callable[[str, bytes], str]
"""(file name, its first bytes) → kind of document, or SourceRefused."""

NOWHERE = Origin()


class Intake:
    def __init__(
        self,
        sources: SourceStore,
        blobs: BlobStore,
        ledger: JobLedger,
        *,
        sniff: Sniff,
        wake: Callable[[], None] = lambda: None,
        max_bytes: int = MAX_FILE_BYTES,
    ) -> None:
        self._sources = sources
        self._blobs = blobs
        self._ledger = ledger
        self._sniff = sniff
        self._wake = wake
        self.max_bytes = max_bytes

    def take_file(
        self,
        owner_id: str,
        filename: str,
        content: BinaryIO,
        origin: Origin = NOWHERE,
        collection_id: int | None = None,
    ) -> Taken:
        """Queued: a job reads, cuts, embeds and indexes it. A new source is in the collection from the start."""
        title = title_from(filename)
        with received(content, f"“{title}”", self.max_bytes) as upload:
            kind = self._sniff(filename, upload.head)
            new = NewSource(kind, title, tidy(filename), upload.digest, collection_id=collection_id)
            return self.take(owner_id, upload, new, origin)

    def take(self, owner_id: str, upload: Upload, new: NewSource, origin: Origin = NOWHERE) -> Taken:
        """What is here from the same place comes first, then what is here with the same bytes."""
        new = replace(
            new, origin=origin.address, stamp=origin.stamp, url=origin.url, canonical_url=origin.canonical_url
        )
        before = self._from_same_place(owner_id, origin) if origin.renews else None
        if before is not None:
            return self._renewed(before, upload, new)
        same = self._sources.by_digest(owner_id, upload.digest)
        if same is not None:
            return Taken(self.again(same), ImportOutcome.DUPLICATE, f"This is here already as {named(same)}.")
        blob = self._blobs.put(cast(BinaryIO, upload.content))
        try:
            source = self._sources.add(owner_id, replace(new, blob=blob))
        except WriterError:
            self._blobs.delete(blob)
            raise
        self.start_job(source)
        return Taken(source, ImportOutcome.ADDED, f"Added as {source.label}.")

    def unchanged(self, source: Source, stamp: str) -> Taken:
        """The place holds what we have. A source that could not be read is tried again."""
        if stamp != source.stamp or source.url:
            self._sources.set_stamp(source.id, stamp)
        return Taken(self.again(source), ImportOutcome.UNCHANGED, f"{named(source)} has not changed.")

    def again(self, source: Source) -> Source:
        """A failed source goes on where its job failed; any other stays as it is."""
        if source.state is SourceState.FAILED:
            self.run_again(source)
            return self._sources.get(source.id)
        return source

    def run_again(self, source: Source) -> None:
        """Only the step that failed or was stopped, where there is one."""
        job = self._ledger.latest_for_source(source.id)
        if job is None or job.state is JobState.DONE:
            self._sources.set_state(source.id, SourceState.QUEUED)
            self.start_job(source)
        elif job.state.is_over:
            self._sources.set_state(source.id, SourceState.QUEUED)
            self._ledger.resume(job.id)
            self._wake()

    def start_job(self, source: Source) -> None:
        fingerprint = f"ingest:{source.digest}"
        self._ledger.add(NewJob(JOB_KIND, source.owner_id, STEPS, source_id=source.id, fingerprint=fingerprint))
        self._wake()

    def _from_same_place(self, owner_id: str, origin: Origin) -> Source | None:
        found = self._sources.by_origin(owner_id, origin.address)
        return found or self._sources.by_canonical_url(owner_id, origin.canonical_url)

    def _renewed(self, before: Source, upload: Upload, new: NewSource) -> Taken:
        if before.digest == upload.digest:
            return self.unchanged(before, new.stamp)
        job = self._ledger.latest_for_source(before.id)
        if job is not None and not job.state.is_over:
            self._ledger.stop(job.id)
        blob = self._blobs.put(cast(BinaryIO, upload.content))
        try:
            old_blob = self._sources.renew(before.id, replace(new, blob=blob, origin=before.origin or new.origin))
        except WriterError:
            self._blobs.delete(blob)
            raise
        if old_blob:
            with suppress(NotFound, FileNotFoundError):
                self._blobs.delete(old_blob)
        source = self._sources.get(before.id)
        self.start_job(source)
        return Taken(source, ImportOutcome.UPDATED, f"{named(before)} has changed and is read again.")


def named(source: Source) -> str:
    return f"{source.label} “{source.title}”"
