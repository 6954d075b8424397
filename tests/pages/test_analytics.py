import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Screen, said
from tests.support.calls import GPT, LLAMA, NOW, call, record
from writer.bootstrap import App
from writer.domain.actors import LOCAL_ACTOR, LOCAL_OWNER
from writer.domain.briefs import Brief
from writer.domain.completions import Purpose
from writer.domain.suggestions import Change, NewSuggestion, Spent
from writer.domain.usage import Outcome
from writer.storage import Stores


@pytest.fixture
def used(app: App) -> App:
    failed = call(2, outcome=Outcome.FAILED, purpose=Purpose.EDIT)
    record(app, call(1), failed, call(3, cost=None), call(4, days_ago=40, cost=3000))
    return app


def metrics(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def charts(at: AppTest) -> list[dict[str, object]]:
    return [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]


def words(at: AppTest) -> list[str]:
    return [chart.proto.alt for chart in at.get("plotly_chart")]


def test_without_calls_the_page_says_empty_and_names_what_to_do_next(screen: Screen) -> None:
    at = screen("analytics")

    assert "No calls to a model yet" in said(at)
    assert at.button(key="to_settings").label == "Set up a provider"
    assert not at.metric
    assert not at.get("plotly_chart")


def test_a_time_without_calls_offers_all_time(app: App, screen: Screen) -> None:
    record(app, call(1, days_ago=60))
    at = screen("analytics")
    assert "No calls to a model in this time" in said(at)

    at.button(key="empty:all").click().run()

    assert metrics(at)["Calls"] == "1"
    assert at.query_params["time"] == "all"


def test_totals_are_of_the_chosen_time_which_stands_in_the_address(used: App, screen: Screen) -> None:
    at = screen("analytics")
    assert metrics(at)["Calls"] == "3"
    at.selectbox(key="analytics:time").set_value("all").run()

    assert metrics(at)["Calls"] == "4"
    assert at.query_params["time"] == "all"


def test_a_cost_that_is_partly_unknown_is_a_lower_bound(used: App, screen: Screen) -> None:
    at = screen("analytics")

    assert metrics(at)["Cost"].replace("\\", "") == "≥ $0.0030"


def test_each_sum_says_how_it_changed_against_the_time_before(used: App, screen: Screen) -> None:
    at = screen("analytics")

    assert {m.label: m.delta for m in at.metric}["Calls"] == "+200%"


def test_a_link_with_filters_shows_the_same_again(used: App, screen: Screen) -> None:
    at = screen("analytics", time="all", route=GPT, purpose="section", by="purpose", show="calls", step="month")

    assert metrics(at)["Calls"] == "2"
    assert at.multiselect(key="analytics:in:route").value == [GPT]
    assert at.selectbox(key="analytics:by").value == "purpose"
    assert words(at)[0].startswith("Calls by month, by purpose")
    assert not at.warning


def test_a_filter_that_is_chosen_stands_in_the_address_and_one_that_is_taken_away_does_not(
    used: App, screen: Screen
) -> None:
    at = screen("analytics")
    at.multiselect(key="analytics:in:route").set_value([GPT, LLAMA]).run()
    assert at.query_params["route"] == [GPT, LLAMA]
    at.multiselect(key="analytics:in:outcome").set_value(["failed"]).run()
    assert metrics(at)["Calls"] == "1"

    at.button(key="analytics:unfilter").click().run()

    assert metrics(at)["Calls"] == "3"
    assert not {"route", "outcome"} & set(at.query_params)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time", "yesterday"),
        ("show", "money"),
        ("by", "<script>"),
        ("step", "week"),
        ("compare", "me"),
        ("route", "no:such"),
        ("draft", "not-mine"),
        ("cached", "maybe"),
        ("from", "2026-13-01"),
        ("from", "0001-01-01"),
        ("view", "Nothing"),
    ],
)
def test_what_the_address_says_and_nobody_knows_is_left_out_with_a_sentence(
    used: App, screen: Screen, name: str, value: str
) -> None:
    at = screen("analytics", **{name: value})

    assert len(at.warning) == 1
    assert "not known here" in at.warning[0].value
    assert at.metric
    assert not at.error


def test_calls_of_somebody_else_are_never_counted(used: App, screen: Screen) -> None:
    record(used, call(9, owner="somebody"))

    at = screen("analytics", person="somebody")

    assert metrics(at)["Calls"] == "3"
    assert "somebody" in at.warning[0].value


def test_days_of_ones_own_are_shown_with_both_in_the_address(used: App, screen: Screen) -> None:
    first, last = (NOW - timedelta(days=45)).date(), (NOW - timedelta(days=35)).date()
    at = screen("analytics", **{"from": first.isoformat(), "to": last.isoformat()})

    assert metrics(at)["Calls"] == "1"
    assert at.date_input(key="analytics:dates").value == (first, last)


