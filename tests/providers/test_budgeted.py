"""Money is set aside before a vendor is asked, over a real database and a scripted vendor."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.providers.conftest import a_request
from tests.providers.doubles import HandClock, ScriptedProvider
from writer.domain.budgets import Budget, JobCap, Unpriced
from writer.domain.completions import Caller, Finished, Message, StopReason, Tokens, collected
from writer.domain.errors import BudgetReached, PriceUnknown, ProviderUnavailable, kind_of
from writer.domain.usage import UsageEvent
from writer.providers.budgeted import Bound, Budgeted, most_input_tokens
from writer.providers.metered import Metered
from writer.providers.prices import unknown
from writer.storage import Stores

NOVEMBER = datetime(2026, 11, 21, 12, tzinfo=UTC)
ADA = Caller("ada", "j1", "s1")


def a_micro_each(tokens: Tokens) -> tuple[int | None, str]:
    return tokens.input + tokens.output, "test"


def budgeted(stores: Stores, vendor: ScriptedProvider, clock: HandClock | None = None, price_of=a_micro_each, **more):
    clock = clock or HandClock()
    used: list[UsageEvent] = more.pop("used", [])

    def metered(record):
        return Metered(vendor, price_of, record, clock=clock)

    return Budgeted(
        metered,
        stores.budgets,
        Bound(price_of),
        used.append,
        now=lambda: NOVEMBER,
        clock=clock,
        sleep=clock.sleep,
    )


def asking(most: int = 100):
    return replace(a_request(), caller=ADA, max_output_tokens=most)


def spent(stores: Stores) -> tuple[int, int]:
    (standing,) = stores.budgets.standings([Budget("any", "ada", 1)], "2026-11")
    return standing.spent_micros, standing.reserved_micros


async def test_a_call_within_the_budget_is_made_and_what_it_cost_is_booked_once(stores: Stores):
    stores.budgets.save(Budget("b", "ada", 10_000))
    used: list[UsageEvent] = []

    reply = await collected(budgeted(stores, ScriptedProvider(), used=used).stream(asking()))

    assert reply.text == "Hello."
    assert spent(stores) == (15, 0)
    assert [call.cost_micros for call in used] == [15]


async def test_a_call_that_might_exceed_is_not_made_and_the_choices_are_named(stores: Stores):
    stores.budgets.save(Budget("b", "ada", 120, route="test:model"))
    vendor = ScriptedProvider()

    with pytest.raises(BudgetReached) as refused:
        await collected(budgeted(stores, vendor).stream(asking()))

    sentence = str(refused.value)
    assert vendor.requests == []
    assert kind_of(refused.value) == "budget"
    for choice in ("Raise the budget", "another route", "without a model", "1 December 2026", "test:model"):
        assert choice in sentence


async def test_calls_side_by_side_wait_for_each_other_rather_than_exceed(stores: Stores):
    most = most_input_tokens(asking()) + 100
    stores.budgets.save(Budget("b", "ada", most + 30))
    vendor = ScriptedProvider()
    provider = budgeted(stores, vendor)

    replies = await asyncio.gather(*(collected(provider.stream(asking())) for _ in range(3)))

    assert [reply.text for reply in replies] == ["Hello."] * 3
    assert spent(stores) == (45, 0)


async def test_a_job_ends_at_its_cap_and_goes_on_when_it_may_cost_more(stores: Stores):
    most = most_input_tokens(asking()) + 100
    stores.budgets.set_cap("ada", JobCap("j1", most))
    provider = budgeted(stores, ScriptedProvider())

    await collected(provider.stream(asking()))
    with pytest.raises(BudgetReached, match="at most"):
        await collected(provider.stream(asking()))
    assert stores.budgets.cap("j1").spent_micros == 15

    stores.budgets.set_cap("ada", JobCap("j1", most + 15))
    assert (await collected(provider.stream(asking()))).text == "Hello."


async def test_a_price_that_nobody_knows_is_refused_in_words_or_let_through_by_choice(stores: Stores):
    stores.budgets.save(Budget("b", "ada", 120))
    vendor = ScriptedProvider()

    with pytest.raises(PriceUnknown, match="not known"):
        await collected(budgeted(stores, vendor, price_of=unknown).stream(asking()))
    assert vendor.requests == []

    stores.budgets.save(Budget("b", "ada", 120, unpriced=Unpriced.ALLOW))
    assert (await collected(budgeted(stores, vendor, price_of=unknown).stream(asking()))).text == "Hello."


@pytest.mark.parametrize(
    "script", [["text ", ProviderUnavailable("test:model", "reset")], [ProviderUnavailable("t", "x")]]
)
async def test_a_call_that_fails_gives_back_what_it_did_not_cost(stores: Stores, script: list[object]):
    stores.budgets.save(Budget("b", "ada", 10_000))
    used: list[UsageEvent] = []

    with pytest.raises(ProviderUnavailable):
        await collected(budgeted(stores, ScriptedProvider(script), used=used).stream(asking()))

    assert spent(stores) == (used[0].cost_micros, 0)


async def test_a_reader_who_leaves_pays_for_what_came_and_no_more(stores: Stores):
    stores.budgets.save(Budget("b", "ada", 10_000))
    used: list[UsageEvent] = []
    vendor = ScriptedProvider(["one ", "two ", "three"])
    stream = budgeted(stores, vendor, used=used).stream(asking())

    await anext(stream)
    await stream.aclose()

    assert vendor.closed == 1
    assert spent(stores) == (used[0].cost_micros, 0)


async def test_a_dear_reply_is_booked_as_it_was(stores: Stores):
    """A service that bills more than it was asked for: the truth counts, and the next call is refused."""
    stores.budgets.save(Budget("b", "ada", 1000))
    dear = Finished(Tokens(input=10, output=5000), "test:model", StopReason.STOP)
    provider = budgeted(stores, ScriptedProvider(["text", dear]))

    await collected(provider.stream(asking()))

    assert spent(stores) == (5010, 0)
    with pytest.raises(BudgetReached):
        await collected(provider.stream(asking()))


@settings(max_examples=60)
@given(st.lists(st.text(max_size=200), min_size=1, max_size=4))
def test_the_bound_on_tokens_is_never_below_what_a_tokenizer_of_bytes_and_words_makes(texts: list[str]):
    """tiktoken's and SentencePiece's tokens are at least two letters of ASCII prose long; bytes elsewhere."""
    request = replace(a_request(), messages=tuple(Message("user", text) for text in texts))

    words = sum(len(text.split()) for text in texts)
    foreign = sum(
        len(character.encode("utf-8", "surrogatepass")) for t in texts for character in t if character > "\x7f"
    )
    assert most_input_tokens(request) >= foreign
    assert most_input_tokens(request) >= words // 2 + 64
