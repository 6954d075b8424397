"""Publishing as bootstrap puts it together, but with short waits."""

import asyncio
from typing import Any
from uuid import uuid4

from tests.support.site_server import GHOST_KEY, PASSWORD, USER
from tests.support.site_server import Site as Server
from writer.domain.actors import LOCAL_ACTOR
from writer.domain.drafts import Draft, Origin
from writer.domain.jobs import Job
from writer.domain.ports.publishing import Publisher
from writer.domain.publishing import Publication, Site
from writer.publishing import KINDS, make_publisher
from writer.security.fetch import Ask, Fetched, fetch
from writer.services.drafts import Drafts
from writer.services.jobs import EngineLoop, Jobs, LiveText, Runner, RunnerPolicy
from writer.services.publishing import Publishing, PublishJob, Sites, Wishes
from writer.services.usage import UsageBook
from writer.storage import Stores

TEXT = "## One & two\n\nA **bold** start, <script>alert(1)</script> and a [link](https://example.org/?a=1&b=2).\n"
BY = LOCAL_ACTOR


class Desk:
    def __init__(
        self,
        stores: Stores,
        kind: str,
        server: Server,
        *,
        patience: float = 1.0,
        waits: tuple[float, ...] = (0.01,) * 3,
    ) -> None:
        self.stores, self.server = stores, server
        opened = frozenset({server.host})

        def quick(url: str, *, limit_bytes: int, timeout: float, ask: Ask) -> Fetched:
            return fetch(url, limit_bytes=limit_bytes, timeout=patience, ask=ask, allow_private=opened)

        def make(site: Site, secret: str) -> Publisher | None:
            return make_publisher(site, secret, quick)

        self.sites = Sites(stores.settings, KINDS, make, opened)
        self.drafts = Drafts(stores.drafts, stores.sources)
        self.loop, self.live, book = EngineLoop(), LiveText(), UsageBook(stores.usage)
        handlers = PublishJob(stores.publications, self.sites.publisher, waits=waits).handlers()
        policy = RunnerPolicy(poll=0.3, watch=0.05)
        self.worker = f"runner-{uuid4().hex}"
        self.runner = Runner(self.worker, stores.jobs, handlers, self.live, book, policy)
        self.jobs = Jobs(stores.jobs, self.live, lambda: self.runner)
        self.publishing = Publishing(stores.publications, self.drafts, self.sites, wake=self.jobs.wake)
        known = self.sites.listing(BY)
        self.site = known[0] if known else self._added(kind)
        self._serving = self.loop.submit(self.runner.serve())

    def _added(self, kind: str) -> Site:
        secret = PASSWORD if kind == "wordpress" else GHOST_KEY
        return self.sites.add(BY, kind, "My site", self.server.url, secret, USER)

    def draft(self, title: str = "On tides", text: str = TEXT, **values: Any) -> Draft:
        draft = self.drafts.begin(title, BY)
        self.drafts.append(draft.id, BY, heading="", text=text, origin=Origin("generated", BY.user), note="")
        return self.drafts.open(draft.id, BY)

    def sent(self, draft_id: str, **options: Any) -> Publication:
        """To the job's end, which is a good one."""
        job = self.tried(draft_id, **options)
        assert job.state == "done", job.error
        return self.publication(draft_id)

    def tried(self, draft_id: str, overwrite: str = "", **wishes: Any) -> Job:
        publication = self.publishing.publish(draft_id, self.site.id, BY, Wishes(**wishes), overwrite=overwrite)
        return self.over(publication.job_id)

    def over(self, job_id: str) -> Job:
        for _ in self.jobs.follow(job_id, BY):
            pass
        return self.jobs.get(job_id, BY)

    def publication(self, draft_id: str) -> Publication:
        return self.publishing.of_draft(draft_id, BY)[0]

    def close(self) -> None:
        self._serving.cancel()
        self.loop.run(self._idle(), timeout=20)
        self.loop.close()

    async def _idle(self) -> None:
        """No thread is at the database any more: the fixture takes it away next."""
        await self.runner.stopped.wait()
        await asyncio.get_running_loop().shutdown_default_executor()