def test_two_times_of_ones_choice_are_compared_by_what_they_are_divided_by(used: App, screen: Screen) -> None:
    then = (NOW - timedelta(days=40)).date().isoformat()
    at = screen("analytics", time="7d", show="calls", compare="date", compare_from=then)

    [by_route] = [table.value for table in at.table if "Change" in table.value.columns]
    row = by_route[by_route["Route"].str.contains("gpt")].iloc[0]
    assert row["Calls then"] == "1"
    assert row["Change"].replace("\\", "") == "+100%"


def test_every_measure_can_be_shown_by_everything(used: App, screen: Screen) -> None:
    at = screen("analytics")
    for by in ("route", "purpose", "action", "person", "draft", "type", "outcome", "error", "cached", "day", "hour"):
        at.selectbox(key="analytics:by").set_value(by).run()
        assert not at.exception
        assert not at.error, by
        assert at.get("plotly_chart")
    for measure in ("tokens", "calls", "words", "cost"):
        at.segmented_control(key="analytics:show").set_value(measure).run()
        assert not at.error, measure


def test_calls_from_the_cache_have_a_name_and_lead_to_themselves(app: App, screen: Screen) -> None:
    record(app, call(1), call(2), call(3, cached=True))

    at = screen("analytics", by="cached", show="calls", compare="none", time="all")
    at.selectbox(key="analytics:look_into").set_value(
        at.selectbox(key="analytics:look_into").options.index("From the cache")
    ).run()
    at.button(key="analytics:show_calls").click().run()

    assert "Asked of a service" in json.dumps(charts(at)[0])
    assert list(at.table[-1].value["Outcome"]) == ["From the cache"]


def test_every_chart_says_in_words_what_it_shows(used: App, screen: Screen) -> None:
    for view in ("Speed", "Reliability", "This month"):
        at = screen("analytics", view=view)
        assert len(words(at)) >= 3
        assert all(len(said) > 20 for said in words(at))
        assert not at.exception
    assert "openai:gpt-5-mini: $0.0030" in words(at)[0]


def test_names_in_a_chart_are_never_markup(app: App, screen: Screen) -> None:
    record(app, call(1, route="evil:<a href='http://evil'>x</a>"))

    drawn = json.dumps(charts(screen("analytics")))

    assert "&lt;a href" in drawn
    assert "<a href" not in drawn


def test_what_came_from_the_cache_is_counted(app: App, screen: Screen) -> None:
    record(app, call(1), call(2, cached=True, cost=0))

    at = screen("analytics", view="Reliability")

    assert metrics(at)["From the cache"] == "1"
    assert any("Replies from the cache" in text and "50%" in text for text in words(at))


def test_errors_are_shown_by_kind_over_time(used: App, screen: Screen) -> None:
    at = screen("analytics", view="Reliability")

    [errors] = [chart for chart in charts(at) if "Rate limited" in json.dumps(chart)]
    assert errors["data"][0]["y"] == [1]  # type: ignore[index]  # a figure as JSON


def test_a_breaker_that_opened_is_marked_and_told(used: App, screen: Screen) -> None:
    Stores(used.database, None).openings.opened(GPT, 30.0, "rate limited")  # type: ignore[arg-type]  # as above

    at = screen("analytics", view="Reliability")

    assert metrics(at)["Breakers opened"] == "1"
    assert "Breaker opened" in json.dumps(charts(at))
    assert any("Because" in table.value.columns for table in at.table)


def test_the_calls_behind_a_figure_are_shown_to_whoever_uses_no_mouse(used: App, screen: Screen) -> None:
    at = screen("analytics", time="all")
    place = next(n for n, text in enumerate(at.selectbox(key="analytics:look_into").options) if text == LLAMA)

    at.selectbox(key="analytics:look_into").set_value(place).run()
    at.button(key="analytics:show_calls").click().run()

    shown = at.table[-1].value
    assert len(shown) == 1
    assert shown["Route"].iloc[0].replace("\\", "") == LLAMA


