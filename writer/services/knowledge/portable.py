"""Collections as files: one .zip with a list of contents and the original documents.

An import makes new things for whoever imports, and changes nothing that is there: nothing in the file names an owner,
an id or a place on the disk, and what looks as if it did is not looked at.
"""

import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from writer.domain.actors import Actor
from writer.domain.collections import MAX_NAME, Collection, Cut
from writer.domain.errors import NotFound, SourceRefused, UserMistake
from writer.domain.imports import ImportOutcome, Origin
from writer.domain.ports.sources import BlobStore, SourceStore
from writer.domain.scopes import Scope
from writer.domain.sources import NewSource, Source
from writer.services.knowledge.collections import Collections
from writer.services.knowledge.intake import Intake, Sniff
from writer.services.knowledge.manifests import (
    FILE_NAME,
    MANIFEST,
    MAX_BYTES,
    NO_MANIFEST,
    Listed,
    Manifest,
    listed_as,
    manifest_from,
    manifest_of,
)
from writer.services.knowledge.titles import tidy, title_from
from writer.services.knowledge.uploads import received

MAX_ARCHIVE_BYTES = 1_000_000_000
_SAMPLE = 1 << 20
_BEST_PACKED = 50
"""An archive that unpacks to a hundred times its size is refused as a bomb; what packs half as well is not packed."""

_ADDRESS = re.compile(r"https?://[^\s<>\"\\]{1,2000}")
_PLACES = re.compile(r"^(?:/|\\|[A-Za-z]:)|(?:^|[/\\])\.\.(?:[/\\]|$)")
_NUMBERED = re.compile(r" \(\d{1,4}\)$")


class Parts(Protocol):
    """A packed file that was looked at before anything in it is unpacked; parts are given as bytes, never written."""

    def __contains__(self, name: str) -> bool: ...

    def part(self, name: str) -> bytes: ...

    @property
    def names(self) -> list[str]: ...

    @property
    def has_links(self) -> bool:
        """Whether any of its parts is something else than a plain file or a folder."""
        ...


Opened = Callable[[Path], AbstractContextManager[Parts]]


@dataclass(frozen=True, slots=True)
class Imported:
    """`added` are new sources, `here` were the importer's already and have joined. `refused` are sentences."""

    collection: Collection
    added: int
    here: int
    refused: tuple[str, ...] = ()


