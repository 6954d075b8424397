"""Starts imports and tells how they went."""

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from writer.domain.actors import Actor, authorize
from writer.domain.errors import NotFound, UserMistake
from writer.domain.imports import FETCH_LIMIT, MOST_ADDRESSES, Import, ImportOutcome, ImportRow
from writer.domain.jobs import Job, JsonObject, NewJob, NewStep, Step, StepState
from writer.domain.ports.jobs import JobLedger
from writer.domain.ports.sources import SourceStore
from writer.services.knowledge.folders import checked_folder
from writer.services.knowledge.imports import (
    FETCH,
    FOLDER,
    IMPORT_KIND,
    LIST,
    collection_of,
    fetch_steps,
    folder_step,
    list_step,
)
from writer.services.knowledge.web.addresses import addresses_in, host_of, normalised


class ImportDesk:
    """`folders_below`: the data folder that is never read, or None where folders of the machine are not for people who
    use the app."""

    def __init__(
        self, sources: SourceStore, ledger: JobLedger, *, wake: Callable[[], None], folders_below: Path | None = None
    ) -> None:
        self._sources = sources
        self._ledger = ledger
        self._wake = wake
        self._data_dir = folders_below

    @property
    def reads_folders(self) -> bool:
        return self._data_dir is not None

    def addresses(self, text: str, by: Actor, limit: int = FETCH_LIMIT, collection_id: int | None = None) -> Job:
        """What comes of an import is in the collection, an owner's own that is there."""
        urls = addresses_in(text)
        if not urls:
            raise UserMistake("There is no address to fetch: paste one that begins with http:// or https://.")
        if len(urls) > _bounded(limit):
            raise UserMistake(f"These are {len(urls)} addresses; one import asks for {limit} at most.")
        what = urls[0] if len(urls) == 1 else f"{len(urls)} addresses"
        return self._started({"what": what, "urls": urls, **_into(collection_id)}, fetch_steps(urls), by)

    def sitemap(self, url: str, by: Actor, limit: int = FETCH_LIMIT, collection_id: int | None = None) -> Job:
        url = normalised(url)
        what = f"Sitemap of {host_of(url)}"
        asked = {"what": what, "sitemap": url, "limit": _bounded(limit), **_into(collection_id)}
        return self._started(asked, (list_step(url, _bounded(limit)),), by)

    def folder(self, path: str, by: Actor, collection_id: int | None = None) -> Job:
        if self._data_dir is None:
            raise UserMistake("Folders are read only where Writer runs for one person on their own machine.")
        folder = str(checked_folder(path, self._data_dir.resolve()))
        asked = {"what": folder, "folder": folder, **_into(collection_id)}
        return self._started(asked, (folder_step(folder),), by)

    def sync(self, by: Actor, source_ids: Sequence[int] = ()) -> Job:
        """Asks again for pages that are here: all, or those of the sources named."""
        pages = self._sources.below_origin(by.user, "http")
        urls = [page.origin for page in pages.values() if not source_ids or page.id in source_ids]
        if not urls:
            raise UserMistake("None of these sources came from the web.")
        urls = sorted(urls)[:MOST_ADDRESSES]
        what = f"{len(urls)} web page{'' if len(urls) == 1 else 's'} again"
        return self._started({"what": what, "urls": urls}, fetch_steps(urls), by)

    def again(self, job_id: str, by: Actor, *, only_refused: bool = False) -> Job:
        """The same import once more, or what was refused in it."""
        job = self._owned(job_id, by)
        into = collection_of(job)
        if only_refused and (places := self._refused(job)):
            return self.addresses("\n".join(places), by, MOST_ADDRESSES, into)
        if "sitemap" in job.args:
            return self.sitemap(str(job.args["sitemap"]), by, int(job.args["limit"]), into)
        if "folder" in job.args:
            return self.folder(str(job.args["folder"]), by, into)
        return self.addresses("\n".join(job.args["urls"]), by, MOST_ADDRESSES, into)

    def _refused(self, job: Job) -> list[str]:
        """Addresses to ask again; none where all has to be done again: a folder, whose unchanged files cost nothing,
        and a sitemap that could not be read. Raises UserMistake when nothing was refused."""
        steps = self._ledger.steps(job.id)
        rows = [(step, row) for step in steps for row in _rows_of(step)]
        bad = [(step, row) for step, row in rows if _is_bad(row)]
        if not bad:
            raise UserMistake("Nothing was refused in this import, so there is nothing to try again.")
        return [row.place for step, row in bad if step.kind == FETCH]

    def listing(self, by: Actor, limit: int = 5) -> list[Import]:
        """Newest first."""
        return [self._told(job) for job in self._ledger.jobs(by.user, limit, IMPORT_KIND)]

    def get(self, job_id: str, by: Actor) -> Import:
        return self._told(self._owned(job_id, by))

    def _owned(self, job_id: str, by: Actor) -> Job:
        job = self._ledger.job(job_id)
        authorize(by, "read", job.owner_id, "job")
        if job.kind != IMPORT_KIND:
            raise NotFound("There is no such import.")
        return job

    def _started(self, args: JsonObject, steps: tuple[NewStep, ...], by: Actor) -> Job:
        """The same import that is still at work is that import."""
        fingerprint = "import:" + hashlib.sha256(json.dumps(args, sort_keys=True).encode()).hexdigest()
        running = self._ledger.by_fingerprint(by.user, fingerprint)
        if running is not None and not running.state.is_over:
            return running
        job = self._ledger.add(NewJob(IMPORT_KIND, by.user, steps, fingerprint=fingerprint, args=args))
        self._wake()
        return job

    def _told(self, job: Job) -> Import:
        steps = self._ledger.steps(job.id)
        at_work = next((step for step in steps if step.state is StepState.RUNNING), None)
        doing = (at_work.partial or at_work.label) if at_work else ""
        return Import(job, str(job.args.get("what", "")), tuple(row for s in steps for row in _rows_of(s)), doing)


def _into(collection_id: int | None) -> JsonObject:
    return {} if collection_id is None else {"collection": collection_id}


def _is_bad(row: ImportRow) -> bool:
    return row.outcome is ImportOutcome.REFUSED or (row.outcome is None and row.state is StepState.FAILED)


def _bounded(limit: int) -> int:
    if not 1 <= limit <= MOST_ADDRESSES:
        raise UserMistake(f"One import can ask for 1 to {MOST_ADDRESSES} addresses.")
    return limit


def _rows_of(step: Step) -> list[ImportRow]:
    if step.kind == FETCH:
        place = str(step.args["url"])
        return (
            [_row(place, step.state, step.result)] if step.result else [ImportRow(place, step.state, None, step.error)]
        )
    if step.kind == FOLDER and step.result:
        return [_row(str(row["place"]), step.state, row) for row in step.result["rows"]]
    if step.kind in (LIST, FOLDER) and step.error:
        return [ImportRow(step.label, step.state, None, step.error)]
    return []


def _row(place: str, state: StepState, result: JsonObject) -> ImportRow:
    outcome = ImportOutcome(result["outcome"])
    return ImportRow(place, state, outcome, str(result["sentence"]), int(result["source_id"]))
