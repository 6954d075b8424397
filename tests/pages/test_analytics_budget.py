from datetime import UTC, datetime

from pages._shared.analytics_budget import Month, forecast_sentence, spent_sentence
from writer.domain.forecasts import Forecast

BEGIN, END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
FORECAST = Forecast(2_000_000, 3_000_000, 4_000_000, 10)


def month(forecast: Forecast | None = FORECAST, *, unpriced: int = 0, days: int = 11) -> Month:
    return Month(BEGIN, END, [100_000] * days, unpriced, forecast)


def test_the_forecast_says_what_it_rests_on_and_what_it_does_not_know() -> None:
    said = forecast_sentence(month(), None)

    assert "10 so far" in said
    assert "about $3.00" in said
    assert "80% of such months between $2.00 and $4.00" in said
    assert "nothing of what you plan" in said


def test_a_budget_is_above_perhaps_too_small_or_too_small() -> None:
    assert forecast_sentence(month(), 5_000_000).endswith("within the budget of $5.00.")
    assert forecast_sentence(month(), 3_500_000).endswith("The budget of $3.50 may not be enough.")
    assert forecast_sentence(month(), 1_000_000).endswith("above the budget of $1.00.")


def test_too_few_days_make_no_forecast_and_say_so() -> None:
    assert forecast_sentence(month(None, days=3), 1).startswith(
        "A forecast needs 5 whole days of the month; there are 2"
    )


def test_calls_without_a_price_are_said_to_be_missing() -> None:
    assert spent_sentence(month(unpriced=2)).endswith("2 calls without a known price are not in it.")
