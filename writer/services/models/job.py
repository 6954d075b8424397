"""The steps that fetch a model: from the hub to the disk, or Ollama's own. Stopped is paused; run again, they go on."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

from writer.domain.errors import UserMistake
from writer.domain.jobs import StepOutcome
from writer.domain.models import Progress
from writer.domain.ports.models import Ended, Hub, ModelDisk, ModelServer
from writer.domain.ports.settings import SettingsStore
from writer.services.jobs.context import Handler, StepContext
from writer.services.models.progress import ProgressBoard, said

DOWNLOAD, PULL, WARM = "model.download", "model.pull", "model.warm"
TOKEN = "hub_token"
"""The secret's name in the settings."""

T = TypeVar("T")


async def in_thread(work: Callable[[Ended], T]) -> T:
    """`work` is told when the step is stopped."""
    stopped = threading.Event()
    try:
        return await asyncio.to_thread(work, stopped.is_set)
    except asyncio.CancelledError:
        stopped.set()
        raise


class DownloadJob:
    def __init__(self, hub: Hub, disk: ModelDisk, store: SettingsStore, board: ProgressBoard) -> None:
        self._hub = hub
        self._disk = disk
        self._store = store
        self._board = board

    def handlers(self) -> Mapping[str, Handler]:
        return {DOWNLOAD: self.download}

    async def download(self, context: StepContext) -> StepOutcome:
        model_id = str(context.job.args["model"])

        def tell(progress: Progress) -> None:
            self._board.put(model_id, progress)
            context.show.restart()
            context.show(said(progress))

        try:
            return await in_thread(lambda ended: self._work(model_id, context.job.owner_id, tell, ended))
        finally:
            self._board.forget(model_id)

    def _work(self, model_id: str, owner_id: str, tell: Callable[[Progress], None], ended: Ended) -> StepOutcome:
        if done := next((model for model in self._disk.stored() if model.id == model_id), None):
            return StepOutcome({"model": model_id, "size": done.size})  # it was killed after the last move
        plan = next((plan for plan in self._disk.plans() if plan.id == model_id), None)
        if plan is None:
            raise UserMistake(f"The download of {model_id} was cancelled.")
        with self._disk.staging(model_id, ended) as folder:
            self._hub.download(plan, folder, self._store.secret(owner_id, TOKEN), tell, ended)
            self._disk.complete(plan)
        return StepOutcome({"model": model_id, "size": plan.size})


ServerOf = Callable[[str, str], ModelServer]
"""(owner, account) → its Ollama; raises NotFound."""


class PullJob:
    """A model into Ollama's store, or into its memory."""

    def __init__(self, server_of: ServerOf, board: ProgressBoard) -> None:
        self._server_of = server_of
        self._board = board

    def handlers(self) -> Mapping[str, Handler]:
        return {PULL: self.pull, WARM: self.warm}

    async def pull(self, context: StepContext) -> StepOutcome:
        account, model = str(context.job.args["account"]), str(context.job.args["model"])
        key = f"{account}:{model}"

        def work(ended: Ended) -> None:
            for step in self._server_of(context.job.owner_id, account).pull(model, ended):
                if isinstance(step, Progress):
                    self._board.put(key, step)
                context.show.restart()
                context.show(said(step) if isinstance(step, Progress) else step)

        try:
            await in_thread(work)
        finally:
            self._board.forget(key)
        return StepOutcome({"account": account, "model": model})

    async def warm(self, context: StepContext) -> StepOutcome:
        account, model = str(context.job.args["account"]), str(context.job.args["model"])
        server = self._server_of(context.job.owner_id, account)
        await in_thread(lambda ended: server.load(model, ended))
        return StepOutcome({"account": account, "model": model})