class Portable:
    def __init__(
        self,
        collections: Collections,
        sources: SourceStore,
        blobs: BlobStore,
        intake: Intake,
        *,
        opened: Opened,
        sniff: Sniff,
        max_bytes: int = MAX_ARCHIVE_BYTES,
    ) -> None:
        self._collections = collections
        self._sources = sources
        self._blobs = blobs
        self._intake = intake
        self._opened = opened
        self._sniff = sniff
        self._max_bytes = max_bytes

    def left_out(self, collection_id: int, by: Actor) -> list[Source]:
        """Those whose document is not there to be packed."""
        self._collections.get(collection_id, by)
        members = self._sources.listing(by.user, within=Scope(collections=(collection_id,)))
        return [source for source in members if not self._has_document(source)]

    def export(self, collection_id: int, by: Actor, into: BinaryIO) -> list[Source]:
        """Writes the archive; returns the sources whose document was not there to be packed."""
        collection = self._collections.get(collection_id, by)
        listed: list[Listed] = []
        missing: list[Source] = []
        with zipfile.ZipFile(into, "w") as packed:
            for source_id in self._collections.members(collection_id, by):
                source = self._sources.get(source_id)
                entry = listed_as(source, len(listed) + 1)
                try:
                    with self._blobs.path(source.blob) as path:
                        packed.write(path, entry.file, _packing(path))
                except NotFound:
                    missing.append(source)
                    continue
                listed.append(entry)
            packed.writestr(MANIFEST, manifest_of(collection, listed), zipfile.ZIP_DEFLATED)
        return missing

    def take(self, content: BinaryIO, by: Actor) -> Imported:
        """A new collection, never one that is here. What is wrong with the archive refuses all of it; what is wrong
        with one document refuses that one."""
        with self._copied(content) as path, self._opened(path) as archive:
            manifest = _manifest(archive)
            cut = Cut(manifest.tokens, manifest.overlap)
            collection = self._named(manifest.name, manifest.description, cut, by)
            outcomes: list[ImportOutcome] = []
            refused: list[str] = []
            for listed in manifest.sources:
                try:
                    outcomes.append(self._take_one(archive, listed, collection, by))
                except UserMistake as error:
                    refused.append(f"{tidy(listed.title)[:80] or listed.file}: {error}")
        added = outcomes.count(ImportOutcome.ADDED)
        found = self._collections.get(collection.id, by)
        return Imported(found, added, len(outcomes) - added, tuple(refused))

    def _has_document(self, source: Source) -> bool:
        try:
            with self._blobs.path(source.blob):
                return True
        except NotFound:
            return False

    def _take_one(self, archive: Parts, listed: Listed, collection: Collection, by: Actor) -> ImportOutcome:
        title = tidy(listed.title)
        with received(BytesIO(archive.part(listed.file)), f"“{title}”", self._intake.max_bytes) as upload:
            name = tidy(PurePosixPath(listed.filename.replace("\\", "/")).name)
            new = NewSource(
                kind=self._sniff(listed.file, upload.head),
                title=title or title_from(name),
                filename=name or PurePosixPath(listed.file).name,
                digest=upload.digest,
                authors=tidy(listed.authors),
                published=tidy(listed.published),
                licence=tidy(listed.licence),
                collection_id=collection.id,
            )
            url = listed.url if _ADDRESS.fullmatch(listed.url) else ""
            taken = self._intake.take(by.user, upload, new, Origin(url=url))
        if taken.outcome is not ImportOutcome.ADDED:
            self._collections.join(collection.id, [taken.source.id], by)
            return taken.outcome
        if title:
            self._sources.set_title(taken.source.id, title)
        with suppress(UserMistake):  # a tag too many or too long is no reason to lose the document
            self._collections.tag([taken.source.id], listed.tags, by)
        return taken.outcome

    def _named(self, name: str, description: str, cut: Cut, by: Actor) -> Collection:
        """Under its own name, or the first that is free of “name (2)”, “name (3)” …"""
        taken = {" ".join(one.name.split()).casefold() for one in self._collections.listing(by)}
        name = tidy(name) if any(c.isalnum() for c in name) else "Imported collection"
        stem = _NUMBERED.sub("", name)[: MAX_NAME - 7]
        for free in (name, *(f"{stem} ({number})" for number in range(2, len(taken) + 3))):
            if " ".join(free.split()).casefold() not in taken:
                return self._collections.add(free, by, description, cut)
        raise UserMistake("No name is free for this collection.")

    @contextmanager
    def _copied(self, content: BinaryIO) -> Iterator[Path]:
        """A place that zipfile can seek in, of a bounded size."""
        with (
            received(content, "The collection", self._max_bytes) as upload,
            tempfile.NamedTemporaryFile(suffix=".zip") as file,
        ):
            while piece := upload.content.read(_SAMPLE):
                file.write(piece)
            file.flush()
            yield Path(file.name)


def left_out(source: Source) -> str:
    return f"{source.label} “{source.title}” is left out: its document is missing."


def _manifest(archive: Parts) -> Manifest:
    """Only of an archive that holds nothing but what an export writes."""
    if archive.has_links or any(_PLACES.search(name) for name in archive.names):
        raise SourceRefused("The archive holds links or names that lead out of it, so nothing of it was taken.")
    if MANIFEST not in archive:
        raise SourceRefused(NO_MANIFEST)
    data = archive.part(MANIFEST)
    if len(data) > MAX_BYTES:
        raise SourceRefused(NO_MANIFEST)
    manifest = manifest_from(data)
    files = [listed.file for listed in manifest.sources]
    if foreign := [name for name in archive.names if name != MANIFEST and not FILE_NAME.fullmatch(name)]:
        raise SourceRefused(f"The archive holds “{tidy(foreign[0])[:80]}”, which no exported collection has.")
    if len(set(files)) != len(files) or len(set(archive.names)) != len(archive.names):
        raise SourceRefused("The archive names a document twice, so nothing of it was taken.")
    return manifest


def _packing(path: Path) -> int:
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    best = len(sample) / max(1, len(zlib.compress(sample, 6)))
    return zipfile.ZIP_STORED if best > _BEST_PACKED else zipfile.ZIP_DEFLATED
