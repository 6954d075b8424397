import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.providers.conftest import a_request
from tests.providers.doubles import HandClock, ScriptedProvider
from tests.support.scripted_server import Reply, ScriptedServer, failing, rate_limited
from writer.domain.completions import TextDelta, collected
from writer.domain.errors import (
    AuthenticationFailed,
    CircuitOpen,
    ProviderError,
    ProviderTimeout,
    ProviderUnavailable,
    QuotaExhausted,
    RateLimited,
    RequestRejected,
    RetryLater,
    StreamInterrupted,
)
from writer.domain.ports.settings import ProviderAccount
from writer.providers.registry import Registry
from writer.providers.retried import Retried, RetryPolicy, Traffic

DOWN = ProviderUnavailable("test:model", "connection reset")


def retried(inner: ScriptedProvider, clock: HandClock, chance: float = 1.0, traffic: Traffic | None = None) -> Retried:
    traffic = traffic or Traffic(least=10, clock=clock)
    return Retried(inner, RetryPolicy(), traffic, sleep=clock.sleep, clock=clock, random=lambda: chance)


async def test_a_failure_before_the_first_text_is_tried_again():
    inner = ScriptedProvider([DOWN], [DOWN], ["At last."])

    reply = await collected(retried(inner, HandClock()).stream(a_request()))

    assert reply.text == "At last."
    assert len(inner.requests) == 3


async def test_nothing_is_retried_once_the_reader_has_seen_text():
    inner = ScriptedProvider(["The first ", "words", DOWN], ["never asked for"])

    with pytest.raises(StreamInterrupted) as caught:
        await collected(retried(inner, HandClock()).stream(a_request()))

    assert caught.value.text == "The first words"
    assert len(inner.requests) == 1


@pytest.mark.parametrize(("patient", "attempts"), [(False, 3), (True, 6)])
async def test_somebody_who_waits_gets_three_attempts_and_batch_work_six(patient: bool, attempts: int):
    inner = ScriptedProvider([DOWN])

    with pytest.raises(ProviderUnavailable):
        await collected(retried(inner, HandClock()).stream(a_request(patient=patient)))

    assert len(inner.requests) == attempts


@pytest.mark.parametrize(
    ("chance", "waits"), [(1.0, [0.5, 1, 2, 4, 8]), (0.0, [0, 0, 0, 0, 0]), (0.5, [0.25, 0.5, 1, 2, 4])]
)
async def test_waits_are_anywhere_up_to_a_doubling_limit(chance: float, waits: Sequence[float]):
    clock = HandClock()

    with pytest.raises(ProviderUnavailable):
        await collected(retried(ScriptedProvider([DOWN]), clock, chance).stream(a_request(patient=True)))

    assert clock.slept == waits


async def test_no_wait_is_longer_than_twenty_seconds():
    clock = HandClock()
    many = RetryPolicy(patient_attempts=9)
    provider = Retried(
        ScriptedProvider([DOWN]), many, Traffic(least=99, clock=clock), sleep=clock.sleep, clock=clock, random=lambda: 1
    )

    with pytest.raises(ProviderUnavailable):
        await collected(provider.stream(a_request(patient=True)))

    assert max(clock.slept) == 20


