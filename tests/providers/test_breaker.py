import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.providers.doubles import HandClock
from writer.providers.breaker import Breaker, Permit, State


def a_breaker(clock: HandClock, chance: float = 0.0) -> Breaker:
    return Breaker(clock=clock, random=lambda: chance)


def permit_of(breaker: Breaker) -> Permit:
    permit = breaker.admit()
    assert isinstance(permit, Permit)
    return permit


def opened(clock: HandClock, chance: float = 0.0) -> Breaker:
    breaker = a_breaker(clock, chance)
    for _ in range(5):
        breaker.failed(permit_of(breaker), "503")
    assert breaker.state is State.OPEN
    return breaker


def test_four_failures_are_too_few_to_judge():
    breaker = a_breaker(HandClock())

    for _ in range(4):
        breaker.failed(permit_of(breaker))

    assert breaker.state is State.CLOSED


@pytest.mark.parametrize("pattern", ["SSSFFF", "FSFSF", "SFSFSF"])
def test_it_opens_when_half_of_at_least_five_calls_fail(pattern: str):
    breaker = a_breaker(HandClock())

    for outcome in pattern:
        permit = permit_of(breaker)
        (breaker.failed if outcome == "F" else breaker.succeeded)(permit)

    assert breaker.state is State.OPEN


def test_less_than_half_keep_it_closed():
    breaker = a_breaker(HandClock())

    for outcome in "SSSFF" * 10:
        permit = permit_of(breaker)
        (breaker.failed if outcome == "F" else breaker.succeeded)(permit)

    assert breaker.state is State.CLOSED


def test_failures_older_than_a_minute_are_forgotten():
    clock = HandClock()
    breaker = a_breaker(clock)
    for _ in range(4):
        breaker.failed(permit_of(breaker))
    clock.now += 61

    breaker.failed(permit_of(breaker))

    assert breaker.state is State.CLOSED


def test_a_rejected_call_between_failures_changes_nothing():
    breaker = a_breaker(HandClock())

    for _ in range(5):
        breaker.failed(permit_of(breaker))
        if breaker.state is State.CLOSED:
            breaker.gave_back(permit_of(breaker))

    assert breaker.state is State.OPEN


@pytest.mark.parametrize(("chance", "rest"), [(0.0, 30.0), (1.0, 33.0)])
def test_it_rests_for_thirty_seconds_and_up_to_a_tenth_longer(chance: float, rest: float):
    breaker = opened(HandClock(), chance)

    assert breaker.admit() == pytest.approx(rest)
    assert breaker.open_for == pytest.approx(rest)


def test_the_rest_doubles_with_each_failed_probe_up_to_five_minutes():
    clock = HandClock()
    breaker = opened(clock)
    rests = []

    for _ in range(6):
        rests.append(round(breaker.open_for))
        clock.now += breaker.open_for
        breaker.failed(permit_of(breaker))

    assert rests == [30, 60, 120, 240, 300, 300]


def test_ten_threads_at_once_get_one_probe():
    clock = HandClock()
    breaker = opened(clock)
    clock.now += 31
    together = threading.Barrier(10)

    def ask(_: int) -> bool:
        together.wait()
        return isinstance(breaker.admit(), Permit)

    with ThreadPoolExecutor(10) as threads:
        assert sum(threads.map(ask, range(10))) == 1


def test_the_first_text_of_the_probe_closes_it_before_the_probe_is_over():
    clock = HandClock()
    breaker = opened(clock)
    clock.now += 31

    breaker.answered(permit_of(breaker))

    assert breaker.state is State.CLOSED
    assert isinstance(breaker.admit(), Permit)


def test_a_probe_that_breaks_after_its_first_text_counts_in_the_new_window():
    clock = HandClock()
    breaker = opened(clock)
    clock.now += 31
    probe = permit_of(breaker)
    breaker.answered(probe)

    breaker.failed(probe)
    for _ in range(4):
        breaker.failed(permit_of(breaker))

    assert breaker.state is State.OPEN


def test_after_a_good_probe_the_next_rest_is_short_again():
    clock = HandClock()
    breaker = opened(clock)
    clock.now += 31
    breaker.failed(permit_of(breaker))
    clock.now += 61
    breaker.succeeded(permit_of(breaker))

    for _ in range(4):
        breaker.failed(permit_of(breaker))

    assert round(breaker.open_for) == 30


