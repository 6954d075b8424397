"""Checking a draft in the background: a job of one step, apart from the article's, so that it can hold up nothing."""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any

from writer.domain.actors import Actor
from writer.domain.claims import CheckedDraft
from writer.domain.errors import NotFound
from writer.domain.jobs import StepOutcome
from writer.services.claims.service import STEP, Claims, check_of
from writer.services.jobs.context import Handler, StepContext


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
        """The same handler, whose outcome orders a check of the draft as it is then."""

        async def and_a_check(context: StepContext) -> StepOutcome:
            outcome = await handler(context)
            check = check_of(context.job.draft_id, context.job.owner_id)
            return replace(outcome, follow_up=(*outcome.follow_up, check))

        return and_a_check


async def _to_the_end(work: Coroutine[Any, Any, CheckedDraft]) -> CheckedDraft:
    """A thread cannot be cancelled: whoever stops the step waits for it, or it would write into a database that is
    being closed. A check takes a second at most."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
