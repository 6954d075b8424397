import asyncio
from contextlib import aclosing
from functools import partial

import pytest

from tests.providers.conftest import a_request
from tests.providers.doubles import Board, HandClock, ScriptedProvider
from writer.domain.completions import Purpose, collected
from writer.domain.errors import (
    AuthenticationFailed,
    CircuitOpen,
    ProviderError,
    ProviderTimeout,
    ProviderUnavailable,
    QuotaExhausted,
    RateLimited,
    RequestRejected,
    StorageError,
    StreamInterrupted,
)
from writer.domain.ports.settings import RouteHealth
from writer.providers.breaker import Breaker, State
from writer.providers.cooldown import Cooldown
from writer.providers.guarded import Guarded
from writer.providers.health import Health, limited_key, unusable_key
from writer.storage import Database, Stores
from writer.storage.health import Health as StoredHealth

DOWN = ProviderUnavailable("test:model", "connection reset")


def guarded(inner: ScriptedProvider, clock: HandClock, board: Board | None = None) -> Guarded:
    health = Health(board, clock=clock)
    breaker, cooldown = Breaker(clock=clock, random=lambda: 0.0), Cooldown(clock=clock)
    health.follow("b", breaker.trip)
    health.follow(limited_key("c"), cooldown.rest_for)
    for kind in (AuthenticationFailed, QuotaExhausted):
        health.follow(unusable_key("c", kind), partial(cooldown.unusable, kind), cooldown.forgive)
    return Guarded(inner, breaker, cooldown, health, breaker_key="b", cooldown_key="c", clock=clock)


async def asked(provider: Guarded, times: int = 1, **changes: object) -> list[object]:
    calls = [collected(provider.stream(a_request(**changes))) for _ in range(times)]
    return [(await asyncio.gather(call, return_exceptions=True))[0] for call in calls]


@pytest.mark.parametrize(
    "broken",
    [[DOWN], ["text ", DOWN], ["text ", None], [ProviderTimeout("t", "x")], [StreamInterrupted("t", "x", text="")]],
)
async def test_failures_before_and_after_the_first_text_open_it(broken: list[object]):
    if broken[-1] is None:
        broken = [broken[0], ProviderUnavailable("t", "unfinished")]
    provider = guarded(ScriptedProvider(broken), HandClock())

    await asked(provider, 5)

    assert provider.breaker.state is State.OPEN
    (refused,) = await asked(provider)
    assert isinstance(refused, CircuitOpen)
    assert 0 < refused.retry_in <= 30


