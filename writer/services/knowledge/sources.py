"""The writer's sources: adding, looking, searching, deleting."""

import io
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from writer.domain.actors import Action, Actor, authorize
from writer.domain.citations import PASSAGE_ID
from writer.domain.collections import Cut, CutOf
from writer.domain.errors import NotFound, StorageError, UserMistake
from writer.domain.imports import FETCH_LIMIT, Import, Origin, Taken
from writer.domain.jobs import Job, JobState
from writer.domain.ports.jobs import JobLedger
from writer.domain.ports.sources import BlobStore, Embedder, KeywordIndex, SourceStore
from writer.domain.scopes import EVERYTHING, Scope
from writer.domain.sources import Hit, NewSource, Passage, Source, SourceState, Tally
from writer.domain.text import joined_surrogates
from writer.services.knowledge.folders import Files
from writer.services.knowledge.highlights import Highlights
from writer.services.knowledge.import_desk import ImportDesk
from writer.services.knowledge.intake import NOWHERE, Intake
from writer.services.knowledge.search import DenseIndex, HybridSearch
from writer.services.knowledge.status import Reindexed, SearchStatus, search_status
from writer.services.knowledge.titles import first_line, tidy, title_from
from writer.services.knowledge.uploads import received
from writer.services.knowledge.vectors import PassageVectors

MAX_HITS = 100
_LOOKS_LIKE_MARKDOWN = re.compile(r"^(?:#{1,6} \S|```|\|.*\|)", re.MULTILINE)

logger = logging.getLogger(__name__)


