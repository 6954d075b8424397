from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.pages.conftest import Screen, said
from writer.bootstrap import App
from writer.domain.actors import LOCAL_OWNER
from writer.domain.completions import Caller, Purpose, Tokens
from writer.domain.usage import Outcome, UsageEvent
from writer.storage import Stores

NOW = datetime.now(UTC)


def call(number: int, *, days_ago: int = 0, cost: int | None = 1500, outcome: Outcome = Outcome.OK) -> UsageEvent:
    return UsageEvent(
        id=f"call-{number}",
        at=NOW - timedelta(days=days_ago),
        caller=Caller(LOCAL_OWNER),
        route="openai:gpt-5-mini" if cost is not None else "ollama:llama",
        purpose=Purpose.SECTION,
        tokens=Tokens(1000, 500),
        cost_micros=cost,
        first_token_ms=300.0,
        total_ms=2000.0,
        outcome=outcome,
        error="" if outcome is Outcome.OK else "RateLimited",
    )


@pytest.fixture
def used(app: App) -> Iterator[App]:
    events = [call(1), call(2, outcome=Outcome.FAILED), call(3, cost=None), call(4, days_ago=60)]
    Stores(app.database, None).usage.record(events)  # type: ignore[arg-type]  # no keys are sealed here
    return app


def test_without_calls_the_page_says_empty_and_draws_nothing(screen: Screen) -> None:
    at = screen("analytics")

    assert "No calls to a model in this time" in said(at)
    assert not at.metric
    assert not at.get("plotly_chart")


def test_totals_are_of_the_chosen_time(used: App, screen: Screen) -> None:
    at = screen("analytics")
    assert at.metric[0].value == "3"
    at.selectbox(key="range").set_value("All time").run()

    assert at.metric[0].value == "4"


def test_a_cost_that_is_partly_unknown_is_a_lower_bound(used: App, screen: Screen) -> None:
    at = screen("analytics")

    assert at.metric[2].value == "≥ $0.0030"


def test_every_chart_says_in_words_what_it_shows(used: App, screen: Screen) -> None:
    at = screen("analytics")

    charts = at.get("plotly_chart")
    assert len(charts) == 4
    assert not at.exception


def test_the_figures_are_there_as_tables(used: App, screen: Screen) -> None:
    at = screen("analytics")

    by_route = at.dataframe[1].value
    assert set(by_route["Route"]) == {"openai:gpt-5-mini", "ollama:llama"}
    assert set(by_route["Cost"]) == {"n/a", "$0.0030"}
    assert len(at.dataframe[-1].value) == 3