@pytest.mark.parametrize(
    "error",
    [
        RequestRejected("t", "400"),
        RateLimited("t", "429", retry_after=0),
        AuthenticationFailed("t", "401"),
        QuotaExhausted("t", "402"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_is_not_the_providers_health_leaves_it_closed(error: ProviderError):
    provider = guarded(ScriptedProvider([error]), HandClock())

    await asked(provider, 8, purpose=Purpose.TEST)

    assert provider.breaker.state is State.CLOSED


async def test_pressing_stop_five_times_leaves_it_closed():
    provider = guarded(ScriptedProvider(["one ", "two "]), HandClock())

    for _ in range(5):
        async with aclosing(provider.stream(a_request())) as events:
            await anext(events)

    assert provider.breaker.state is State.CLOSED


async def test_five_cancelled_calls_leave_it_closed():
    provider = guarded(ScriptedProvider(["one "] * 1000), HandClock())

    for _ in range(5):
        call = asyncio.create_task(collected(provider.stream(a_request())))
        await asyncio.sleep(0.001)
        call.cancel()
        await asyncio.wait([call])

    assert provider.breaker.state is State.CLOSED


async def test_ten_callers_at_once_send_one_probe():
    clock = HandClock()
    inner = ScriptedProvider([DOWN])
    provider = guarded(inner, clock)
    await asked(provider, 5)
    clock.now += 31
    inner.requests.clear()

    await asyncio.gather(*(asked(provider) for _ in range(10)))

    assert len(inner.requests) == 1


async def test_after_a_429_nobody_asks_until_the_time_is_over():
    clock = HandClock()
    inner = ScriptedProvider([RateLimited("t", "429", retry_after=7)], ["Fine."])
    provider = guarded(inner, clock)
    await asked(provider)

    (refused,) = await asked(provider)
    asked_meanwhile = len(inner.requests)
    clock.now += 7

    assert isinstance(refused, RateLimited)
    assert refused.retry_after == pytest.approx(7)
    assert asked_meanwhile == 1
    assert not isinstance((await asked(provider))[0], ProviderError)


async def test_a_429_that_names_no_time_gets_a_growing_one():
    clock = HandClock()
    provider = guarded(ScriptedProvider([RateLimited("t", "429")]), clock)
    rests = []

    for _ in range(3):
        (refused,) = await asked(provider)
        rests.append(refused.retry_after)
        clock.now += refused.retry_after

    assert rests == [1, 2, 4]


async def test_three_429s_in_a_row_count_as_open():
    clock = HandClock()
    provider = guarded(ScriptedProvider([RateLimited("t", "429", retry_after=5)]), clock)
    for _ in range(3):
        await asked(provider)
        clock.now += 5
    clock.now -= 5

    (refused,) = await asked(provider)

    assert isinstance(refused, CircuitOpen)


async def test_six_429s_of_one_burst_are_one_in_a_row():
    clock = HandClock()
    provider = guarded(ScriptedProvider([RateLimited("t", "429", retry_after=5)]), clock)

    async def ask() -> None:
        await asked(provider)

    await asyncio.gather(*(ask() for _ in range(6)))

    assert isinstance((await asked(provider))[0], RateLimited)


@pytest.mark.parametrize("error", [AuthenticationFailed("t", "wrong key"), QuotaExhausted("t", "no credit")])
async def test_a_key_that_does_not_work_is_left_alone_for_ten_minutes(error: ProviderError):
    clock = HandClock()
    inner = ScriptedProvider([error])
    provider = guarded(inner, clock)
    await asked(provider)

    (again,) = await asked(provider)
    assert isinstance(again, type(error))
    assert len(inner.requests) == 1

    clock.now += 601
    await asked(provider)
    assert len(inner.requests) == 2


async def test_a_test_of_the_settings_reaches_a_key_that_did_not_work():
    inner = ScriptedProvider([AuthenticationFailed("t", "wrong key")], ["It works now."])
    provider = guarded(inner, HandClock())
    await asked(provider)

    await asked(provider, purpose=Purpose.TEST)
    (reply,) = await asked(provider)

    assert not isinstance(reply, Exception)
    assert len(inner.requests) == 3


async def test_replicas_rest_together():
    clock = HandClock()
    board = Board(clock)
    here, there = ScriptedProvider([DOWN]), ScriptedProvider(["never asked for"])
    first, second = guarded(here, clock, board), guarded(there, clock, board)
    await asked(first, 5)

    (refused,) = await asked(second)

    assert isinstance(refused, CircuitOpen)
    assert there.requests == []


async def test_over_two_replicas_exactly_one_call_probes():
    clock = HandClock()
    board = Board(clock)
    inner = ScriptedProvider([DOWN])
    replicas = [guarded(inner, clock, board) for _ in range(2)]
    await asked(replicas[0], 5)
    await asked(replicas[1])
    clock.now += 31
    inner.requests.clear()

    await asyncio.gather(*(asked(replicas[i % 2]) for i in range(10)))

    assert len(inner.requests) == 1


async def test_a_failed_probe_lets_the_next_one_go_when_its_own_rest_is_over():
    clock = HandClock()
    board = Board(clock)
    inner = ScriptedProvider([DOWN])
    provider = guarded(inner, clock, board)
    await asked(provider, 5)

    for rest in (31, 61):
        clock.now += rest
        inner.requests.clear()
        await asked(provider)

    assert len(inner.requests) == 1


async def test_a_stopped_probe_is_free_for_the_other_replica():
    clock = HandClock()
    board = Board(clock)
    inner = ScriptedProvider([DOWN])
    first, second = (guarded(inner, clock, board) for _ in range(2))
    await asked(first, 5)
    await asked(second)
    clock.now += 31
    waiting = ScriptedProvider([asyncio.CancelledError()])
    first._inner = waiting
    await asked(first)

    inner.requests.clear()
    await asked(second)

    assert (len(waiting.requests), len(inner.requests)) == (1, 1)


async def test_the_board_is_read_at_most_once_a_second():
    clock = HandClock()
    board = Board(clock)
    provider = guarded(ScriptedProvider(["Fine."]), clock, board)

    await asked(provider, 20)
    reads = board.reads
    clock.now += 1
    await asked(provider)

    assert (reads, board.reads) == (1, 2)


class DownBoard:
    def publish(self, key: str, open_for: float, reason: str) -> None:
        raise StorageError("the database is locked")

    def read(self) -> list[RouteHealth]:
        raise StorageError("the database is locked")

    def take_probe(self, key: str, owner: str, for_s: float) -> bool:
        raise StorageError("the database is locked")


async def test_a_board_that_is_down_leaves_the_local_decision():
    clock = HandClock()
    inner = ScriptedProvider(*[[DOWN]] * 5, ["Back."])
    provider = guarded(inner, clock, DownBoard())
    await asked(provider, 5)
    (refused,) = await asked(provider)
    clock.now += 31
    (reply,) = await asked(provider)

    assert isinstance(refused, CircuitOpen)
    assert not isinstance(reply, Exception)


async def test_replicas_share_a_real_database(database: Database):
    clock = HandClock()
    here, there = ScriptedProvider([DOWN]), ScriptedProvider(["never asked for"])
    first, second = (guarded(inner, clock, StoredHealth(database)) for inner in (here, there))
    await asked(first, 5)

    (refused,) = await asked(second)

    assert isinstance(refused, CircuitOpen)
    assert there.requests == []


async def test_a_real_database_lends_the_probe_to_exactly_one(database: Database):
    replicas = [Health(StoredHealth(database), me=str(i)) for i in range(10)]

    lent = await asyncio.gather(*(replica.may_probe("some key", 60) for replica in replicas))

    assert lent.count(True) == 1


@pytest.mark.parametrize(
    "refused", [AuthenticationFailed("test:model", "wrong key"), QuotaExhausted("test:model", "no credit")], ids=repr
)
async def test_a_refused_key_is_refused_by_every_replica_with_the_services_own_words(refused: ProviderError):
    clock = HandClock()
    board = Board(clock)
    here, there = ScriptedProvider([refused]), ScriptedProvider(["never asked for"])
    first, second = (guarded(inner, clock, board) for inner in (here, there))

    await asked(first)
    errors = [*await asked(first), *await asked(second)]

    assert [(type(error), str(error)) for error in errors] == [(type(refused), str(refused))] * 2
    assert (len(here.requests), len(there.requests)) == (1, 0)


async def test_what_a_person_pardons_in_one_replica_is_asked_again_by_all(database: Database):
    clock = HandClock()
    here = ScriptedProvider([AuthenticationFailed("test:model", "wrong key")], ["It works."])
    there = ScriptedProvider(["It works."])
    first, second = (guarded(inner, clock, StoredHealth(database)) for inner in (here, there))
    await asked(first)
    await asked(second)
    clock.now += 1

    Health(StoredHealth(database)).pardon()
    replies = [*await asked(first), *await asked(second)]

    assert not [reply for reply in replies if isinstance(reply, Exception)]


async def test_a_pardon_leaves_the_rest_that_a_service_asked_for():
    clock = HandClock()
    board = Board(clock)
    provider = guarded(ScriptedProvider([RateLimited("test:model", "slow down", retry_after=30)]), clock, board)
    await asked(provider)

    provider._health.pardon()
    (refused,) = await asked(provider)

    assert isinstance(refused, RateLimited)
    assert len(board.read()) == 1


async def test_a_person_who_asks_again_makes_the_next_call_a_probe():
    clock = HandClock()
    inner = ScriptedProvider(*[[DOWN]] * 5, ["Back."])
    provider = guarded(inner, clock, Board(clock))
    await asked(provider, 5)
    (refused,) = await asked(provider)

    provider.breaker.ask_again()
    provider._health.pardon()
    (reply,) = await asked(provider)

    assert isinstance(refused, CircuitOpen)
    assert not isinstance(reply, Exception)


async def test_asking_again_lets_one_of_many_callers_through():
    clock = HandClock()
    inner = ScriptedProvider([DOWN])
    provider = guarded(inner, clock)
    await asked(provider, 5)
    inner.requests.clear()

    provider.breaker.ask_again()
    await asked(provider, 10)

    assert len(inner.requests) == 1


async def test_an_opening_is_remembered_once_by_the_replica_whose_call_failed(stores: Stores):
    clock = HandClock()
    health = Health(stores.health, clock=clock, openings=stores.openings)
    breaker = Breaker(clock=clock, random=lambda: 0.0)
    provider = Guarded(
        ScriptedProvider([DOWN]), breaker, Cooldown(clock=clock), health, breaker_key="b", cooldown_key="c", clock=clock
    )

    await asked(provider, 6)

    (opening,) = stores.openings.openings()
    assert (opening.route, opening.open_for, opening.reason) == ("test:model", 30.0, "connection reset")
