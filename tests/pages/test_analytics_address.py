from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages._shared.analytics_address import BY, COMPARE, MEASURES, STEPS, TIMES, Asked, calls_address, read
from pages._shared.analytics_answers import Answers, narrowed, of_step
from pages._shared.analytics_names import change, name_of, points
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR, Actor
from writer.domain.analytics import Choices, Dimension, Figures, Filter, Step
from writer.services.analytics import Analytics

NOW = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)
CHOICES = Choices(routes=("a:b", "c:d"), errors=("RateLimited",))
NAMES = ["time", "from", "to", "show", "by", "step", "compare", "compare_from", "route", "outcome", "error", "cached"]
SAID = st.sampled_from(
    [*TIMES, *MEASURES, *BY, *STEPS, *COMPARE, "a:b", "ok", "yes", "2026-11-02", "2026-02-30", "", "'"]
)


def of(**params: str) -> Asked:
    return read({name: [value] for name, value in params.items()}, CHOICES, NOW)


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(SAID | st.text(max_size=8), max_size=3)))
@settings(max_examples=150)
def test_any_address_is_read_and_each_thing_left_out_has_its_sentence(params: dict[str, list[str]]) -> None:
    asked = read(params, CHOICES, NOW)

    assert asked.measure in MEASURES
    assert set(asked.wanted.routes) <= set(CHOICES.routes)
    assert all(sentence.endswith(".") for sentence in asked.ignored)
    if asked.other and asked.other.since and asked.other.until and asked.wanted.since and asked.wanted.until:
        assert asked.other.until - asked.other.since == asked.wanted.until - asked.wanted.since


def test_days_are_whole_so_that_sums_by_the_day_answer() -> None:
    asked = of(time="7d")

    assert asked.wanted.since == datetime(2026, 11, 15, tzinfo=UTC)
    assert asked.wanted.until == datetime(2026, 11, 22, tzinfo=UTC)
    assert asked.other == asked.wanted.before()
    assert asked.step is Step.DAY


def test_a_short_time_is_shown_by_the_hour_and_a_long_one_never_is() -> None:
    assert of(time="24h").step is Step.HOUR
    assert of(time="90d", step="hour").step is Step.DAY
    assert "31 days" in of(time="90d", step="hour").ignored[0]


@pytest.mark.parametrize(("began", "step"), [(20, Step.DAY), (900, Step.MONTH)])
def test_all_time_is_shown_by_the_day_until_it_is_long(began: int, step: Step) -> None:
    assert read({"time": ["all"]}, CHOICES, NOW, first_call=lambda: NOW - timedelta(days=began)).step is step


def test_a_draft_that_is_the_readers_is_taken_though_no_list_has_it() -> None:
    params = {"draft": ["mine", "theirs"]}
    asked = read(params, CHOICES, NOW, is_draft=lambda draft_id: draft_id == "mine")

    assert asked.wanted.drafts == ("mine",)
    assert "theirs" in asked.ignored[0]


def test_the_part_of_a_bar_never_leaves_the_time_that_was_chosen() -> None:
    wanted = Filter(datetime(2026, 11, 20, 16, tzinfo=UTC), datetime(2026, 11, 21, 16, tzinfo=UTC))

    assert of_step(wanted, datetime(2026, 11, 20, tzinfo=UTC), Step.DAY).since == wanted.since
    assert of_step(wanted, datetime(2026, 11, 1, tzinfo=UTC), Step.MONTH).until == wanted.until


def test_every_key_but_an_hour_of_the_day_can_be_looked_into() -> None:
    keys = {Dimension.DAY: "2026-11-20", Dimension.OUTCOME: "ok", Dimension.CACHED: "yes"}
    found = {by: narrowed(Filter(), by, (keys.get(by, "x"),)) for by in Dimension}

    assert [by for by, only in found.items() if only is None] == [Dimension.HOUR]
    assert all(only != Filter() for only in found.values())
    assert found[Dimension.CACHED] == Filter(cached=True)


def test_the_address_of_a_file_holds_what_the_filter_says() -> None:
    address = calls_address(Filter(NOW, routes=("a:b", "c&d"), cached=False))

    assert address.endswith("?route=a%3Ab&route=c%26d&since=2026-11-21T15%3A30%3A00%2B00%3A00&cached=no")


def test_changes_are_not_told_where_one_side_is_not_known() -> None:
    assert (change(3, 2), change(2, 2), change(1, 0), change(None, 1)) == ("+50%", "0%", "", "")
    assert (points(0.05, 0.04), points(0.05, None)) == ("+1.0 points", "")


def test_keys_have_names_that_people_use() -> None:
    assert name_of(Dimension.PERSON, "local") == "You"
    assert name_of(Dimension.ERROR, "QuotaExhausted") == "Quota exhausted"
    assert name_of(Dimension.DRAFT, "") == "No draft"
    assert name_of(Dimension.HOUR, "07") == "07:00"
    assert name_of(Dimension.CACHED, "yes") == "From the cache"
    assert name_of(Dimension.CACHED, "no") == "Asked of a service"


def test_a_question_is_asked_once_in_a_run(app: App) -> None:
    class Counting(Analytics):
        asked = 0

        def totals(self, by: Actor, wanted: Filter) -> Figures:
            Counting.asked += 1
            return app.analytics.totals(by, wanted)

    counting = Counting.__new__(Counting)
    answers = Answers(counting, LOCAL_ACTOR)

    assert answers.totals(Filter()) is answers.totals(Filter())
    answers.totals(Filter(routes=("a:b",)))
    assert Counting.asked == 2


def test_what_the_address_does_not_say_is_never_said_to_be_left_out() -> None:
    asked = of(**{"from": "2000-01-01", "to": "2100-01-01"})

    assert asked.ignored == ()
    assert asked.compare_from.year == 2000