def test_a_probe_that_was_stopped_gives_its_turn_to_the_next_caller():
    clock = HandClock()
    breaker = opened(clock)
    clock.now += 31

    breaker.gave_back(permit_of(breaker))

    assert permit_of(breaker).is_probe


def test_a_probe_that_is_never_heard_of_gives_up_its_turn_after_two_minutes():
    clock = HandClock()
    breaker = opened(clock)
    clock.now += 31
    lost = permit_of(breaker)
    assert isinstance(breaker.admit(), float)
    clock.now += 121

    second = permit_of(breaker)
    breaker.answered(lost)

    assert second.is_probe
    assert breaker.state is State.HALF_OPEN


def test_late_results_of_calls_from_before_it_opened_are_ignored():
    clock = HandClock()
    breaker = a_breaker(clock)
    old = permit_of(breaker)
    for _ in range(5):
        breaker.failed(permit_of(breaker))

    breaker.succeeded(old)

    assert breaker.state is State.OPEN


def test_another_replica_can_trip_it_and_never_shortens_a_rest():
    clock = HandClock()
    breaker = opened(clock)

    breaker.trip(5, "seen elsewhere")
    assert round(breaker.open_for) == 30
    breaker.trip(120, "seen elsewhere")

    assert round(breaker.open_for) == 120
    assert breaker.reason == "seen elsewhere"


def test_an_early_probe_is_allowed_once_until_the_rest_is_over():
    clock = HandClock()
    breaker = opened(clock)

    assert breaker.bypass()
    breaker.failed(permit_of(breaker))
    assert not breaker.bypass()

    clock.now += breaker.open_for
    breaker.failed(permit_of(breaker))
    assert breaker.bypass()


class BreakerMachine(RuleBasedStateMachine):
    """Any order of calls, endings and waits: at most one probe is out, and nothing goes through while it rests."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = HandClock()
        self.breaker = a_breaker(self.clock)
        self.out: list[Permit] = []
        self.probes: list[tuple[Permit, float]] = []

    @rule()
    def ask(self) -> None:
        resting = self.breaker.open_for
        answer = self.breaker.admit()
        if isinstance(answer, Permit):
            assert resting == 0
            self.out.append(answer)
            if answer.is_probe:
                live = [p for p, at in self.probes if not p.settled and p.is_probe and self.clock() - at < 120]
                assert live == []
                self.probes.append((answer, self.clock()))
        else:
            assert answer > 0

    @precondition(lambda self: self.out)
    @rule(which=st.integers(0, 99), how=st.sampled_from(["answered", "succeeded", "failed", "gave_back"]))
    def end(self, which: int, how: str) -> None:
        permit = self.out[which % len(self.out)]
        getattr(self.breaker, how)(permit)
        if how != "answered":
            self.out.remove(permit)

    @rule(seconds=st.floats(0, 200))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule(seconds=st.floats(0, 400))
    def trip(self, seconds: float) -> None:
        before = self.breaker.open_for
        self.breaker.trip(seconds, "elsewhere")
        if self.breaker.open_for > before:
            self.probes.clear()  # another replica has found out: what this one's probe says no longer matters

    @invariant()
    def a_rest_is_never_longer_than_allowed(self) -> None:
        assert self.breaker.open_for <= 400.001
        assert (self.breaker.open_for > 0) == (self.breaker.state is State.OPEN)


TestAnyOrder = BreakerMachine.TestCase
TestAnyOrder.settings = settings(max_examples=40, stateful_step_count=30)


@given(outcomes=st.lists(st.booleans(), max_size=60))
def test_it_is_open_exactly_when_the_rule_says_so(outcomes: list[bool]):
    breaker = a_breaker(HandClock())
    failures = 0

    for count, failed in enumerate(outcomes, start=1):
        permit = permit_of(breaker)
        (breaker.failed if failed else breaker.succeeded)(permit)
        failures += failed
        if failed and count >= 5 and failures * 2 >= count:
            assert breaker.state is State.OPEN
            return
        assert breaker.state is State.CLOSED
