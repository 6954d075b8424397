"""Models that an Ollama holds, for each account of that kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from writer.domain.actors import Actor
from writer.domain.errors import NotFound, UserMistake
from writer.domain.jobs import Job, JobState, NewJob, NewStep
from writer.domain.models import Progress, ServedModel
from writer.domain.ports.jobs import JobLedger
from writer.domain.ports.models import ModelServer
from writer.domain.ports.settings import ProviderAccount
from writer.services.accounts import Accounts, AccountView
from writer.services.models.job import PULL, WARM
from writer.services.models.progress import ProgressBoard
from writer.services.providers import Providers

PRESET = "ollama"

Open = Callable[[str, str], ModelServer]
"""(account, address) → the server there."""


@dataclass(frozen=True, slots=True)
class Pull:
    """What Ollama was asked to do with a model and has not done yet: a download, or `loads` it into memory. `said` is
    what it does at the moment; `trouble` why it failed."""

    account: str
    model: str
    job_id: str
    loads: bool
    state: JobState
    progress: Progress | None
    said: str
    trouble: str


class Ollamas:
    """The servers behind an owner's accounts."""

    def __init__(self, accounts: Accounts, providers: Providers, open_server: Open) -> None:
        self._accounts = accounts
        self._providers = providers
        self._open = open_server

    def of(self, owner_id: str, name: str) -> ModelServer:
        account = next((one for one in self._accounts.of(owner_id) if one.name == name and one.preset == PRESET), None)
        if account is None:
            raise NotFound("There is no such Ollama. Add it in Settings, under Providers.")
        preset = next(preset for preset in self._providers.presets() if preset.name == PRESET)
        return self._open(account.name, account.base_url or preset.base_url)


class ServedModels:
    def __init__(
        self,
        ollamas: Ollamas,
        providers: Providers,
        ledger: JobLedger,
        board: ProgressBoard,
        *,
        stop: Callable[[str, Actor], Job],
        wake: Callable[[str], None],
    ) -> None:
        self._ollamas = ollamas
        self._providers = providers
        self._ledger = ledger
        self._board = board
        self._stop = stop
        self._wake = wake

    def accounts(self, by: Actor) -> list[AccountView]:
        return [account for account in self._providers.accounts(by) if account.preset == PRESET]

    def models(self, account: str, by: Actor) -> Sequence[ServedModel]:
        return self._ollamas.of(by.user, account).models()

    def pull(self, account: str, model: str, by: Actor) -> Job:
        name = model.strip()
        self._ollamas.of(by.user, account)
        if not name or len(name) > 200 or not name.isprintable() or " " in name:
            raise UserMistake("Write the model as Ollama names it, for example llama3.2 or qwen3:4b.")
        return self._begun(PULL, f"Download {name} in Ollama", account, name, by)

    def pulls(self, by: Actor) -> list[Pull]:
        """The newest of each model that did not come to its end."""
        newest: dict[str, Job] = {}
        for kind in (PULL, WARM):
            for job in self._ledger.jobs(by.user, 50, kind):
                newest.setdefault(job.fingerprint, job)
        return [self._pull(job) for job in newest.values() if job.state is not JobState.DONE]

    def stop(self, job_id: str, by: Actor) -> None:
        self._stop(job_id, by)

    def load(self, account: str, model: str, by: Actor) -> Job:
        """A job: a large model takes minutes."""
        self._ollamas.of(by.user, account)
        return self._begun(WARM, f"Load {model} in Ollama", account, model, by)

    def unload(self, account: str, model: str, by: Actor) -> None:
        self._ollamas.of(by.user, account).unload(model)

    def delete(self, account: str, model: str, by: Actor) -> None:
        self._ollamas.of(by.user, account).delete(model)

    def write_with(self, account: str, model: str, by: Actor) -> str:
        """The model's route, which is the first in the order from now on."""
        self._ollamas.of(by.user, account)
        view = next(view for view in self.accounts(by) if view.name == account)
        if view.origin == "stored" and model not in view.models:
            self._providers.save(ProviderAccount(view.name, view.preset, view.base_url, "", (*view.models, model)), by)
        route = f"{account}:{model}"
        self._providers.put_first(route, by)
        return route

    def _begun(self, kind: str, label: str, account: str, model: str, by: Actor) -> Job:
        fingerprint = f"{kind}:{account}:{model}"
        before = self._ledger.by_fingerprint(by.user, fingerprint)
        if before and before.state is JobState.RUNNING:
            return before
        args = {"account": account, "model": model}
        step = NewStep("ask", kind, 0, label)
        job = self._ledger.add(NewJob(kind, by.user, (step,), fingerprint=fingerprint, args=args))
        self._wake(job.id)
        return job

    def _pull(self, job: Job) -> Pull:
        account, model = str(job.args["account"]), str(job.args["model"])
        steps = self._ledger.steps(job.id)
        return Pull(
            account,
            model,
            job.id,
            job.kind == WARM,
            job.state,
            self._board.of(f"{account}:{model}"),
            steps[0].partial if steps else "",
            job.error,
        )
