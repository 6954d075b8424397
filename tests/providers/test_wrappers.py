"""Fallback, cache, meter, limits and deadlines."""

import asyncio
import logging
from contextlib import aclosing
from datetime import UTC, datetime

import pytest

from tests.providers.conftest import a_request
from tests.providers.doubles import USED, HandClock, ScriptedProvider
from tests.support.reply_memory import Memory
from tests.support.scripted_server import NEVER_ENDING, SILENT, Reply, ScriptedServer
from writer.domain.completions import Caller, Finished, Purpose, StopReason, TextDelta, Tokens, collected
from writer.domain.errors import (
    AuthenticationFailed,
    CircuitOpen,
    ProviderTimeout,
    ProviderUnavailable,
    RequestRejected,
    StreamInterrupted,
)
from writer.domain.ports.settings import ProviderAccount
from writer.domain.usage import Outcome, UsageEvent
from writer.providers import prices
from writer.providers.breaker import Breaker, Permit
from writer.providers.cached import Cached
from writer.providers.deadline import Deadline
from writer.providers.fallback import Candidate, Fallback
from writer.providers.limited import Bulkhead, Limited
from writer.providers.metered import Metered
from writer.providers.presets import Limits
from writer.providers.registry import Registry
from writer.providers.watched import Watched

DOWN = ProviderUnavailable("a:m", "connection reset")
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def fallback(*providers: ScriptedProvider) -> Fallback:
    return Fallback([Candidate(provider, Breaker()) for provider in providers])


async def test_the_next_route_answers_and_says_so(caplog: pytest.LogCaptureFixture):
    first, second = ScriptedProvider([DOWN], route="a:m"), ScriptedProvider(["From b."], route="b:m")

    with caplog.at_level(logging.WARNING):
        reply = await collected(fallback(first, second).stream(a_request()))

    assert (reply.text, reply.finished.route) == ("From b.", "b:m")
    (record,) = caplog.records
    assert (record.from_route, record.to_route, record.purpose) == ("a:m", "b:m", "section")


async def test_after_the_first_text_no_other_route_goes_on():
    first = ScriptedProvider(["Half a ", StreamInterrupted("a:m", "cut", text="Half a ")], route="a:m")
    second = ScriptedProvider(["From b."], route="b:m")

    with pytest.raises(StreamInterrupted):
        await collected(fallback(first, second).stream(a_request()))

    assert second.requests == []


async def test_when_all_fail_the_error_that_time_may_cure_is_told():
    wrong_key = ScriptedProvider([AuthenticationFailed("a:m", "no")], route="a:m")
    down = ScriptedProvider([ProviderUnavailable("b:m", "down")], route="b:m")

    with pytest.raises(ProviderUnavailable) as caught:
        await collected(fallback(wrong_key, down).stream(a_request()))

    assert caught.value.__notes__ == ["a:m: no"]


def resting(route: str, rest_s: float, clock: HandClock) -> tuple[ScriptedProvider, Candidate]:
    breaker = Breaker(clock=clock)
    breaker.trip(rest_s, "down")
    provider = ScriptedProvider([CircuitOpen(route, "resting", retry_in=rest_s)], ["Back early."], route=route)
    return provider, Candidate(provider, breaker)


async def test_when_every_route_rests_the_one_that_is_back_first_is_tried_once():
    clock = HandClock()
    (long, first), (short, second) = resting("a:m", 100, clock), resting("b:m", 10, clock)

    reply = await collected(Fallback([first, second]).stream(a_request()))

    assert reply.finished.route == "b:m"
    assert (len(long.requests), len(short.requests)) == (1, 2)
    assert isinstance(second.breaker.admit(), Permit)


async def test_a_single_route_that_rests_is_not_tried_early():
    provider, candidate = resting("a:m", 100, HandClock())

    with pytest.raises(CircuitOpen):
        await collected(Fallback([candidate]).stream(a_request()))

    assert len(provider.requests) == 1


async def test_the_same_question_of_the_same_person_is_answered_from_memory(used: list[UsageEvent]):
    inner = ScriptedProvider(["First."], ["Second."])
    cached = Cached(inner, Memory(), "test:model", used.append, now=lambda: NOON)

    first = await collected(cached.stream(a_request()))
    again = await collected(cached.stream(a_request()))

    assert (first.text, again.text, again.finished.cached) == ("First.", "First.", True)
    assert [(event.cached, event.cost_micros, event.tokens) for event in used] == [(True, 0, Tokens())]


async def test_the_test_of_a_route_asks_the_route_and_not_the_memory(used: list[UsageEvent]):
    inner = ScriptedProvider(["First."], ["Second."])
    cached = Cached(inner, Memory(), "test:model", used.append)
    await collected(cached.stream(a_request(purpose=Purpose.TEST)))

    assert (await collected(cached.stream(a_request(purpose=Purpose.TEST)))).text == "Second."