def test_calls_are_turned_page_by_page_and_back(app: App, screen: Screen) -> None:
    record(app, *(call(n, days_ago=n // 5) for n in range(45)))
    at = screen("analytics", view="All calls")
    first = at.table[-1].value
    assert len(first) == 20

    at.button(key="analytics:calls:Older").click().run()
    second = at.table[-1].value
    at.button(key="analytics:calls:Older").click().run()
    assert len(at.table[-1].value) == 5
    assert at.button(key="analytics:calls:Older").disabled
    at.button(key="analytics:calls:Newer").click().run()

    assert at.table[-1].value.equals(second)
    assert not second["When (UTC)"].equals(first["When (UTC)"])


def test_another_filter_begins_at_the_first_page_of_calls(app: App, screen: Screen) -> None:
    record(app, *(call(n) for n in range(25)), call(30, cost=None))
    at = screen("analytics", view="All calls")
    at.button(key="analytics:calls:Older").click().run()

    at.multiselect(key="analytics:in:route").set_value([LLAMA]).run()

    assert "Page 1" in said(at)
    assert len(at.table[-1].value) == 1


def test_a_months_first_days_bring_no_forecast(used: App, screen: Screen) -> None:
    at = screen("analytics", view="This month")

    assert "Cost so far this month" in said(at)
    assert "forecast" in said(at).lower() or "will cost about" in said(at)


def test_drafts_bear_their_titles_and_those_of_one_title_are_told_apart(app: App, screen: Screen) -> None:
    stores = Stores(app.database, None)  # type: ignore[arg-type]  # as above
    first, second = (stores.drafts.create(LOCAL_OWNER, Brief("Tides"), "Tides & <b>stars</b>") for _ in range(2))
    record(app, call(1, draft_id=first.id), call(2, draft_id=second.id), call(3))

    at = screen("analytics", by="draft")

    by_draft = next(table.value for table in at.table if "Draft" in table.value.columns)
    assert len(set(by_draft["Draft"])) == 3
    assert by_draft["Draft"].str.contains("No draft").sum() == 1
    assert not screen("analytics", draft=first.id).warning
    assert metrics(screen("analytics", draft=first.id))["Calls"] == "1"


def test_the_month_stands_beside_its_budgets_and_one_that_is_used_up_is_told(used: App, screen: Screen) -> None:
    assert "No budget is set" in said(screen("analytics", view="This month"))
    used.budgets.add(0, LOCAL_ACTOR)
    used.budgets.add(9_000_000, LOCAL_ACTOR, route=GPT)

    at = screen("analytics", view="This month")

    assert "is used up" in said(at)
    month = json.dumps(charts(at)[-2:])
    assert '"Budget"' in month
    assert "9.0" in month
    assert "No budget is set" not in said(at)


def test_the_link_to_every_call_says_which_ones_the_filters_leave(used: App, screen: Screen) -> None:
    at = screen("analytics", time="7d", route=GPT, cached="no")

    address = next(link.proto.url for link in at.get("link_button") if link.proto.label == "Every call")
    asked = parse_qs(urlsplit(address).query)

    assert address.startswith("/api/usage/calls.csv?")
    assert (asked["route"], asked["cached"]) == ([GPT], ["no"])
    assert {"since", "until"} <= set(asked)


def test_of_many_drafts_the_others_are_what_is_left_of_the_whole(app: App, screen: Screen) -> None:
    record(app, *(call(n, draft_id=f"draft-{n % 9}", days_ago=n % 3) for n in range(45)), call(50))

    at = screen("analytics", by="draft", show="calls", compare="none")

    traces = charts(at)[0]["data"]
    assert isinstance(traces, list)
    assert [trace["name"] for trace in traces][-1] == "Others"
    assert len(traces) == 6
    assert sum(sum(trace["y"]) for trace in traces) == 46


@pytest.mark.parametrize("by", ["route", "purpose"])
def test_bars_of_all_keys_together_are_the_total(used: App, screen: Screen, by: str) -> None:
    at = screen("analytics", by=by, show="calls", compare="none", time="all")

    traces = charts(at)[0]["data"]
    assert isinstance(traces, list)
    assert sum(sum(trace["y"]) for trace in traces) == int(metrics(at)["Calls"]) == 4


def test_suggestions_show_what_was_accepted_and_what_a_kept_word_has_cost(used: App, screen: Screen) -> None:
    assert "No suggestion was made" in said(screen("analytics", view="Suggestions"))
    stores = Stores(used.database, None)  # type: ignore[arg-type]  # as above
    draft = stores.drafts.create(LOCAL_OWNER, Brief("Tides"), "Tides")
    for name, action, kept in (("s1", "shorten", 1), ("s2", "rewrite", 0)):
        changes = (Change(10, 20), Change(5, 5))
        made = NewSuggestion(name, draft.id, LOCAL_OWNER, action, GPT, "v1", changes, Spent(cost_micros=4000))
        stores.suggestions.add(made)
        stores.suggestions.decide(draft.id, name, range(kept), range(kept, 2), {})

    at = screen("analytics", view="Suggestions")

    by_model, by_action = at.table[-2].value, at.table[-1].value
    assert by_model["Accepted"].iloc[0] == "25%"
    assert by_model["Words kept"].iloc[0] == "20"
    assert by_model["Cost of a kept word"].iloc[0].replace("\\", "") == "$0.00040"
    assert dict(zip(by_action["Action"], by_action["Accepted"], strict=True)) == {"Shorten": "50%", "Rewrite": "0%"}
    assert "Suggestions accepted, by action. " in words(at)[-1]


def test_what_cannot_be_asked_together_is_said_once_and_the_rest_is_shown(used: App, screen: Screen) -> None:
    at = screen("analytics", time="all", by="hour", route=GPT)

    assert [warning.value for warning in at.warning if "31 days" in warning.value] == [at.warning[0].value]
    assert metrics(at)["Calls"] == "3"
    assert len(at.get("plotly_chart")) >= 3


def test_a_month_that_is_shown_in_part_has_its_whole_bar_in_sight(used: App, screen: Screen) -> None:
    at = screen("analytics", time="7d", step="month", compare="none", show="calls")

    figure = charts(at)[0]
    first, last = figure["layout"]["xaxis"]["range"]  # type: ignore[index]  # a figure as JSON
    for bar in figure["data"][0]["x"]:  # type: ignore[index]  # as above
        assert first < bar.replace(" ", "T") < last