@pytest.mark.parametrize(
    "error",
    [
        RequestRejected("test:model", "too long"),
        AuthenticationFailed("test:model", "no"),
        QuotaExhausted("test:model", "no credit"),
        CircuitOpen("test:model", "resting", retry_in=5),
        StreamInterrupted("test:model", "loops", text=""),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_no_second_try_can_cure_is_not_tried_again(error: ProviderError):
    inner = ScriptedProvider([error])

    with pytest.raises(type(error)):
        await collected(retried(inner, HandClock()).stream(a_request()))

    assert len(inner.requests) == 1


async def test_the_wait_that_was_asked_for_is_kept_and_a_little_more():
    clock = HandClock()
    inner = ScriptedProvider([RateLimited("test:model", "slow down", retry_after=10)], ["Fine."])

    await collected(retried(inner, clock, chance=0.5).stream(a_request()))

    assert clock.slept == [10 + 0.5 * (1 + 0.3)]


@pytest.mark.parametrize("asked", [61.0, 600.0])
async def test_a_wait_of_more_than_a_minute_is_left_to_somebody_who_can_come_back(asked: float):
    clock = HandClock()
    inner = ScriptedProvider([RateLimited("test:model", "slow down", retry_after=asked)])

    with pytest.raises(RetryLater) as caught:
        await collected(retried(inner, clock).stream(a_request()))

    assert caught.value.retry_in >= asked
    assert clock.slept == []


async def test_a_wait_beyond_the_deadline_is_not_begun():
    clock = HandClock()
    policy = RetryPolicy(whole_s=5)
    inner = ScriptedProvider([RateLimited("test:model", "slow down", retry_after=10)])
    provider = Retried(inner, policy, Traffic(clock=clock), sleep=clock.sleep, clock=clock, random=lambda: 0)

    with pytest.raises(RetryLater):
        await collected(provider.stream(a_request()))

    assert clock.slept == []


async def test_three_retries_a_minute_are_always_allowed_and_then_a_fifth_of_the_calls():
    clock = HandClock()
    traffic = Traffic(clock=clock)
    for _ in range(10):
        traffic.called()

    assert [traffic.may_retry() for _ in range(4)] == [True, True, True, False]
    for _ in range(10):
        traffic.called()
    assert [traffic.may_retry() for _ in range(2)] == [True, False]
    clock.now += 61
    assert traffic.may_retry()


async def test_without_budget_the_failure_is_passed_on():
    clock = HandClock()
    inner = ScriptedProvider([DOWN])

    with pytest.raises(ProviderUnavailable):
        await collected(retried(inner, clock, traffic=Traffic(least=0, clock=clock)).stream(a_request()))

    assert len(inner.requests) == 1


async def test_a_retry_waits_until_nobody_else_is_waiting_for_the_first_word():
    clock = HandClock()
    traffic = Traffic(clock=clock)
    inner = ScriptedProvider([DOWN], ["Fine."])
    traffic.start()

    with traffic.pending():
        call = asyncio.create_task(collected(retried(inner, clock, traffic=traffic).stream(a_request())))
        for _ in range(20):
            await asyncio.sleep(0)
        asked_while_another_waited = len(inner.requests)

    assert (await call).text == "Fine."
    assert asked_while_another_waited == 1


async def test_a_timeout_before_the_first_text_is_tried_again():
    inner = ScriptedProvider([ProviderTimeout("test:model", "silent")], ["Fine."])

    assert (await collected(retried(inner, HandClock()).stream(a_request()))).text == "Fine."


async def test_a_stream_that_is_closed_closes_what_it_wraps():
    inner = ScriptedProvider(["one ", "two ", "three"])
    stream = retried(inner, HandClock()).stream(a_request())

    assert await anext(stream) == TextDelta("one ")
    await stream.aclose()

    assert inner.closed == 1


@pytest.mark.parametrize("parallel", [1, 2, 4, 5, 6])
async def test_a_dead_provider_gets_at_most_six_requests_from_parallel_calls(server: ScriptedServer, parallel: int):
    server.script = failing(503)
    registry = Registry(lambda _: [ProviderAccount("openai", "openai", server.url, "k")], lambda _: None)
    provider = registry.provider("ada", ["openai:gpt-4.1-mini"])

    outcomes = await asyncio.gather(
        *(collected(provider.stream(a_request(f"call {i}"))) for i in range(parallel)), return_exceptions=True
    )
    await registry.aclose()

    assert all(isinstance(outcome, ProviderError) for outcome in outcomes)
    assert len(server.requests) <= 6


async def test_failures_that_come_one_after_the_other_cause_no_storm_either(server: ScriptedServer):
    server.script = lambda asked: replace(failing(503), first_s=0.02 * asked.number)
    registry = Registry(
        lambda _: [ProviderAccount("openai", "openai", server.url, "k")], lambda _: None, random=lambda: 0.0
    )
    provider = registry.provider("ada", ["openai:gpt-4.1-mini"])

    await asyncio.gather(*(collected(provider.stream(a_request(str(i)))) for i in range(6)), return_exceptions=True)
    await registry.aclose()

    assert len(server.requests) == 6


@pytest.mark.parametrize("form", ["seconds", "date", "ms"])
async def test_a_rate_limit_is_waited_for_and_then_the_call_works(server: ScriptedServer, form: str):
    clock = HandClock()
    server.script = [rate_limited(20, form), Reply("Here.")]
    registry = Registry(
        lambda _: [ProviderAccount("openai", "openai", server.url, "k")],
        lambda _: None,
        sleep=clock.sleep,
        clock=clock,
        random=lambda: 0.5,
    )

    reply = await collected(registry.provider("ada", ["openai:gpt-4.1-mini"]).stream(a_request()))
    await registry.aclose()

    assert reply.text == "Here."
    assert len(clock.slept) == 1
    assert 18 < clock.slept[0] < 22.5


async def test_stop_ends_a_patient_request_while_it_waits_for_its_next_attempt():
    waiting = asyncio.Event()

    async def wait_for_ever(seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    patient = Retried(ScriptedProvider([DOWN]), RetryPolicy(), Traffic(), sleep=wait_for_ever)
    asking = asyncio.create_task(collected(patient.stream(a_request(patient=True))))
    await waiting.wait()

    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(asking, 30)
