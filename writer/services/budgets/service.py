"""Budgets as pages, API and commands set and see them."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from writer.domain.actors import Actor, authorize
from writer.domain.budgets import Budget, JobCap, Standing, Unpriced, month_of
from writer.domain.errors import NotFound
from writer.domain.jobs import Job
from writer.domain.ports.budgets import BudgetStore
from writer.domain.ports.jobs import JobLedger
from writer.domain.ports.usage import UsageLedger

_ALL_CALLS = 100_000
_MAY_SET_FOR_ALL = "admin"


class Budgets:
    """Everybody sees the budgets that hold for them. Those of one's own are one's own to change; those of everybody,
    or of somebody else, are an administrator's, or of whoever works here alone."""

    def __init__(
        self,
        store: BudgetStore,
        jobs: JobLedger,
        usage: UsageLedger,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._usage = usage
        self._now = now

    def standings(self, by: Actor, month: str = "", *, of_others: bool = False) -> list[Standing]:
        """Each budget that holds for the asker, in the month given or this one; one for a single month in that one.
        With `of_others` also those of other persons, for whoever may set them."""
        others = of_others and _sets_for_all(by)
        seen = [budget for budget in self._store.budgets() if others or budget.person in ("", by.user)]
        return self._store.standings(seen, month or self.month)

    def standing(self, budget_id: str, by: Actor) -> Standing:
        """Of this month, or of the budget's own."""
        return self._store.standings([self.get(budget_id, by)], self.month)[0]

    def warnings(self, by: Actor, route: str = "") -> list[Standing]:
        """Those of this month that are nearly used up, or wholly; with `route`, only those that a call of it would
        meet. The worst first."""
        near = [
            standing
            for standing in self.standings(by)
            if standing.level != "ok"
            and standing.month == self.month
            and standing.budget.route in ("", route or standing.budget.route)
        ]
        return sorted(near, key=lambda standing: -standing.share)

    @property
    def month(self) -> str:
        """This one, in UTC."""
        return month_of(self._now())

    def get(self, budget_id: str, by: Actor) -> Budget:
        budget = self._store.budget(budget_id)
        if budget.person not in ("", by.user) and not _sets_for_all(by):
            raise NotFound("There is no such budget.")
        return budget

    def add(
        self,
        limit_micros: int,
        by: Actor,
        *,
        person: str = "",
        route: str = "",
        month: str = "",
        unpriced: Unpriced = Unpriced.REFUSE,
    ) -> Budget:
        budget = Budget(uuid.uuid4().hex, by.user, limit_micros, person, route.strip(), month, unpriced)
        self._check(budget, by)
        self._store.save(budget)
        return budget

    def put(
        self, limit_micros: int, by: Actor, *, route: str = "", month: str = "", unpriced: Unpriced | str | None = None
    ) -> Budget:
        """Of everybody; the one that is there for the same route and month is changed."""
        wanted = Unpriced(unpriced) if unpriced else None
        for there in self._store.budgets():
            if (there.person, there.route, there.month) == ("", route.strip(), month):
                return self.change(there.id, by, limit_micros=limit_micros, unpriced=wanted)
        return self.add(limit_micros, by, route=route, month=month, unpriced=wanted or Unpriced.REFUSE)

    def change(self, budget_id: str, by: Actor, *, limit_micros: int, unpriced: Unpriced | None = None) -> Budget:
        """What it is for stays: that would be another budget."""
        budget = self.get(budget_id, by)
        self._check(budget, by)
        changed = replace(budget, limit_micros=limit_micros, unpriced=unpriced or budget.unpriced)
        self._store.save(changed)
        return changed

    def delete(self, budget_id: str, by: Actor) -> None:
        self._check(self.get(budget_id, by), by)
        self._store.delete(budget_id)

    def cap(self, job_id: str, by: Actor) -> JobCap | None:
        self._job(job_id, by)
        return self._store.cap(job_id)

    def set_cap(self, job_id: str, micros: int | None, by: Actor) -> None:
        """What the job has spent so far counts; None takes the cap away. A job in the middle of its work is capped
        from its next call on."""
        self.cap_job(self._job(job_id, by), micros)

    def cap_job(self, job: Job, micros: int | None) -> None:
        """For whoever has found out that the job is the asker's."""
        if micros is None:
            self._store.remove_cap(job.id)
            return
        calls = (
            self._usage.calls(job.owner_id, job_id=job.id, limit=_ALL_CALLS) if self._store.cap(job.id) is None else []
        )
        spent = sum(call.cost_micros or 0 for call in calls)
        self._store.set_cap(job.owner_id, JobCap(job.id, micros, spent))

    def _job(self, job_id: str, by: Actor) -> Job:
        job = self._jobs.job(job_id)
        authorize(by, "write", job.owner_id, "job")
        return job

    def _check(self, budget: Budget, by: Actor) -> None:
        if _sets_for_all(by):
            return
        if budget.person != by.user or budget.owner_id != by.user:
            raise NotFound("There is no such budget that you may change: ask whoever set it.")


def _sets_for_all(by: Actor) -> bool:
    return by.credential == "local" or _MAY_SET_FOR_ALL in by.roles
