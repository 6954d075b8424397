"""Checking a draft in the background: a job of one step, apart from the article's, so that it can hold up nothing."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from typing import Any

from writer.domain.actors import Actor
from writer.domain.claims import CheckedDraft
from writer.domain.errors import NotFound, StorageError
from writer.domain.jobs import StepOutcome
from writer.services.claims.service import STEP, Claims
from writer.services.jobs.context import Handler, StepContext

logger = logging.getLogger(__name__)


class ClaimChecks:
    def __init__(self, claims: Claims) -> None:
        self._claims = claims

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {STEP.kind: self.check}

    async def check(self, context: StepContext) -> StepOutcome:
        draft_id, by = str(context.job.args["draft_id"]), Actor(context.job.owner_id, credential="job")
        try:
            checked = await _to_the_end(asyncio.to_thread(self._claims.check, draft_id, by))
        except NotFound:
            return StepOutcome({"skipped": "the draft was deleted"})
        return StepOutcome({"claims": len(checked.claims), "revision": checked.revision})

    def after(self, handler: Handler) -> Handler:
        """The same handler, with a check ordered beside it: nobody waits for the order."""

        async def and_a_check(context: StepContext) -> StepOutcome:
            outcome, _ = await asyncio.gather(handler(context), self._ordered(context))
            return outcome

        return and_a_check

    async def _ordered(self, context: StepContext) -> None:
        try:
            by = Actor(context.job.owner_id, credential="job")
            await asyncio.to_thread(self._claims.later, context.job.draft_id, by)
        except StorageError as error:  # the draft is worth more than its check, which opening it orders again
            logger.warning("no check of citations could be ordered", extra={"error": str(error)})


async def _to_the_end(work: Coroutine[Any, Any, CheckedDraft]) -> CheckedDraft:
    """A thread cannot be cancelled: whoever stops the step waits for it, or it would write into a database that is
    being closed. A check takes a second at most."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
