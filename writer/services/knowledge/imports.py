"""Imports from the web and from folders: jobs whose steps are one for each address, or one for a folder."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from writer.domain.errors import SourceRefused, UserMistake
from writer.domain.imports import ImportOutcome, Taken
from writer.domain.jobs import Job, JsonObject, NewStep, StepOutcome
from writer.services.jobs.context import Handler, StepContext
from writer.services.knowledge.folders import NO_DOCUMENTS, Files, documents_in
from writer.services.knowledge.web.addresses import normalised, readable, same_site
from writer.services.knowledge.web.manners import Fetch, Manners
from writer.services.knowledge.web.pages import WebPages
from writer.services.knowledge.web.sitemaps import SITEMAP_BYTES, read_sitemap

IMPORT_KIND = "import"
LIST, FETCH, FOLDER = "list", "fetch", "folder"
MOST_SITEMAPS = 20
_SITEMAP_SECONDS = 30.0


def fetch_steps(urls: Sequence[str]) -> tuple[NewStep, ...]:
    """One after the other: each in a wave of its own, so that a long list leaves room for other work."""
    return tuple(NewStep(f"{FETCH}:{n}", FETCH, n, url, {"url": url}) for n, url in enumerate(urls, start=1))


def list_step(url: str, limit: int) -> NewStep:
    return NewStep(LIST, LIST, 0, "Reading the sitemap", {"url": url, "limit": limit})


def folder_step(folder: str) -> NewStep:
    return NewStep(FOLDER, FOLDER, 0, "Reading the folder", {"folder": folder})


Join = Callable[[int, Sequence[int], str], object]
"""(collection, sources, owner): puts into the collection what of them, and of it, is still there."""


class Imports:
    """What is refused is a result with its reason, not a failed step: the others go on."""

    def __init__(self, pages: WebPages, files: Files, manners: Manners, fetch: Fetch, join: Join) -> None:
        self._join = join
        self._pages = pages
        self._files = files
        self._manners = manners
        self._fetch = fetch

    def handlers(self) -> Mapping[str, Handler]:
        return {LIST: self.list_addresses, FETCH: self.fetch, FOLDER: self.folder}

    async def list_addresses(self, context: StepContext) -> StepOutcome:
        """A sitemap that cannot be read fails the job: there is nothing else to do in it."""
        url, limit = str(context.step.args["url"]), int(context.step.args["limit"])
        found, seen, waiting = list[str](), set[str](), [url]
        while waiting and len(found) < limit and len(seen) < MOST_SITEMAPS:
            sitemap = normalised(waiting.pop(0))
            if sitemap in seen:
                continue
            seen.add(sitemap)
            context.show.restart()
            context.show(f"{len(found):,} addresses found; reading {sitemap}")
            await self._manners.turn(sitemap)
            fetched = await asyncio.to_thread(self._fetch, sitemap, limit_bytes=SITEMAP_BYTES, timeout=_SITEMAP_SECONDS)
            listed = await asyncio.to_thread(read_sitemap, fetched.content)
            # Only the site's own: that is what a sitemap is for, and whoever wrote it chooses what we ask for.
            found += [page for page in readable(listed.pages) if same_site(page, sitemap) and page not in found]
            waiting += [other for other in readable(listed.sitemaps) if same_site(other, sitemap)]
        if not found:
            raise SourceRefused("The sitemap lists no pages of its own site.")
        return StepOutcome({"listed": len(found), "limit": limit}, next_steps=fetch_steps(found[:limit]))

    async def fetch(self, context: StepContext) -> StepOutcome:
        url = str(context.step.args["url"])
        try:
            await self._manners.turn(url)
            taken = await asyncio.to_thread(self._pages.take, context.job.owner_id, url, collection_of(context.job))
            await self._joined(context, [taken.source.id])
        except UserMistake as error:
            return StepOutcome(refused(url, str(error)))
        return StepOutcome(told(url, taken))

    async def folder(self, context: StepContext) -> StepOutcome:
        """File by file, so that Stop finds a gap. Run again, it goes quickly over what is here already."""
        folder = Path(str(context.step.args["folder"]))
        paths = await asyncio.to_thread(documents_in, folder)
        if not paths:
            raise SourceRefused(NO_DOCUMENTS)
        known = await asyncio.to_thread(self._files.known_below, context.job.owner_id, folder)
        into, ids = collection_of(context.job), list[int]()
        rows: list[JsonObject] = []
        for n, path in enumerate(paths):
            if n % 20 == 0:
                context.show.restart()
                context.show(f"{n:,} of {len(paths):,} files")
            try:
                taken = await asyncio.to_thread(self._files.take, context.job.owner_id, path, known, into)
                ids.append(taken.source.id)
                rows.append(told(str(path), taken))
            except UserMistake as error:
                rows.append(refused(str(path), str(error)))
        await self._joined(context, ids)
        return StepOutcome({"rows": rows})

    async def _joined(self, context: StepContext, source_ids: Sequence[int]) -> None:
        """New ones are in the collection from the start; those that were here already come into it now."""
        if (into := collection_of(context.job)) is not None and source_ids:
            await asyncio.to_thread(self._join, into, source_ids, context.job.owner_id)


def collection_of(job: Job) -> int | None:
    """What comes of the import is put into it."""
    return int(job.args["collection"]) if "collection" in job.args else None


def told(place: str, taken: Taken) -> JsonObject:
    source = {"source_id": taken.source.id, "title": taken.source.title}
    return {"place": place, "outcome": taken.outcome.value, "sentence": taken.sentence, **source}


def refused(place: str, sentence: str) -> JsonObject:
    return {"place": place, "outcome": ImportOutcome.REFUSED.value, "sentence": sentence, "source_id": 0}
