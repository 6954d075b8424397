"""The step of a "reindex" job: vectors of the chosen search model for every passage, while the one before serves."""

import asyncio
import threading
from collections.abc import Mapping

from writer.domain.jobs import StepOutcome
from writer.services.jobs.context import Handler, StepContext
from writer.services.knowledge.search_model import REINDEX_KIND, SearchModels


class Reindexing:
    """Run again, it goes on with the passages that have no vector yet."""

    def __init__(self, models: SearchModels) -> None:
        self._models = models

    def handlers(self) -> Mapping[str, Handler]:
        return {REINDEX_KIND: self.vectors}

    async def vectors(self, context: StepContext) -> StepOutcome:
        stopped = threading.Event()

        def told(done: int, total: int) -> None:
            context.show.restart()
            context.show(f"{done:,} of {total:,} passages")

        try:
            model = await asyncio.to_thread(self._models.fill, told, stopped.is_set)
        except asyncio.CancelledError:
            stopped.set()
            raise
        return StepOutcome({"model": model})