class Sources:
    def __init__(
        self,
        sources: SourceStore,
        blobs: BlobStore,
        ledger: JobLedger,
        search: HybridSearch,
        keywords: KeywordIndex,
        vectors: DenseIndex | None,
        embedder: Embedder | None,
        *,
        intake: Intake,
        desk: ImportDesk,
        cut_of: CutOf = lambda source_id: Cut(),
        samples: Path | None = None,
        sample_titles: Mapping[str, str] | None = None,
    ) -> None:
        self._sources = sources
        self._blobs = blobs
        self._ledger = ledger
        self._search = search
        self._keywords = keywords
        self._vectors = vectors
        self._embedder = embedder
        self._highlights = Highlights(keywords, embedder)
        self._intake = intake
        self._desk = desk
        self._cut_of = cut_of
        self._files = Files(sources, intake)
        self._samples = samples
        self._sample_titles = sample_titles or {}

    def add_file(self, filename: str, content: BinaryIO, by: Actor) -> Source:
        """Queued: a job reads, cuts, embeds and indexes it. The same bytes again are the source that is there."""
        return self._intake.take_file(by.user, filename, content).source

    def upload(
        self, filename: str, content: BinaryIO, by: Actor, *, renews: bool = True, collection_id: int | None = None
    ) -> Taken:
        """As `add_file`, and says what came of it. `renews`: an upload of the same name is the next version of it.
        A new source is in the collection from the start."""
        origin = Origin(f"upload:{tidy(filename)}", renews=renews)
        return self._intake.take_file(by.user, filename, content, origin, collection_id)

    def add_text(self, title: str, text: str, by: Actor, collection_id: int | None = None) -> Source:
        text = joined_surrogates(text)
        if not any(character.isalnum() for character in text):
            raise UserMistake("There is no text to add: paste some first.")
        name = tidy(title) or first_line(text)
        kind = "markdown" if _LOOKS_LIKE_MARKDOWN.search(text) else "text"
        with received(io.BytesIO(text.encode()), "The text", self._intake.max_bytes) as upload:
            new = NewSource(kind, name, "", upload.digest, collection_id=collection_id)
            source = self._intake.take(by.user, upload, new, NOWHERE).source
        if tidy(title):
            self._sources.set_title(source.id, name)  # else a heading in the text would replace it
        return source

    def add_address(self, url: str, by: Actor) -> Job:
        """A job fetches the page, politely, and takes it in. A page that is here is looked at for changes."""
        return self._desk.addresses(url, by)

    def add_addresses(self, text: str, by: Actor, limit: int = FETCH_LIMIT, into: int | None = None) -> Job:
        """One address on each line. `into` is a collection of theirs."""
        return self._desk.addresses(text, by, limit, into)

    def add_sitemap(self, url: str, by: Actor, limit: int = FETCH_LIMIT, into: int | None = None) -> Job:
        return self._desk.sitemap(url, by, limit, into)

    def add_folder(self, path: str, by: Actor, into: int | None = None) -> Job:
        """The documents in a folder of this machine; a second time, only what changed."""
        return self._desk.folder(path, by, into)

    def known_files(self, folders: Sequence[Path], by: Actor) -> dict[str, Source]:
        """What `add_path` can be spared to look up, for many files of these folders."""
        return {
            origin: source for folder in folders for origin, source in self._files.known_below(by.user, folder).items()
        }

    def add_path(self, path: Path, by: Actor, known: Mapping[str, Source] | None = None) -> Taken:
        """A file of this machine, for commands: unchanged ones are told without being opened, changed ones are the next
        revision of their source."""
        return self._files.take(by.user, path, known)

    def sync(self, by: Actor, source_ids: Sequence[int] = ()) -> Job:
        """Asks web pages again (all, or those named) and takes in what changed."""
        return self._desk.sync(by, source_ids)

    def import_again(self, job_id: str, by: Actor, *, only_refused: bool = False) -> Job:
        return self._desk.again(job_id, by, only_refused=only_refused)

    def imports(self, by: Actor, limit: int = 5) -> list[Import]:
        return self._desk.listing(by, limit)

    def one_import(self, job_id: str, by: Actor) -> Import:
        return self._desk.get(job_id, by)

    @property
    def reads_folders(self) -> bool:
        return self._desk.reads_folders

    def add_samples(self, by: Actor) -> list[Source]:
        """The sample collection; what of it is there already stays as it is."""
        found = sorted(self._samples.iterdir()) if self._samples is not None and self._samples.is_dir() else []
        readable = [path for path in found if path.suffix in (".md", ".txt", ".pdf") and path.stem != "README"]
        if not readable:
            raise UserMistake("There are no sample documents in this installation.")
        added: list[Source] = []
        for path in readable:
            with path.open("rb") as content:
                source = self.add_file(path.name, content, by)
            if (title := self._sample_titles.get(path.name)) and source.title == title_from(path.name):
                self._sources.set_title(source.id, title)  # a text file does not say what it is called
                source = replace(source, title=title)
            added.append(source)
        return added

    def listing(self, by: Actor, limit: int | None = None, offset: int = 0, within: Scope = EVERYTHING) -> list[Source]:
        """Newest first, in whatever state; all of them without a `limit`."""
        return self._sources.listing(by.user, limit, offset, within)

    def tally(self, by: Actor, within: Scope = EVERYTHING) -> Tally:
        return self._sources.tally(by.user, within)

    def get(self, source_id: int, by: Actor) -> Source:
        return self._owned(source_id, by, "read")

    def passages(self, source_id: int, by: Actor) -> list[Passage]:
        self._owned(source_id, by, "read")
        return self._sources.passages(source_id)

    def passage(self, passage_id: str, by: Actor) -> Passage:
        found = self._sources.passages_by_id(by.user, [passage_id]) if PASSAGE_ID.fullmatch(passage_id) else {}
        if passage_id not in found:
            raise NotFound("There is no such passage.")
        return found[passage_id]

    def search(
        self,
        query: str,
        by: Actor,
        limit: int = 8,
        source_ids: Sequence[int] = (),
        scope: Scope = EVERYTHING,
        *,
        nearest_sentence: bool = False,
    ) -> list[Hit]:
        """Best first; fewer than `limit` where nothing else is near enough. With the places of the query's words;
        `nearest_sentence` adds each passage's sentence nearest in meaning, for readers."""
        asked = joined_surrogates(query)
        hits = self._search.hits(by.user, asked, _at_most(limit), source_ids, scope)
        shown = self._highlights.words(asked, hits)
        return self._highlights.sentences(asked, shown) if nearest_sentence else shown

    def in_scope(self, scope: Scope, by: Actor) -> list[int]:
        """Ids of the sources that a search within it looks at."""
        return self._sources.in_scope(by.user, scope)

    def similar(self, passage_id: str, by: Actor, limit: int = 8) -> list[Hit]:
        """Passages elsewhere that say something like it."""
        return self._search.similar(by.user, [self.passage(passage_id, by)], _at_most(limit))

    def similar_to_source(self, source_id: int, by: Actor, limit: int = 8) -> list[Hit]:
        """Passages of other sources that speak of what this one does."""
        return self._search.similar(by.user, self.passages(source_id, by), _at_most(limit))

    def retry(self, source_id: int, by: Actor) -> Source:
        """Reads a failed source again, or goes on where its job stopped."""
        source = self._owned(source_id, by, "write")
        if source.state is not SourceState.READY:
            self._intake.run_again(source)
        return self._sources.get(source_id)

    def delete(self, source_id: int, by: Actor) -> None:
        """With its passages, vectors and file. Drafts keep their text; the citations in them lose their target."""
        source = self._owned(source_id, by, "delete")
        job = self._ledger.latest_for_source(source_id)
        if job is not None and not job.state.is_over:
            self._ledger.stop(job.id)
        self._sources.delete(source_id)
        if source.blob:
            with suppress(NotFound, FileNotFoundError):
                self._blobs.delete(source.blob)
        self._tell_indexes()

    def status(self) -> SearchStatus:
        return search_status(self._sources, self._embedder)

    def reindex(self, told: Callable[[int], object] = lambda done: None) -> Reindexed:
        """Both indexes anew from the database, after giving vectors to the passages that have none for this model;
        `told` is given how many of them have one now."""
        embedded = self._embed_missing(told)
        passages = self._keywords.rebuild()
        vectors = self._vectors.rebuild() if self._vectors is not None and self._embedder is not None else 0
        return Reindexed(passages, vectors, embedded)

    def adopt_orphans(self) -> int:
        """Gives a job to each source that was added, or renewed, by a process that died before it could. For the
        start."""
        adopted = 0
        for source_id in self._sources.queued_ids():
            job = self._ledger.latest_for_source(source_id)
            if job is None or job.state is JobState.DONE:
                self._intake.start_job(self._sources.get(source_id))
                adopted += 1
        return adopted

    def _embed_missing(self, told: Callable[[int], object]) -> int:
        if self._embedder is None or not self._embedder.model:
            return 0
        vectors = PassageVectors(self._sources, self._embedder, self._cut_of)
        return vectors.fill(vectors.missing_of(self._sources.lacking(vectors.model)), told)

    def _tell_indexes(self) -> None:
        # A search filters by what the database holds, so a late index is no leak; it will follow the feed.
        try:
            self._keywords.catch_up()
            if self._vectors is not None:
                self._vectors.catch_up()
        except StorageError as error:
            logger.warning("an index did not follow a deletion yet", extra={"error": str(error)})

    def _owned(self, source_id: int, by: Actor, action: Action) -> Source:
        try:
            source = self._sources.get(source_id)
        except NotFound as error:
            raise NotFound("There is no such source.") from error
        authorize(by, action, source.owner_id, "source")
        return source


def _at_most(limit: int) -> int:
    return min(max(limit, 0), MAX_HITS)