@pytest.mark.parametrize(
    "change",
    [{"caller": Caller("eve")}, {"temperature": 0.9}, {"max_output_tokens": 9}, {"reply_schema": "{}"}],
    ids=lambda change: next(iter(change)),
)
async def test_another_person_or_question_is_asked_anew(change: dict[str, object], used: list[UsageEvent]):
    inner = ScriptedProvider(["First."], ["Second."])
    cached = Cached(inner, Memory(), "test:model", used.append)
    await collected(cached.stream(a_request()))

    assert (await collected(cached.stream(a_request(**change)))).text == "Second."


@pytest.mark.parametrize("reason", [StopReason.LENGTH, StopReason.CONTENT_FILTER])
async def test_a_reply_that_was_cut_is_not_remembered(reason: StopReason, used: list[UsageEvent]):
    inner = ScriptedProvider(["Cut", Finished(USED, "test:model", reason)], ["Whole."])
    cached = Cached(inner, Memory(), "test:model", used.append)
    await collected(cached.stream(a_request()))

    assert (await collected(cached.stream(a_request()))).text == "Whole."


def test_memory_forgets_what_was_asked_for_longest_ago():
    memory = Memory(size=2)
    for key in "abc":
        memory.put(key, None)

    assert len(memory._replies) == 2


def metered(inner: ScriptedProvider, used: list[UsageEvent], clock: HandClock) -> Metered:
    return Metered(inner, prices.listed("openai", "gpt-4.1-mini"), used.append, clock=clock, now=lambda: NOON)


async def test_a_finished_call_is_counted_and_priced(used: list[UsageEvent]):
    tokens = Tokens(input=1_000_000, output=1_000_000)
    inner = ScriptedProvider(["Hello.", Finished(tokens, "test:model", StopReason.STOP)])

    await collected(metered(inner, used, HandClock()).stream(a_request(prompt_version="section@3")))

    (event,) = used
    assert (event.outcome, event.tokens, event.error) == (Outcome.OK, tokens, "")
    assert event.cost_micros == 2_000_000  # 0.40 and 1.60 dollars a million
    assert event.price_version.startswith("genai-prices ")
    assert (event.at, event.caller.step, event.purpose) == (NOON, "s1", Purpose.SECTION)
    assert event.prompt_version == "section@3"
    assert event.first_token_ms == 0


async def test_a_call_that_is_refused_costs_nothing(used: list[UsageEvent]):
    with pytest.raises(RequestRejected):
        await collected(metered(ScriptedProvider([RequestRejected("t", "400")]), used, HandClock()).stream(a_request()))

    (event,) = used
    assert (event.outcome, event.error, event.tokens, event.cost_micros) == (
        Outcome.FAILED,
        "RequestRejected",
        Tokens(),
        0,
    )


async def test_a_call_that_breaks_is_estimated_and_marked_as_wasted(used: list[UsageEvent]):
    with pytest.raises(ProviderUnavailable):
        await collected(metered(ScriptedProvider(["x" * 40, DOWN]), used, HandClock()).stream(a_request("y" * 80)))

    (event,) = used
    assert event.tokens == Tokens(input=20, output=10, estimated=True)
    assert (event.wasted, event.outcome) == (True, Outcome.FAILED)


async def test_a_call_that_is_stopped_is_counted(used: list[UsageEvent]):
    async with aclosing(metered(ScriptedProvider(["one ", "two "]), used, HandClock()).stream(a_request())) as events:
        await anext(events)

    (event,) = used
    assert (event.outcome, event.error, event.tokens.estimated) == (Outcome.STOPPED, "", True)


async def test_a_sign_of_life_is_not_the_first_text(used: list[UsageEvent]):
    clock = HandClock()

    async for event in metered(ScriptedProvider(["", "Well."]), used, clock).stream(a_request()):
        clock.now += 2 if event == TextDelta("") else 0

    assert used[0].first_token_ms == 2000


async def test_usage_that_was_never_told_is_estimated(used: list[UsageEvent]):
    untold = Finished(Tokens(estimated=True), "test:model", StopReason.STOP)

    reply = await collected(
        metered(ScriptedProvider(["x" * 40, untold]), used, HandClock()).stream(a_request("y" * 80))
    )

    assert reply.finished.tokens == used[0].tokens == Tokens(input=20, output=10, estimated=True)


def test_an_unknown_price_is_none_and_a_local_one_is_nothing():
    spent = Tokens(input=10, output=10)

    assert prices.listed("openai", "no-such-model-anywhere")(spent) == (None, "")
    assert prices.listed("", "llama3.2")(spent) == (None, "")
    assert prices.nothing(spent) == (0, "")


