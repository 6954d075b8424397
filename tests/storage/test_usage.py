from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.storage.makers import OWNER, an_event
from writer.domain.analytics import Filter
from writer.domain.completions import Caller, Tokens
from writer.domain.usage import Outcome
from writer.storage import Stores

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_an_event_reads_back_as_it_was_recorded(stores: Stores):
    event = an_event(
        Caller(OWNER, "job", "section:s1", "draft"),
        tokens=Tokens(7, 5, 3, True),
        outcome=Outcome.FAILED,
        error="RateLimited",
        cost_micros=None,
        first_token_ms=None,
        cached=True,
        wasted=True,
        price_version="2026-11",
        prompt_version="section-3",
    )

    stores.usage.record([event])

    assert stores.usage.calls(OWNER) == [event]


def test_the_same_event_twice_is_one_call(stores: Stores):
    event = an_event()

    stores.usage.record([event, event])
    stores.usage.record([event])
    stores.usage.record([])

    assert len(stores.usage.calls(OWNER)) == 1


def test_a_span_includes_its_beginning_and_not_its_end(stores: Stores):
    events = [an_event(at=NOON + timedelta(minutes=n)) for n in range(3)]
    stores.usage.record(events)
    since, until = NOON, NOON + timedelta(minutes=2)

    assert stores.usage.calls(OWNER, since, until) == [events[1], events[0]]


def test_calls_come_newest_first_by_job_and_at_most_as_many_as_asked_for(stores: Stores):
    events = [an_event(Caller(OWNER, f"job{n % 2}"), at=NOON + timedelta(seconds=n)) for n in range(6)]
    stores.usage.record(events)

    assert stores.usage.calls(OWNER, limit=2) == [events[5], events[4]]
    assert stores.usage.calls(OWNER, job_id="job1") == [events[5], events[3], events[1]]


def test_nobody_sees_anothers_usage(stores: Stores):
    stores.usage.record([an_event(Caller("somebody else"))])

    assert stores.usage.calls(OWNER) == []


def test_sums_may_be_larger_than_a_column_of_32_bits(stores: Stores):
    large = an_event(tokens=Tokens(2_000_000_000, 1), cost_micros=5_000_000_000)
    stores.usage.record([large, replace(large, id="another")])

    total = stores.analytics.totals(OWNER, Filter())
    assert (total.input_tokens, total.cost_micros) == (4_000_000_000, 10_000_000_000)
