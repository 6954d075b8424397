import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from writer.domain.forecasts import COVERAGE, month_end, students_t

DAYS = st.lists(st.integers(0, 10**9), min_size=5, max_size=30)


def test_days_that_are_alike_make_a_line_without_width() -> None:
    forecast = month_end([1_000_000] * 10, today=0, days_left=20)

    assert forecast is not None
    assert (forecast.low, forecast.expected, forecast.high) == (30_000_000, 30_000_000, 30_000_000)


def test_four_days_say_too_little() -> None:
    assert month_end([1, 2, 3, 4], today=5, days_left=20) is None


@given(DAYS, st.integers(0, 10**9), st.integers(1, 26))
@settings(max_examples=60)
def test_no_forecast_ends_below_what_is_spent(days: list[int], today: int, left: int) -> None:
    forecast = month_end(days, today, left)

    assert forecast is not None
    assert sum(days) + today <= forecast.low <= forecast.expected <= forecast.high


@pytest.mark.parametrize(("degrees", "wanted"), [(4, 1.533), (9, 1.383), (29, 1.311)])
def test_students_t_is_that_of_the_tables(degrees: int, wanted: float) -> None:
    assert students_t(0.9, degrees) == pytest.approx(wanted, rel=0.002)


def test_of_months_whose_days_are_alike_so_many_end_within_the_interval_as_it_says() -> None:
    months = 2000
    random_days = random.Random(7)
    within = 0
    for _ in range(months):
        month = [max(0, round(random_days.gauss(1_000_000, 250_000))) for _ in range(30)]
        forecast = month_end(month[:10], 0, 20)
        assert forecast is not None
        within += forecast.low <= sum(month) <= forecast.high

    assert within / months == pytest.approx(COVERAGE, abs=0.03)
