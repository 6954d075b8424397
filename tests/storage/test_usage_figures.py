"""Answers from roll-ups are those of the calls themselves, summed up one by one here."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count, cycle
from threading import Barrier

import pytest
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from tests.storage.makers import OWNER, a_brief, an_event
from writer.domain.analytics import Dimension, Figures, Filter, KeptWords, Step
from writer.domain.completions import Caller, Purpose, Tokens
from writer.domain.errors import UserMistake
from writer.domain.ports.draft_index import StaleDraft
from writer.domain.usage import Outcome, UsageEvent
from writer.storage import Database, Stores, migrations, usage_folding
from writer.storage.rows import RollupRow, UsageRow
from writer.storage.rows.usage import TOO_LONG
from writer.storage.usage_cubes import Additions
from writer.storage.usage_times import bucket_of, counted, latency, middle_of, packed

START = datetime(2026, 11, 20, tzinfo=UTC)
NAMES: dict[Dimension, Callable[[UsageEvent], str]] = {
    Dimension.DAY: lambda e: e.at.date().isoformat(),
    Dimension.HOUR: lambda e: f"{e.at.hour:02}",
    Dimension.ROUTE: lambda e: e.route,
    Dimension.PURPOSE: lambda e: e.purpose.value,
    Dimension.ACTION: lambda e: e.action,
    Dimension.PERSON: lambda e: e.caller.user,
    Dimension.DRAFT: lambda e: e.caller.draft_id,
    Dimension.CONTENT_TYPE: lambda e: e.content_type,
    Dimension.OUTCOME: lambda e: e.outcome.value,
    Dimension.ERROR: lambda e: e.error,
    Dimension.CACHED: lambda e: "yes" if e.cached else "no",
}
LEDGERS = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def some_calls(draw: st.DrawFn) -> list[UsageEvent]:
    return [draw(a_call()) for _ in range(draw(st.integers(0, 25)))]


@st.composite
def a_call(draw: st.DrawFn) -> UsageEvent:
    outcome = draw(st.sampled_from(Outcome))
    return an_event(
        Caller(OWNER, draw(st.sampled_from(["", "job"])), "", draw(st.sampled_from(["", "d1", "d2"]))),
        at=START + timedelta(minutes=draw(st.integers(0, 4 * 24 * 60))),
        route=draw(st.sampled_from(["a:one", "b:two"])),
        purpose=draw(st.sampled_from([Purpose.SECTION, Purpose.EDIT])),
        tokens=Tokens(
            draw(st.integers(0, 900)), draw(st.integers(0, 90)), draw(st.integers(0, 9)), draw(st.booleans())
        ),
        cost_micros=draw(st.none() | st.integers(0, 10**9)),
        first_token_ms=draw(st.none() | st.floats(0, 9e4)),
        total_ms=draw(st.floats(0, 9e5)),
        outcome=outcome,
        error=draw(st.sampled_from(["RateLimited", "ProviderTimeout"])) if outcome is Outcome.FAILED else "",
        cached=draw(st.booleans()),
        wasted=draw(st.booleans()),
        action=draw(st.sampled_from(["", "shorten"])),
        content_type=draw(st.sampled_from(["", "how-to"])),
    )


def filters() -> st.SearchStrategy[Filter]:
    return st.builds(
        Filter,
        since=st.sampled_from([None, START, START + timedelta(days=1), START + timedelta(hours=5)]),
        until=st.sampled_from([None, START + timedelta(days=3), START + timedelta(days=2, hours=7)]),
        routes=st.sampled_from([(), ("a:one",), ("a:one", "b:two"), ("nothing",)]),
        purposes=st.sampled_from([(), (), ("edit",)]),
        actions=st.sampled_from([(), (), ("shorten",)]),
        content_types=st.sampled_from([(), (), ("how-to",)]),
        drafts=st.sampled_from([(), (), ("d1",)]),
        outcomes=st.sampled_from([(), (), (Outcome.FAILED,), (Outcome.OK, Outcome.STOPPED)]),
        errors=st.sampled_from([(), (), ("RateLimited",)]),
        cached=st.sampled_from([None, None, True, False]),
        job_id=st.sampled_from(["", "", "job"]),
    )


def matching(event: UsageEvent, wanted: Filter) -> bool:
    chosen = (
        (wanted.routes, event.route),
        (wanted.purposes, event.purpose.value),
        (wanted.actions, event.action),
        (wanted.content_types, event.content_type),
        (wanted.drafts, event.caller.draft_id),
        (wanted.outcomes, event.outcome),
        (wanted.errors, event.error),
    )
    return (
        (wanted.since is None or event.at >= wanted.since)
        and (wanted.until is None or event.at < wanted.until)
        and all(not values or value in values for values, value in chosen)
        and wanted.cached in (None, event.cached)
        and wanted.job_id in ("", event.caller.job_id)
    )


def sums(figures: Figures) -> tuple[int, ...]:
    f = figures
    counts = (f.calls, f.failed, f.stopped, f.cached, f.estimated)
    return (*counts, f.input_tokens, f.output_tokens, f.cached_input_tokens, f.cost_micros, f.wasted_micros, f.unpriced)


def by_hand(events: list[UsageEvent]) -> tuple[int, ...]:
    return (
        len(events),
        sum(e.outcome is Outcome.FAILED for e in events),
        sum(e.outcome is Outcome.STOPPED for e in events),
        sum(e.cached for e in events),
        sum(e.tokens.estimated for e in events),
        sum(e.tokens.input for e in events),
        sum(e.tokens.output for e in events),
        sum(e.tokens.cached_input for e in events),
        sum(e.cost_micros or 0 for e in events),
        sum(e.cost_micros or 0 for e in events if e.wasted),
        sum(e.cost_micros is None for e in events),
    )


def total_of(figures: list[Figures]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*map(sums, figures), strict=True))) or (0,) * 11


def divided(events: list[UsageEvent], name: Callable[[UsageEvent], str]) -> dict[str, list[UsageEvent]]:
    found: dict[str, list[UsageEvent]] = {}
    for event in events:
        found.setdefault(name(event), []).append(event)
    return found


def newest_first(events: list[UsageEvent]) -> list[str]:
    return [event.id for event in sorted(events, key=lambda event: (event.at, event.id), reverse=True)]


def test_every_sum_is_that_of_the_calls_by_whatever_they_are_grouped_and_filtered(stores: Stores):
    owners = (f"owner {number}" for number in count())

    @LEDGERS
    @given(some_calls(), filters())
    def check(events: list[UsageEvent], wanted: Filter) -> None:
        owner = next(owners)
        mine = [replace(e, id=f"{owner} {e.id}", caller=replace(e.caller, user=owner)) for e in events]
        half = len(mine) // 2
        stores.usage.record(mine[:half])
        stores.analytics.totals(owner, wanted)
        stores.usage.record(mine[half:])
        meant = [event for event in mine if matching(event, wanted)]

        assert sums(stores.analytics.totals(owner, wanted)) == by_hand(meant)
        assert [call.id for call in stores.analytics.every_call(owner, wanted)] == newest_first(meant)
        for dimension, name in NAMES.items():
            groups = stores.analytics.groups(owner, wanted, dimension)
            assert {group.key: sums(group.figures) for group in groups} == {
                key: by_hand(some) for key, some in divided(meant, name).items()
            }
            assert total_of([group.figures for group in groups]) == by_hand(meant)

    check()


YEARS = [
    Filter(datetime(2025, 2, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),  # whole months
    Filter(datetime(2025, 2, 2, tzinfo=UTC), datetime(2026, 1, 30, tzinfo=UTC)),
    Filter(datetime(2025, 1, 31, 5, tzinfo=UTC), datetime(2025, 12, 31, 23, tzinfo=UTC)),
    Filter(datetime(2025, 3, 2, tzinfo=UTC), datetime(2025, 4, 30, tzinfo=UTC)),  # none is whole
    Filter(since=datetime(2025, 6, 15, tzinfo=UTC)),
    Filter(until=datetime(2025, 6, 15, tzinfo=UTC)),
    Filter(datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)),
    Filter(since=datetime(9999, 12, 31, tzinfo=UTC)),
    Filter(until=datetime(1960, 1, 1, tzinfo=UTC)),
    Filter(),
]
CHOSEN = (
    {},
    {"routes": ("route:0",)},
    {"purposes": ("edit",), "outcomes": (Outcome.FAILED,)},
    {"routes": ("route:1",), "purposes": ("edit",), "content_types": ("how-to",)},
)


def test_every_sum_over_months_is_that_of_the_calls(stores: Stores):
    events = [
        an_event(
            Caller(OWNER, draft_id=f"d{n % 3}"),
            at=datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=n * 77),
            route=f"route:{n % 2}",
            purpose=Purpose.EDIT if n % 3 else Purpose.SECTION,
            cost_micros=n,
            outcome=Outcome.FAILED if n % 5 == 0 else Outcome.OK,
            error="RateLimited" if n % 5 == 0 else "",
            content_type="how-to" if n % 4 else "",
        )
        for n in range(150)
    ]
    stores.usage.record(events)
    filters = [replace(year, **CHOSEN[(at + more) % 4]) for at, year in enumerate(YEARS) for more in (0, 2)]
    for wanted, dimension in zip(filters, cycle((Dimension.ROUTE, Dimension.ERROR, Dimension.DRAFT)), strict=False):
        meant = [event for event in events if matching(event, wanted)]
        totals = stores.analytics.totals(OWNER, wanted)
        assert sums(totals) == by_hand(meant), wanted
        assert (totals.total.calls if totals.total else 0) == sum(event.outcome is Outcome.OK for event in meant)
        groups = stores.analytics.groups(OWNER, wanted, dimension)
        assert {group.key: sums(group.figures) for group in groups} == {
            key: by_hand(some) for key, some in divided(meant, NAMES[dimension]).items()
        }


def test_the_drafts_that_cost_most_are_the_same_with_any_filter(stores: Stores):
    events = [
        an_event(Caller(OWNER, draft_id=f"d{n % 13}"), at=START, route=f"route:{n % 2}", cost_micros=n * n % 101)
        for n in range(100)
    ]
    stores.usage.record(events)
    for wanted in (Filter(), Filter(routes=("route:0",)), Filter(routes=("route:0",), outcomes=(Outcome.OK,))):
        by_draft = divided([e for e in events if matching(e, wanted)], NAMES[Dimension.DRAFT])
        costly = sorted((-by_hand(some)[8], -len(some), key) for key, some in by_draft.items())[:4]

        found = stores.analytics.groups(OWNER, wanted, Dimension.DRAFT, limit=4)

        assert [(-g.figures.cost_micros, -g.figures.calls, g.key) for g in found] == costly
        assert [sums(g.figures) for g in found] == [by_hand(by_draft[g.key]) for g in found]


def test_what_was_summed_by_an_earlier_version_is_kept_and_summed_further(database: Database, stores: Stores):
    """Down to the tables as they were, and up again: rows of months and of fewer keys are made of the others."""
    draft = stores.drafts.create(OWNER, a_brief(), "Title")
    words = KeptWords(date(2025, 3, 4), "route:1", "section", "", 70)
    stores.kept_words.put_words(StaleDraft(draft.id, OWNER, draft.revision), [words])
    events = [
        an_event(
            Caller(OWNER, draft_id=f"d{n % 3}"),
            at=datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=n * 77),
            route=f"route:{n % 2}",
            total_ms=1.3 ** (n % 40),
            first_token_ms=None if n % 3 else 3.0 * n,
            error="RateLimited" if n % 5 == 0 else "",
        )
        for n in range(100)
    ]
    stores.usage.record(events)
    stores.analytics.totals(OWNER, Filter())
    before = rollups(database)
    with database.migrating() as connection:
        config = migrations.alembic_config(connection)
        command.downgrade(config, "0014")
        assert {row.cube for row in connection.execute(text("SELECT cube FROM usage_rollups"))} == set(range(10))
        histogram = packed(dict.fromkeys(range(300), 1)) * 4
        connection.execute(
            text("UPDATE usage_rollups SET total_times = total_times || :it WHERE cube = 6"), {"it": histogram}
        )
        command.upgrade(config, "head")

    after = rollups(database)
    assert {key: row[:-2] for key, row in after.items()} == {key: row[:-2] for key, row in before.items()}
    assert {key: row[-2] for key, row in after.items()} == {key: row[-2] for key, row in before.items()}
    with database.reading() as session:
        assert max(map(len, session.scalars(select(RollupRow.total_times)))) <= TOO_LONG


def rollups(database: Database) -> dict[tuple[object, ...], tuple[object, ...]]:
    with database.reading() as session:
        rows = session.execute(select(RollupRow.__table__)).all()
    return {tuple(row[:12]): (*row[12:-2], counted(row[-2]), counted(row[-1])) for row in rows}


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("by", [None, Dimension.ROUTE, Dimension.ERROR, Dimension.DRAFT])
def test_a_series_adds_up_to_the_total(stores: Stores, step: Step, by: Dimension | None):
    events = [
        an_event(
            Caller(OWNER, draft_id=f"d{n % 3}"),
            at=START + timedelta(hours=n * 7),
            route=f"route:{n % 2}",
            cost_micros=n,
            error="RateLimited" if n % 5 == 0 else "",
        )
        for n in range(150)
    ]
    stores.usage.record(events)
    wanted = Filter(START + timedelta(hours=3), START + timedelta(days=30))
    meant = [event for event in events if matching(event, wanted)]

    points = stores.analytics.series(OWNER, wanted, step, by)

    assert total_of([point.figures for point in points]) == by_hand(meant)
    assert points == sorted(points, key=lambda point: (point.at, point.key))
    begin = {Step.HOUR: {}, Step.DAY: {"hour": 0}, Step.MONTH: {"hour": 0, "day": 1}}[step]
    assert {point.at for point in points} == {event.at.replace(**begin) for event in meant}


def test_figures_are_read_while_calls_come_in_late_and_from_many_sides(database: Database, stores: Stores):
    """Whoever folds beside others: no call is left out and none counted twice."""
    events = [an_event(at=START + timedelta(minutes=n * 97 % 5000)) for n in range(400)]
    begun = Barrier(4)

    def write(part: int) -> None:
        begun.wait()
        for at in range(part, len(events), 2):
            stores.usage.record([events[at]])

    def read(_: int) -> None:
        begun.wait()
        for _ in range(30):
            stores.analytics.fold(7)

    with ThreadPoolExecutor(4) as pool:
        done = [*pool.map(lambda work: work[0](work[1]), [(write, 0), (write, 1), (read, 0), (read, 1)])]

    assert len(done) == 4
    assert sums(stores.analytics.totals(OWNER, Filter())) == by_hand(events)
    with database.reading() as session:
        left = session.scalar(select(func.count()).where(~UsageRow.folded))
    assert left == 0


def test_a_fold_that_breaks_off_leaves_the_calls_for_the_next(database: Database, stores: Stores):
    events = [an_event(at=START) for _ in range(3)]
    stores.usage.record(events)

    def broken_fold() -> None:
        with database.writing() as session:
            additions = Additions()
            for row in usage_folding.taken(session, 10, OWNER):
                additions.call(row)
            additions.write(database, session)
            raise RuntimeError("power is gone")

    with pytest.raises(RuntimeError, match="power"):
        broken_fold()

    assert sums(stores.analytics.totals(OWNER, Filter())) == by_hand(events)


def test_percentiles_are_within_their_stated_error(stores: Stores):
    events = [an_event(at=START, total_ms=1.5**n, first_token_ms=1.5**n / 2) for n in range(1, 31)]
    odd = [an_event(at=START, total_ms=9e7, outcome=Outcome.FAILED), an_event(at=START, total_ms=9e7, cached=True)]
    for event in [*events, *odd]:
        stores.usage.record([event])
        stores.analytics.fold()

    for wanted in (Filter(), Filter(START, START + timedelta(hours=1))):
        figures = stores.analytics.totals(OWNER, wanted)
        assert figures.total
        assert figures.first_token
        assert figures.total.calls == 30
        for told, rank in ((figures.total.p50, 15), (figures.total.p95, 29), (figures.total.p99, 30)):
            assert told == pytest.approx(1.5**rank, rel=0.025)
        assert figures.first_token.p50 == pytest.approx(1.5**15 / 2, rel=0.025)


@given(st.floats(1, 2e8))
def test_a_time_is_told_within_the_width_of_its_bucket(milliseconds: float):
    assert middle_of(bucket_of(milliseconds)) == pytest.approx(milliseconds, rel=0.025)


@given(st.lists(st.dictionaries(st.integers(0, 400), st.integers(1, 10**6)), max_size=5))
def test_histograms_are_joined_by_putting_one_behind_the_other(parts: list[dict[int, int]]):
    joined = "".join(map(packed, parts))

    assert counted(joined) == sum(map(Counter, parts), Counter())
    assert (found.calls if (found := latency(joined)) else 0) == sum(sum(part.values()) for part in parts)


def test_a_histogram_is_added_up_before_it_grows_too_long(database: Database, stores: Stores):
    events = [an_event(at=START, total_ms=1.05 ** (n % 300)) for n in range(4 * TOO_LONG // 12)]
    for at in range(0, len(events), 500):
        stores.usage.record(events[at : at + 500])
        stores.analytics.fold()

    with database.reading() as session:
        assert max(map(len, session.scalars(select(RollupRow.total_times)))) <= TOO_LONG
    total = stores.analytics.totals(OWNER, Filter()).total
    assert total
    assert total.calls == len(events)


def test_calls_come_a_page_at_a_time_and_each_once(stores: Stores):
    events = [an_event(at=START + timedelta(seconds=n // 4)) for n in range(23)]
    stores.usage.record(events)

    pages, cursor = [], ""
    while not pages or cursor:
        page = stores.analytics.calls(OWNER, Filter(), cursor=cursor, limit=5)
        pages.append([call.id for call in page.calls])
        cursor = page.cursor

    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
    assert [id_ for page in pages for id_ in page] == newest_first(events)


@pytest.mark.parametrize("cursor", ["x", "1", "-1.a", "١.a", "9" * 30 + ".a", "."])
def test_a_cursor_that_is_none_is_refused(sqlite_stores: Stores, cursor: str):
    with pytest.raises(UserMistake, match="first page"):
        sqlite_stores.analytics.calls(OWNER, Filter(), cursor=cursor)


def test_groups_come_by_cost_then_calls_and_at_most_as_many_as_asked_for(stores: Stores):
    for draft, cost, calls in (("d1", 5, 1), ("d2", 5, 3), ("d3", 90, 1), ("d4", 0, 9)):
        stores.usage.record([an_event(Caller(OWNER, draft_id=draft), cost_micros=cost // calls) for _ in range(calls)])

    for dimension in (Dimension.DRAFT,):
        found = stores.analytics.groups(OWNER, Filter(), dimension, limit=3)
        assert [group.key for group in found] == ["d3", "d1", "d2"]
    assert all(group.figures.total is None for group in found)


def test_nobody_sees_anothers_calls_and_no_calls_are_empty_figures(stores: Stores):
    stores.usage.record([an_event(Caller("somebody else", draft_id="d1"))])

    for wanted in (Filter(), Filter(drafts=("d1",))):
        assert stores.analytics.totals(OWNER, wanted).calls == 0
        assert stores.analytics.groups(OWNER, wanted, Dimension.PERSON) == []
        assert stores.analytics.calls(OWNER, wanted).calls == ()


def test_the_content_type_of_a_call_is_that_of_its_draft(stores: Stores):
    draft = stores.drafts.create(OWNER, replace(a_brief(), content_type="how-to"), "Title")
    stores.usage.record([an_event(Caller(OWNER, draft_id=draft.id)), an_event(Caller(OWNER))])

    found = stores.analytics.groups(OWNER, Filter(), Dimension.CONTENT_TYPE)

    assert {group.key for group in found} == {"how-to", ""}
