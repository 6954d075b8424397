"""Models that run on this machine: found on the hub, downloaded, loaded, written with, deleted."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from writer.domain.actors import Actor
from writer.domain.errors import JobStopped, NotFound, UserMistake
from writer.domain.jobs import Job, JobState, NewJob, NewStep
from writer.domain.models import MARGIN_BYTES, HubModel, ModelState, Progress, StoredModel, checked_id, said_bytes
from writer.domain.ports.jobs import JobLedger
from writer.domain.ports.local_models import LocalChoice, LocalModels, LocalState, LocalStatus, MemoryEstimate
from writer.domain.ports.models import Hub, ModelDisk
from writer.domain.ports.settings import ProviderAccount, SettingsStore
from writer.services.models.job import DOWNLOAD, TOKEN
from writer.services.models.progress import ProgressBoard
from writer.services.providers import Providers

PRESET = "huggingface"
MOST_AT_ONCE = 2

logger = logging.getLogger(__name__)

_RUNNING = {
    LocalState.LOADING: ModelState.LOADING,
    LocalState.LOADED: ModelState.LOADED,
    LocalState.FAILED: ModelState.FAILED,
}


@dataclass(frozen=True, slots=True)
class LocalModel:
    """One line of the list. `size` is of the whole download; `route` is what writes with it, "" until it is downloaded;
    `trouble` is the sentence of what failed; `running` is how it is in memory, None where it is not."""

    id: str
    state: ModelState
    size: int
    licence: str = ""
    progress: Progress | None = None
    job_id: str = ""
    trouble: str = ""
    stored: StoredModel | None = None
    running: LocalStatus | None = None
    route: str = ""

    @property
    def is_here(self) -> bool:
        return self.stored is not None


class Models:
    def __init__(
        self,
        hub: Hub,
        disk: ModelDisk,
        runtime: LocalModels,
        ledger: JobLedger,
        store: SettingsStore,
        providers: Providers,
        board: ProgressBoard,
        *,
        stop: Callable[[str, Actor], Job],
        wake: Callable[[str], None],
    ) -> None:
        self._hub = hub
        self._disk = disk
        self.runtime = runtime
        self._ledger = ledger
        self._store = store
        self._providers = providers
        self._board = board
        self._stop = stop
        self._wake = wake

    @property
    def host(self) -> str:
        return self._hub.host

    def has_token(self, by: Actor) -> bool:
        return bool(self._store.secret(by.user, TOKEN))

    def set_token(self, token: str, by: Actor) -> None:
        """ "" takes it away."""
        text = token.strip()
        if not (text.isascii() and text.isprintable()) or " " in text or len(text) > 500:
            raise UserMistake("The access token holds characters that none has: copy it again.")
        self._store.set_secret(by.user, TOKEN, text)

    def find(self, model_id: str, by: Actor) -> HubModel:
        """Asks the hub. Nothing is downloaded."""
        return self._hub.describe(checked_id(model_id), self._store.secret(by.user, TOKEN))

    def room_for(self, model: HubModel) -> str:
        """ "" where the disk has room for it, with a margin; else a sentence."""
        needed, free = model.size - self._disk.held(model) + MARGIN_BYTES, self._disk.free_bytes()
        if needed <= free:
            return ""
        return (
            f"{model.id} needs {said_bytes(needed)} of free disk, {said_bytes(MARGIN_BYTES)} of it as a margin for "
            f"your drafts; there are {said_bytes(free)}. Nothing was downloaded. Free some space, or choose "
            "a smaller model."
        )

    def download(self, model_id: str, by: Actor, revision: str = "") -> Job:
        """A job that can be paused and goes on where it was. `revision` is what somebody looked at: another one on the
        hub by now is refused."""
        model = self.find(model_id, by)
        if revision and revision != model.revision:
            raise UserMistake(f"{model.id} has changed on {self.host} since you looked. Look again, then download it.")
        if model.obstacle:
            raise UserMistake(model.obstacle)
        if any(stored.id == model.id for stored in self._disk.stored()):
            raise UserMistake(f"{model.id} is on this machine already.")
        if (running := self._job(model.id, by)) and running.state is JobState.RUNNING:
            return running
        if lacking := self.room_for(model):
            raise UserMistake(lacking)
        self._check_others(by)
        self._disk.begin(model)
        step = NewStep("download", DOWNLOAD, 0, f"Download {model.id}")
        job = self._ledger.add(
            NewJob(DOWNLOAD, by.user, (step,), fingerprint=_fingerprint(model.id), args={"model": model.id})
        )
        logger.info("model download begun", extra={"model": model.id, "bytes": model.size})
        self._wake(job.id)
        return job

    def pause(self, model_id: str, by: Actor) -> None:
        """What has come stays."""
        self._stop(self._known_job(model_id, by).id, by)

    def resume(self, model_id: str, by: Actor) -> Job:
        plan = self._plan(model_id)
        job = self._job(plan.id, by)
        if job is None:  # somebody else's, or from before the database was restored
            return self.download(plan.id, by)
        if job.state is JobState.RUNNING:
            return job
        if lacking := self.room_for(plan):
            raise UserMistake(lacking)
        self._check_others(by)
        job = self._ledger.resume(job.id)
        self._wake(job.id)
        return job

    def cancel(self, model_id: str, by: Actor) -> None:
        """What has come is deleted."""
        plan = self._plan(model_id)
        job = self._job(plan.id, by)
        if job is None:
            self._check_unused(plan.id)
        elif job.state is JobState.RUNNING:
            self._stop(job.id, by)
        self._disk.discard(plan.id)

    def listing(self, by: Actor) -> list[LocalModel]:
        """Those on the disk, those on their way, and those that run from a folder."""
        running = {status.model: status for status in self.runtime.status()}
        plans = self._disk.plans()  # first: one that becomes whole meanwhile is then seen twice, not never
        account = self._account(by)
        here = [_here(stored, running.pop(stored.id, None), account) for stored in self._disk.stored()]
        ids = {model.id for model in here}
        coming = [self._coming(plan, by) for plan in plans if plan.id not in ids]
        others = [LocalModel(s.model, _RUNNING[s.state], 0, trouble=s.trouble, running=s) for s in running.values()]
        return sorted([*here, *coming, *others], key=lambda model: model.id.casefold())

    def get(self, model_id: str, by: Actor) -> LocalModel:
        for model in self.listing(by):
            if model.id == model_id:
                return model
        raise NotFound(f"There is no model {model_id} on this machine.")

    def estimate(self, model_id: str, choice: LocalChoice, by: Actor) -> MemoryEstimate:
        return self.runtime.estimate(self.get(model_id, by).id, choice)

    def load(self, model_id: str, by: Actor, choice: LocalChoice | None = None) -> LocalStatus:
        return self.runtime.load(self.get(model_id, by).id, choice)

    def unload(self, model_id: str, by: Actor) -> bool:
        return self.runtime.unload(self.get(model_id, by).id)

    def delete(self, model_id: str, by: Actor) -> None:
        """Out of the routes, too. Not while it is in memory."""
        model = self.get(model_id, by)
        if model.stored is None:
            raise NotFound(f"There is no model {model_id} on this machine.")
        if model.running is not None and model.running.state is not LocalState.FAILED:
            raise UserMistake(f"{model_id} is in memory. Unload it first, then delete it. Nothing was deleted.")
        self.runtime.unload(model_id)  # one that could not be loaded would stay to say why
        self._disk.delete(model_id)
        self._forget(model_id, by)
        logger.info("model deleted", extra={"model": model_id})

    def write_with(self, model_id: str, by: Actor) -> str:
        """The model's route, which is the first in the order from now on."""
        model = self.get(model_id, by)
        if model.stored is None:
            raise UserMistake(f"{model_id} is not downloaded yet.")
        account = self._account(by) or ProviderAccount(PRESET, PRESET)
        if model_id not in account.models:
            changed = ProviderAccount(account.name, PRESET, account.base_url, "", (*account.models, model_id))
            self._providers.save(changed, by)
        route = f"{account.name}:{model_id}"
        self._providers.put_first(route, by)
        return route

    def _forget(self, model_id: str, by: Actor) -> None:
        account = self._account(by)
        if account is None or model_id not in account.models:
            return
        left = tuple(name for name in account.models if name != model_id)
        gone, routes = f"{account.name}:{model_id}", self._providers.routes(by)
        if gone in routes:
            self._providers.set_routes([route for route in routes if route != gone], by)
        if left:
            self._providers.save(ProviderAccount(account.name, PRESET, account.base_url, "", left), by)
        else:
            self._providers.delete(account.name, by)

    def _account(self, by: Actor) -> ProviderAccount | None:
        """The first account for models in this process, without its key."""
        for view in self._providers.accounts(by):
            if view.preset == PRESET and view.origin == "stored":
                return ProviderAccount(view.name, view.preset, view.base_url, "", view.models)
        return None

    def _coming(self, plan: HubModel, by: Actor) -> LocalModel:
        job, progress = self._job(plan.id, by), self._board.of(plan.id)
        state = ModelState.PAUSED
        if job and job.state is JobState.RUNNING:
            state = ModelState.VERIFYING if progress and progress.verifying else ModelState.DOWNLOADING
        elif job and job.state is JobState.FAILED:
            state = ModelState.FAILED
        return LocalModel(
            plan.id,
            state,
            plan.size,
            plan.licence,
            self._progress(plan, progress if job and job.state is JobState.RUNNING else None),
            job.id if job else "",
            job.error if job and state is ModelState.FAILED else "",
        )

    def _progress(self, plan: HubModel, told: Progress | None) -> Progress:
        """What is on the disk is what there is; how fast it comes is known in this process alone."""
        held = self._disk.held(plan)
        return replace(told, done=held) if told else Progress(held, plan.size)

    def _plan(self, model_id: str) -> HubModel:
        plan = next((plan for plan in self._disk.plans() if plan.id == model_id), None)
        if plan is None:
            raise NotFound(f"{model_id} is not being downloaded.")
        return plan

    def _job(self, model_id: str, by: Actor) -> Job | None:
        return self._ledger.by_fingerprint(by.user, _fingerprint(model_id))

    def _known_job(self, model_id: str, by: Actor) -> Job:
        job = self._job(self._plan(model_id).id, by)
        if job is None:
            raise NotFound(f"{model_id} is not being downloaded.")
        return job

    def _check_unused(self, model_id: str) -> None:
        try:
            with self._disk.staging(model_id, lambda: True):
                pass
        except JobStopped:
            raise UserMistake(f"Somebody else is downloading {model_id} just now.") from None

    def _check_others(self, by: Actor) -> None:
        """Each takes one of the places where work is done: articles must have room."""
        at_work = [job for job in self._ledger.jobs(by.user, 50, DOWNLOAD) if job.state is JobState.RUNNING]
        if len(at_work) >= MOST_AT_ONCE:
            raise UserMistake(f"{MOST_AT_ONCE} models are being downloaded. Wait for one of them, or pause it.")


def _here(stored: StoredModel, running: LocalStatus | None, account: ProviderAccount | None) -> LocalModel:
    return LocalModel(
        stored.id,
        _RUNNING[running.state] if running else ModelState.DOWNLOADED,
        stored.size,
        stored.licence,
        trouble=running.trouble if running else "",
        stored=stored,
        running=running,
        route=f"{account.name if account else PRESET}:{stored.id}",
    )


def _fingerprint(model_id: str) -> str:
    return f"{DOWNLOAD}:{model_id}"
