"""Sends a post exactly once, however often it is begun.

A creation that is not acknowledged is the danger: asked for again, it is there twice. So a post is created empty, as a
draft, under an address (its mark) that nothing else has; before each creation the site is asked for that mark. Only
when the post's id is in our database does it get its content, by an update, which may be repeated. Its address then is
its own: whatever still has the mark is a copy, empty and unpublished, and is discarded.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from writer.domain.drafts import DraftState
from writer.domain.errors import NotFound, ProviderError, RateLimited, Transient, UserMistake
from writer.domain.jobs import NewStep, StepOutcome
from writer.domain.ports.publishing import PublicationStore, Publisher
from writer.domain.publishing import (
    EditedThere,
    Picture,
    Post,
    Publication,
    PublicationChange,
    RemotePost,
    Stage,
    pictures_in,
)
from writer.services.jobs.context import Handler, StepContext
from writer.services.publishing.composing import post_from, post_json

T = TypeVar("T")

PublisherOf = Callable[[str, str], Publisher]
"""(owner, site id) → its publisher; raises NotFound."""

Pause = Callable[[float], Awaitable[None]]

WAITS = (1.0, 3.0, 8.0)
_LONGEST_WAIT = 30.0
_MOST_BEGUN = 10
_TIDY_TRIES = 3
_UNSURE = "?"

OPEN, PICTURE, SEND, TIDY = "publish_open", "publish_picture", "publish_send", "publish_tidy"


def steps_for(post: Post, site_name: str) -> tuple[NewStep, ...]:
    pictures = [
        NewStep(
            f"picture:{picture.digest}",
            PICTURE,
            1,
            f"Picture {number}",
            {"digest": picture.digest, "kind": picture.kind, "data": picture.data},
        )
        for number, picture in enumerate(pictures_in(post.html), start=1)
    ]
    return (
        NewStep("open", OPEN, 0, f"Find the post on {site_name}"),
        *pictures,
        NewStep("send", SEND, 2, f"Send it to {site_name}"),
        NewStep("tidy", TIDY, 3, "Look for copies"),
    )


class PublishJob:
    """`pause` waits between tries, `waits` says how long."""

    def __init__(
        self,
        store: PublicationStore,
        publisher_of: PublisherOf,
        *,
        waits: tuple[float, ...] = WAITS,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._store = store
        self._publisher_of = publisher_of
        self._waits = waits
        self._pause = pause

    def handlers(self) -> Mapping[str, Handler]:
        return {OPEN: self.open, PICTURE: self.picture, SEND: self.send, TIDY: self.tidy}

    async def open(self, context: StepContext) -> StepOutcome:
        publication, publisher = await self._task(context)
        post = post_from(context.job.args["post"])
        begun = tuple(dict.fromkeys((*publication.begun, post.digest)))[-_MOST_BEGUN:]
        if publication.remote_id:
            overwrite = str(context.job.args.get("overwrite", ""))
            # Before this text is among those that may be ours: words that somebody left as they are tell nothing then.
            await self._patiently(lambda: self._ours(publication, publisher, overwrite))
            change = PublicationChange(publication.id, begun=begun)
            return StepOutcome({"remote_id": publication.remote_id, "new": False}, published=change)

        async def found_or_created() -> RemotePost:
            found = await asyncio.to_thread(publisher.find, publication.mark)
            return found[0] if found else await asyncio.to_thread(publisher.create, publication.mark, post.title)

        remote = await self._patiently(found_or_created)
        change = PublicationChange(
            publication.id,
            remote_id=remote.id,
            version=remote.version if remote.bare else _UNSURE,
            url=remote.url,
            begun=begun,
        )
        return StepOutcome({"remote_id": remote.id, "new": True}, published=change)

    async def picture(self, context: StepContext) -> StepOutcome:
        publication, publisher = await self._task(context)
        args = context.step.args
        picture = Picture(args["digest"], args["kind"], args["data"])
        key = f"picture:{publication.owner_id}:{publication.site_id}:{picture.digest}"
        if there := await context.kept(key):
            return StepOutcome(there)

        async def uploaded() -> str:
            return await asyncio.to_thread(publisher.upload, picture)

        result = {"digest": picture.digest, "url": await self._patiently(uploaded)}
        return StepOutcome(result, keep=((key, result),))

    async def send(self, context: StepContext) -> StepOutcome:
        publication, publisher = await self._task(context)
        asked = post_from(context.job.args["post"])
        urls = {str(result["digest"]): str(result["url"]) for result in context.results.values() if "digest" in result}
        post = asked.with_pictures(urls)
        overwrite = str(context.job.args.get("overwrite", ""))

        async def sent() -> RemotePost:
            remote = await self._ours(publication, publisher, overwrite)
            try:
                return await asyncio.to_thread(publisher.update, remote.id, post, remote.version)
            except EditedThere:  # it may have been our own update, which arrived late
                remote = await self._ours(publication, publisher, overwrite)
                return await asyncio.to_thread(publisher.update, remote.id, post, remote.version)

        remote = await self._patiently(sent)
        facts = {name: value for name, value in post_json(asked).items() if name != "html"}
        change = PublicationChange(
            publication.id,
            version=remote.version,
            url=remote.url,
            slug=remote.slug,
            stage=remote.stage,
            sent={**facts, "slug": remote.slug, "digest": asked.digest, "there": remote.digest},
        )
        state = DraftState.PUBLISHED if remote.stage is Stage.PUBLISHED else None
        result = {"url": remote.url, "stage": remote.stage.value}
        return StepOutcome(result, published=change, draft_state=state)

    async def tidy(self, context: StepContext) -> StepOutcome:
        publication, publisher = await self._task(context)

        async def discarded() -> int:
            found = await asyncio.to_thread(publisher.find, publication.mark)
            copies = [post for post in found if post.id != publication.remote_id and post.bare]
            for copy in copies:
                await asyncio.to_thread(publisher.discard, copy.id)
            return len(copies)

        try:
            return StepOutcome({"discarded": await self._patiently(discarded)})
        except ProviderError:
            if context.step.attempt < _TIDY_TRIES:
                raise
            return StepOutcome({"discarded": None})  # the post is there; the next time it is sent looks again

    async def _task(self, context: StepContext) -> tuple[Publication, Publisher]:
        args = context.job.args
        publication = await asyncio.to_thread(self._store.get, args["publication"])
        if publication.job_id != context.job.id:
            raise UserMistake("This draft has been sent to the site anew since; this older attempt does nothing more.")
        try:
            publisher = await asyncio.to_thread(self._publisher_of, publication.owner_id, publication.site_id)
        except NotFound:
            raise UserMistake("The site is not set up any more. Add it again in Settings.") from None
        return publication, publisher

    async def _ours(self, publication: Publication, publisher: Publisher, overwrite: str) -> RemotePost:
        """The post as it is there, when nobody else has changed it or their change was seen and given up."""
        remote = await asyncio.to_thread(publisher.read, publication.remote_id)
        if remote is None:
            raise EditedThere(
                "The post is not on the site any more; nothing was sent. Look at the preview: "
                "it can be sent as a new one."
            )
        if publication.is_edited_in(remote) and overwrite != remote.version:
            raise EditedThere(
                "Somebody changed the post on the site since it was sent from here; nothing was overwritten. "
                "Look at the preview, then send it over that change, or take the change over into the draft first."
            )
        return remote

    async def _patiently(self, work: Callable[[], Awaitable[T]]) -> T:
        """Whatever passes is tried again, from its first question on."""
        for wait in self._waits:
            try:
                return await work()
            except Transient as error:
                asked = error.retry_after if isinstance(error, RateLimited) else None
                if asked and asked > _LONGEST_WAIT:
                    raise
                await self._pause(max(wait, asked or 0.0))
        return await work()