async def test_no_more_calls_than_slots_are_out_at_once(server: ScriptedServer):
    server.script = Reply(hold_after=1)
    registry = Registry(
        lambda _: [ProviderAccount("openai", "openai", server.url, "k")], lambda _: None, limits=Limits(slots=2)
    )
    provider = registry.provider("ada", ["openai:gpt-4.1-mini"])

    calls = [asyncio.create_task(collected(provider.stream(a_request(str(i))))) for i in range(5)]
    await server.until(lambda: server.open == 2)
    server.release()
    await asyncio.gather(*calls)
    await registry.aclose()

    assert server.peak == 2
    assert len(server.requests) == 5


async def test_slots_are_shared_between_event_loops():
    bulkhead = Bulkhead(1)
    await bulkhead.enter()

    async def elsewhere() -> None:
        await bulkhead.enter()
        bulkhead.leave()

    other = asyncio.create_task(asyncio.to_thread(asyncio.run, elsewhere()))
    await asyncio.sleep(0)
    assert not other.done()
    bulkhead.leave()

    await other


async def test_a_caller_who_gives_up_waiting_takes_no_slot():
    bulkhead = Bulkhead(1)
    await bulkhead.enter()
    waiting = asyncio.create_task(bulkhead.enter())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])

    bulkhead.leave()

    await bulkhead.enter()


async def test_tokens_beyond_the_minutes_allowance_wait_for_the_next():
    clock = HandClock()
    limited = Limited(ScriptedProvider(), Bulkhead(9, 1000, clock=clock), sleep=clock.sleep)
    big = a_request("x" * 1600, max_output_tokens=200)  # expects 600

    await collected(limited.stream(big))
    await collected(limited.stream(big))  # the first one used 15 in the end
    await collected(limited.stream(a_request("x" * 3600, max_output_tokens=80)))  # expects 980

    assert clock.slept == [60.0]


async def test_a_request_larger_than_the_allowance_goes_alone():
    clock = HandClock()
    limited = Limited(ScriptedProvider(), Bulkhead(9, 100, clock=clock), sleep=clock.sleep)

    await collected(limited.stream(a_request("x" * 4000)))

    assert clock.slept == []


class Slow:
    """Says "one ", "two " and then nothing."""

    route = "slow:m"

    def __init__(self, words: int = 2) -> None:
        self._words = words

    async def stream(self, request):
        for word in ("one ", "two ")[: self._words]:
            yield TextDelta(word)
        await asyncio.Event().wait()


async def test_silence_before_the_first_token_is_a_timeout():
    with pytest.raises(ProviderTimeout, match="nothing came"):
        await collected(Watched(Slow(0), first_token_s=0.01, idle_s=99).stream(a_request()))


async def test_silence_between_chunks_is_a_timeout():
    with pytest.raises(ProviderTimeout, match="nothing came"):
        await collected(Watched(Slow(), first_token_s=99, idle_s=0.01).stream(a_request()))


async def test_the_readers_own_slowness_is_not_the_services():
    watched = Watched(ScriptedProvider(["one ", "two "]), first_token_s=0.02, idle_s=0.02)
    pieces = []

    async for event in watched.stream(a_request()):
        pieces.append(event)
        await asyncio.sleep(0.05)

    assert len(pieces) == 3


async def test_a_stream_without_an_end_is_a_failure():
    with pytest.raises(ProviderUnavailable, match="complete"):
        await collected(Watched(ScriptedProvider(["one ", None]), 1, 1).stream(a_request()))


async def test_the_whole_is_bounded_and_keeps_what_came():
    with pytest.raises(StreamInterrupted) as caught:
        await collected(Deadline(Slow(), 0.02).stream(a_request()))

    assert caught.value.text == "one two "


async def test_the_whole_is_bounded_before_the_first_text_too():
    with pytest.raises(ProviderTimeout):
        await collected(Deadline(Slow(0), 0.02).stream(a_request()))


async def test_stop_is_not_taken_for_a_timeout():
    call = asyncio.create_task(collected(Deadline(Watched(Slow(), 9, 9), 9).stream(a_request())))
    await asyncio.sleep(0)
    call.cancel()

    await asyncio.wait([call])

    assert call.cancelled()


@pytest.mark.parametrize("script", [SILENT, NEVER_ENDING], ids=["before", "after"])
async def test_a_silent_service_is_left_and_its_connection_closed(server: ScriptedServer, script: Reply):
    server.script = script
    registry = Registry(
        lambda _: [ProviderAccount("openai", "openai", server.url, "k")],
        lambda _: None,
        limits=Limits(first_token_s=0.5, idle_s=0.2, whole_s=1.0),
    )

    with pytest.raises((ProviderTimeout, StreamInterrupted)):
        await collected(registry.provider("ada", ["openai:gpt-4.1-mini"]).stream(a_request()))
    await registry.aclose()

    await server.until(lambda: all(asked.disconnected_at for asked in server.requests))
