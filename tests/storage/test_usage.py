from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.storage.makers import OWNER, an_event
from writer.domain.completions import Caller, Purpose, Tokens
from writer.domain.usage import Outcome, UsageBucket
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

    assert stores.usage.total(OWNER).calls == 1


def test_totals_leave_out_unknown_prices_and_say_how_many(stores: Stores):
    stores.usage.record([an_event(cost_micros=30), an_event(cost_micros=None), an_event(outcome=Outcome.FAILED)])

    total = stores.usage.total(OWNER)

    assert (total.calls, total.failed, total.input_tokens, total.output_tokens) == (3, 1, 300, 150)
    assert (total.cost_micros, total.unpriced_calls) == (40, 1)


def test_no_usage_is_an_empty_total(stores: Stores):
    assert stores.usage.total(OWNER) == UsageBucket("total", 0, 0, 0, 0, 0, 0, None, None, None)
    assert stores.usage.buckets(OWNER, "day") == []


def test_percentiles_are_nearest_ranks_of_the_calls_that_were_answered(stores: Stores):
    answered = [an_event(total_ms=float(n), first_token_ms=n / 2 if n % 2 else None) for n in range(1, 101)]
    others = [an_event(total_ms=1e6, outcome=Outcome.FAILED), an_event(total_ms=0.0, cached=True)]

    stores.usage.record([*answered, *others])

    total = stores.usage.total(OWNER)
    assert (total.total_ms_p50, total.total_ms_p95, total.first_token_ms_p50) == (50.0, 95.0, 24.5)
    (failed,) = (bucket for bucket in stores.usage.buckets(OWNER, "outcome") if bucket.key == "failed")
    assert (failed.calls, failed.total_ms_p50) == (1, None)


def test_days_are_utc_and_come_in_order(stores: Stores):
    india = timezone(timedelta(hours=5, minutes=30))
    stores.usage.record(
        [
            an_event(at=datetime(2026, 11, 22, 0, 0, tzinfo=UTC)),
            an_event(at=datetime(2026, 11, 21, 23, 59, 59, 999999, tzinfo=UTC)),
            an_event(at=datetime(2026, 11, 22, 3, 0, tzinfo=india)),
            an_event(at=datetime(2026, 2, 28, tzinfo=UTC)),
        ]
    )

    assert [(b.key, b.calls) for b in stores.usage.buckets(OWNER, "day")] == [
        ("2026-02-28", 1),
        ("2026-11-21", 2),
        ("2026-11-22", 1),
    ]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("route", [("test:model", 2), ("other:model", 1)]),
        ("purpose", [("section", 2), ("plan", 1)]),
        ("outcome", [("ok", 2), ("failed", 1)]),
        ("error", [("RateLimited", 1)]),
        ("draft", [("", 2), ("d1", 1)]),
    ],
)
def test_other_buckets_come_by_calls_most_first(stores: Stores, by: str, expected: list):
    odd = an_event(
        Caller(OWNER, draft_id="d1"),
        route="other:model",
        purpose=Purpose.PLAN,
        outcome=Outcome.FAILED,
        error="RateLimited",
    )
    stores.usage.record([odd, an_event(), an_event()])

    assert [(bucket.key, bucket.calls) for bucket in stores.usage.buckets(OWNER, by)] == expected  # type: ignore[arg-type]


def test_a_span_includes_its_beginning_and_not_its_end(stores: Stores):
    events = [an_event(at=NOON + timedelta(minutes=n)) for n in range(3)]
    stores.usage.record(events)
    since, until = NOON, NOON + timedelta(minutes=2)

    assert stores.usage.total(OWNER, since, until).calls == 2
    assert sum(bucket.calls for bucket in stores.usage.buckets(OWNER, "route", since, until)) == 2
    assert stores.usage.calls(OWNER, since, until) == [events[1], events[0]]


def test_calls_come_newest_first_by_job_and_at_most_as_many_as_asked_for(stores: Stores):
    events = [an_event(Caller(OWNER, f"job{n % 2}"), at=NOON + timedelta(seconds=n)) for n in range(6)]
    stores.usage.record(events)

    assert stores.usage.calls(OWNER, limit=2) == [events[5], events[4]]
    assert stores.usage.calls(OWNER, job_id="job1") == [events[5], events[3], events[1]]


def test_nobody_sees_anothers_usage(stores: Stores):
    stores.usage.record([an_event(Caller("somebody else"))])

    assert stores.usage.calls(OWNER) == []
    assert stores.usage.total(OWNER).calls == 0
    assert stores.usage.buckets(OWNER, "day") == []


def test_sums_may_be_larger_than_a_column_of_32_bits(stores: Stores):
    large = an_event(tokens=Tokens(2_000_000_000, 1), cost_micros=5_000_000_000)
    stores.usage.record([large, replace(large, id="another")])

    total = stores.usage.total(OWNER)
    assert (total.input_tokens, total.cost_micros) == (4_000_000_000, 10_000_000_000)
