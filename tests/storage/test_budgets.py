"""Budgets on both engines: what is set aside, what is spent, and that many at once never get more than there is."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from random import Random

import pytest

from writer.domain.budgets import Answer, Budget, Busy, Granted, Hold, JobCap, Refused, Unpriced
from writer.domain.errors import NotFound
from writer.storage import Database, Stores, open_database
from writer.storage.budgets import Budgets

MONTH = "2026-11"
_numbers = count(1)


def a_hold(micros: int | None, person="ada", route="openai:m", job_id="", month=MONTH) -> Hold:
    return Hold(f"h{next(_numbers)}", person, route, month, job_id, micros)


def a_budget(limit: int, **changes: object) -> Budget:
    return Budget(f"b{next(_numbers)}", "ada", limit, **changes)


def spend(stores: Stores, micros: int, **where: object) -> None:
    stores.budgets.settle(a_hold(micros, **where), micros, held=False)


def asked(stores: Stores, hold: Hold, for_s: float = 600) -> Answer:
    return stores.budgets.hold(hold, for_s)


def test_without_any_budget_nothing_is_set_aside_but_what_is_spent_is_known(stores: Stores):
    hold = a_hold(70)

    assert asked(stores, hold) == Granted(held=False)
    stores.budgets.settle(hold, 40, held=False)

    (standing,) = stores.budgets.standings([a_budget(100)], MONTH)
    assert (standing.spent_micros, standing.reserved_micros) == (40, 0)


def test_a_call_that_would_exceed_waits_for_those_in_flight_and_is_refused_when_they_cannot_help(stores: Stores):
    stores.budgets.save(a_budget(100))
    first = a_hold(60)

    assert asked(stores, first) == Granted(held=True)
    assert isinstance(asked(stores, a_hold(60)), Busy)
    stores.budgets.settle(first, 45, held=True)

    refused = asked(stores, a_hold(60))
    assert isinstance(refused, Refused)
    assert refused.by.spent_micros == 45
    assert asked(stores, a_hold(55)) == Granted(held=True)


def test_a_call_that_costs_nothing_is_let_through_by_a_budget_of_nothing(stores: Stores):
    stores.budgets.save(a_budget(0))

    assert isinstance(asked(stores, a_hold(0)), Granted)
    assert isinstance(asked(stores, a_hold(1)), Refused)


@pytest.mark.parametrize(
    ("budget", "covered", "beside"),
    [
        ({"person": "ada"}, {}, {"person": "bob"}),
        ({"route": "openai:m"}, {}, {"route": "gemini:m"}),
        ({"month": MONTH}, {}, {"month": "2026-12"}),
        ({"person": "ada", "route": "openai:m"}, {}, {"person": "bob"}),
        ({}, {"person": "bob", "route": "gemini:m"}, None),
    ],
)
def test_a_budget_covers_its_person_route_and_month_and_nothing_beside(stores: Stores, budget, covered, beside):
    stores.budgets.save(a_budget(10, **budget))

    assert isinstance(asked(stores, a_hold(11, **covered)), Refused)
    if beside:
        assert asked(stores, a_hold(11, **beside)) == Granted(held=False)
        spend(stores, 500, **beside)
    assert isinstance(asked(stores, a_hold(10, **covered)), Granted)


def test_a_budget_of_every_month_begins_anew_each_month(stores: Stores):
    stores.budgets.save(a_budget(10))
    spend(stores, 10)

    assert isinstance(asked(stores, a_hold(1)), Refused)
    assert asked(stores, a_hold(10, month="2026-12")) == Granted(held=True)


def test_calls_without_a_price_are_refused_or_let_through_as_the_budget_says(stores: Stores):
    strict, lax = a_budget(10, route="openai:m"), a_budget(10, route="gemini:m", unpriced=Unpriced.ALLOW)
    stores.budgets.save(strict)
    stores.budgets.save(lax)

    refused = asked(stores, a_hold(None))
    assert isinstance(refused, Refused)
    assert refused.unpriced
    assert asked(stores, a_hold(None, route="gemini:m")) == Granted(held=False)


def test_a_jobs_cap_holds_beside_the_budgets_and_can_be_raised(stores: Stores):
    stores.budgets.set_cap("ada", JobCap("j1", 50, spent_micros=20))

    assert isinstance(asked(stores, a_hold(31, job_id="j1")), Refused)
    assert asked(stores, a_hold(31, job_id="j2")) == Granted(held=False)
    hold = a_hold(30, job_id="j1")
    assert asked(stores, hold) == Granted(held=True)
    stores.budgets.settle(hold, 25, held=True)
    assert stores.budgets.cap("j1") == JobCap("j1", 50, 45)

    stores.budgets.set_cap("ada", JobCap("j1", 80))
    assert stores.budgets.cap("j1") == JobCap("j1", 80, 45)
    assert asked(stores, a_hold(31, job_id="j1")) == Granted(held=True)
    stores.budgets.remove_cap("j1")
    assert stores.budgets.cap("j1") is None


def test_what_a_dead_process_set_aside_counts_as_spent_once_its_time_is_over(stores: Stores):
    stores.budgets.save(a_budget(100))
    stores.budgets.set_cap("ada", JobCap("j1", 200))
    lost = a_hold(60, job_id="j1")
    assert asked(stores, lost, for_s=-1) == Granted(held=True)

    assert isinstance(asked(stores, a_hold(50)), Refused)
    assert stores.budgets.cap("j1") == JobCap("j1", 200, 60)

    stores.budgets.settle(lost, 10, held=True)  # it was only slow
    (standing,) = stores.budgets.standings(stores.budgets.budgets(), MONTH)
    assert (standing.spent_micros, standing.reserved_micros) == (10, 0)
    assert stores.budgets.cap("j1") == JobCap("j1", 200, 10)


def test_many_at_once_never_get_more_than_there_is_and_everything_that_was_spent_is_counted(
    database_url: str, database: Database
):
    limit = 10_000
    Budgets(database).save(a_budget(limit))
    Budgets(database).set_cap("ada", JobCap("j1", limit // 2))

    def work(seed: int) -> int:
        random, spent = Random(seed), 0
        own = open_database(database_url)  # as another process has its own
        try:
            for _ in range(12):
                most = random.randrange(1, 900)
                hold = a_hold(most, route=f"r:{seed % 2}", job_id=random.choice(["", "j1"]))
                if Budgets(own).hold(hold, 600) == Granted(held=True):
                    cost = random.randrange(0, most + 1)
                    Budgets(own).settle(hold, cost, held=True)
                    spent += cost
        finally:
            own.dispose()
        return spent

    with ThreadPoolExecutor(6) as pool:
        spent = sum(pool.map(work, range(6)))

    (standing,) = Budgets(database).standings(Budgets(database).budgets(), MONTH)
    assert (standing.spent_micros, standing.reserved_micros) == (spent, 0)
    assert spent <= limit
    assert Budgets(database).cap("j1").spent_micros <= limit // 2


def test_budgets_are_replaced_and_deleted_and_unknown_ones_are_not_found(stores: Stores):
    budget = a_budget(5, person="ada", month=MONTH)
    stores.budgets.save(budget)
    stores.budgets.save(a_budget(7))
    raised = Budget(budget.id, "ada", 9, "ada", "", MONTH, Unpriced.ALLOW)
    stores.budgets.save(raised)

    assert stores.budgets.budgets()[0] == raised == stores.budgets.budget(budget.id)
    stores.budgets.delete(budget.id)
    with pytest.raises(NotFound):
        stores.budgets.budget(budget.id)
